import { Dialog } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";

/** A dialog over the window: a title, its content, its buttons at the end. Escape closes it. */
export function Modal(props: {
  title: string;
  children: ReactNode;
  buttons?: ReactNode;
  onClose: () => void;
  size?: "small" | "medium" | "large";
}) {
  return (
    <Dialog.Root open onOpenChange={(open) => !open && props.onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className={`dialog ${props.size ?? "medium"}`}>
          <div className="dialog-head">
            <Dialog.Title className="dialog-title">{props.title}</Dialog.Title>
            <Dialog.Close className="icon-button" aria-label="Close">
              <X size={15} />
            </Dialog.Close>
          </div>
          <div className="dialog-body">{props.children}</div>
          {props.buttons ? <div className="dialog-buttons">{props.buttons}</div> : null}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
