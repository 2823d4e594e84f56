import { CircleAlert, Info, TriangleAlert, X } from "lucide-react";
import { dismiss, useSession } from "../state/session.ts";

const ICONS = { note: Info, warning: TriangleAlert, error: CircleAlert };

/** Messages above the status bar; errors stay until they are dismissed. */
export function Messages() {
  const messages = useSession((state) => state.messages);
  return (
    <div className="messages" data-testid="messages">
      {messages.map((message) => {
        const Icon = ICONS[message.severity];
        return (
          <div
            key={message.id}
            className={`message severity-${message.severity}`}
            role={message.severity === "note" ? "status" : "alert"}
          >
            <Icon size={14} aria-hidden />
            <span>{message.message}</span>
            <button
              type="button"
              className="icon-button"
              aria-label="Dismiss"
              onClick={() => dismiss(message.id)}
            >
              <X size={13} />
            </button>
          </div>
        );
      })}
    </div>
  );
}
