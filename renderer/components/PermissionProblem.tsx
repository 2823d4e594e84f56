import { Copy, ShieldAlert, Stethoscope } from "lucide-react";
import { copy } from "../state/copying.ts";
import { useTraffic } from "../state/traffic.ts";
import { openDoctor } from "../state/ui.ts";

/** Why capturing is not possible here, and what to do about it. */
export function PermissionProblem() {
  const problem = useTraffic((state) => state.list?.problem ?? "");
  const fix = useTraffic((state) => state.list?.fix ?? "");
  const command = useTraffic((state) => state.list?.command ?? "");
  const error = useTraffic((state) => state.error);
  if (problem === "" && error === "") return null;
  return (
    <div className="problem-box" role="alert">
      <ShieldAlert size={16} aria-hidden />
      <div>
        <strong>{problem || "The interfaces cannot be listed"}</strong>
        {error ? <p>{error}</p> : null}
        {fix ? <p>{fix}</p> : null}
        {command ? (
          <div className="fix">
            <code>{command}</code>
            <button type="button" className="button small" onClick={() => copy(command)}>
              <Copy size={12} /> Copy
            </button>
          </div>
        ) : null}
        <button type="button" className="button small" onClick={() => openDoctor()}>
          <Stethoscope size={12} /> Ask the capture doctor
        </button>
      </div>
    </div>
  );
}
