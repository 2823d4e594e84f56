import {
  acceptCompletion,
  autocompletion,
  type CompletionSource,
  closeCompletion,
  completionKeymap,
  completionStatus,
  moveCompletionSelection,
  selectedCompletionIndex,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { EditorState, Prec, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, keymap, placeholder } from "@codemirror/view";
import { useEffect, useRef } from "react";

export interface Mark {
  start: number;
  end: number;
  kind: "error" | "warning";
}

const setMark = StateEffect.define<Mark | null>();

const markField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    let next = marks.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(setMark)) continue;
      const mark = effect.value;
      const length = transaction.newDoc.length;
      if (!mark || length === 0) next = Decoration.none;
      else {
        // A place behind the text is shown at its last character.
        const end = Math.min(length, Math.max(mark.end, mark.start + 1));
        const start = Math.min(mark.start, end - 1);
        next = Decoration.set([Decoration.mark({ class: `mark-${mark.kind}` }).range(start, end)]);
      }
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

export interface LineEditorProps {
  label: string;
  text: string;
  placeholder: string;
  mark: Mark | null;
  complete?: CompletionSource;
  onType: (text: string) => void;
  onEnter: () => void;
  /** Returns true when Escape did something; otherwise the editor gives up the focus. */
  onEscape?: () => boolean;
  onDown?: () => boolean;
  onCompletionOpen?: (open: boolean) => void;
  onFocusChange?: (focused: boolean) => void;
}

/** A text field of one line with completion and a marked place, made of CodeMirror. */
export function LineEditor(props: LineEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef(props);
  latest.current = props;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor is made once; what changes goes through `latest`
  useEffect(() => {
    if (!host.current) return;
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: latest.current.text,
        extensions: [
          EditorState.transactionFilter.of((transaction) =>
            transaction.newDoc.lines > 1
              ? [
                  transaction,
                  {
                    changes: {
                      from: 0,
                      to: transaction.newDoc.length,
                      insert: transaction.newDoc.toString().replace(/\s*\n\s*/g, " "),
                    },
                    sequential: true,
                  },
                ]
              : transaction,
          ),
          history(),
          markField,
          placeholder(props.placeholder),
          EditorView.contentAttributes.of({
            "aria-label": props.label,
            "aria-multiline": "false",
            spellcheck: "false",
            autocorrect: "off",
            autocapitalize: "off",
          }),
          ...(props.complete
            ? [
                autocompletion({
                  override: [(context) => latest.current.complete?.(context) ?? null],
                  activateOnTyping: true,
                  // Fast typists accept what they see at once.
                  interactionDelay: 0,
                  selectOnOpen: false,
                  icons: false,
                  maxRenderedOptions: 100,
                  tooltipClass: () => "filter-completion",
                  optionClass: (completion) => `kind-${completion.type ?? "none"}`,
                  defaultKeymap: false,
                }),
                Prec.high(keymap.of(completionKeymap.filter((binding) => binding.key !== "Enter"))),
              ]
            : []),
          Prec.highest(
            keymap.of([
              {
                key: "Enter",
                run: (target) => {
                  if (
                    completionStatus(target.state) === "active" &&
                    selectedCompletionIndex(target.state) !== null
                  ) {
                    return acceptCompletion(target);
                  }
                  closeCompletion(target);
                  latest.current.onEnter();
                  return true;
                },
              },
              {
                key: "Tab",
                run: (target) => {
                  if (completionStatus(target.state) !== "active") return false;
                  if (selectedCompletionIndex(target.state) === null) moveCompletionSelection(true)(target);
                  return acceptCompletion(target);
                },
              },
              {
                key: "Escape",
                run: (target) => {
                  if (completionStatus(target.state) !== null) return closeCompletion(target);
                  if (!latest.current.onEscape?.()) target.contentDOM.blur();
                  return true;
                },
              },
              {
                key: "ArrowDown",
                run: (target) =>
                  completionStatus(target.state) === "active" ? false : (latest.current.onDown?.() ?? false),
              },
            ]),
          ),
          keymap.of([...defaultKeymap.filter((binding) => binding.key !== "Mod-/"), ...historyKeymap]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) {
              const text = update.state.doc.toString();
              if (text !== latest.current.text) latest.current.onType(text);
            }
            if (update.focusChanged) latest.current.onFocusChange?.(update.view.hasFocus);
            const open = completionStatus(update.state) === "active";
            const was = completionStatus(update.startState) === "active";
            if (open !== was) latest.current.onCompletionOpen?.(open);
          }),
        ],
      }),
    });
    view.current = editor;
    return () => {
      view.current = null;
      editor.destroy();
    };
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const shown = editor.state.doc.toString();
    if (shown !== props.text) {
      editor.dispatch({
        changes: { from: 0, to: shown.length, insert: props.text },
        selection: { anchor: props.text.length },
      });
    }
  }, [props.text]);

  const { start, end, kind } = props.mark ?? { start: -1, end: -1, kind: "error" as const };
  useEffect(() => {
    view.current?.dispatch({ effects: setMark.of(start < 0 ? null : { start, end, kind }) });
  }, [start, end, kind]);

  return <div ref={host} className="line-editor" />;
}
