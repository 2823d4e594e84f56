import { Dialog } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { type ReactNode, useRef } from "react";

/** A dialog over the window: a title, its content, its buttons at the end. Escape closes it. */
export function Modal(props: {
  title: string;
  children: ReactNode;
  buttons?: ReactNode;
  onClose: () => void;
  size?: "small" | "medium" | "large";
}) {
  const popup = useRef<HTMLDivElement>(null);
  // What the dialog is for comes first: a marked field, else the first control of its content.
  const initialFocus = () =>
    popup.current?.querySelector<HTMLElement>("[data-initial-focus]") ??
    popup.current?.querySelector<HTMLElement>(
      ".dialog-body :is(input:not([hidden], :disabled), button:not(:disabled), select, [tabindex='0'], [contenteditable])",
    ) ??
    popup.current?.querySelector<HTMLElement>(".dialog-buttons .primary") ??
    true;
  return (
    <Dialog.Root open onOpenChange={(open) => !open && props.onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup ref={popup} className={`dialog ${props.size ?? "medium"}`} initialFocus={initialFocus}>
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
