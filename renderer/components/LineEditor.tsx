import {
  acceptCompletion,
  autocompletion,
  type CompletionSource,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  completionKeymap,
  completionStatus,
  moveCompletionSelection,
  selectedCompletionIndex,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import {
  EditorSelection,
  EditorState,
  type Extension,
  Prec,
  type Range,
  StateEffect,
  StateField,
} from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, keymap, placeholder } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { bracketsAt, oneLine } from "../lib/brackets.ts";

export interface Mark {
  start: number;
  end: number;
  /** `true` and `false` are verdicts of clauses, `over` is the one that is pointed at. */
  kind: "error" | "warning" | "true" | "false" | "over";
}

const NO_MARKS: readonly Mark[] = [];

const setMarks = StateEffect.define<readonly Mark[]>();

const markField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    let next = marks.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(setMarks)) continue;
      const length = transaction.newDoc.length;
      // Nothing can be marked in an empty line.
      const ranges = (length === 0 ? [] : effect.value).map((mark) => {
        // A place behind the text is shown at its last character.
        const end = Math.min(length, Math.max(mark.end, mark.start + 1));
        const start = Math.max(0, Math.min(mark.start, end - 1));
        return Decoration.mark({ class: `mark-${mark.kind}` }).range(start, end);
      });
      next = Decoration.set(ranges, true);
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** Marks the bracket at the caret together with the one it belongs to. */
const bracketField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, { state, docChanged, selection }) {
    if (!docChanged && !selection) return marks;
    const { main } = state.selection;
    const pair = main.empty ? bracketsAt(state.doc.toString(), main.head) : null;
    if (pair === null) return Decoration.none;
    const kind = pair.open < 0 || pair.close < 0 ? "bracket-alone" : "bracket-pair";
    const ranges: Range<Decoration>[] = [];
    for (const at of [pair.open, pair.close]) {
      if (at >= 0) ranges.push(Decoration.mark({ class: kind }).range(at, at + 1));
    }
    return Decoration.set(ranges);
  },
  provide: (field) => EditorView.decorations.from(field),
});

const BRACKETS: Extension = [
  closeBrackets(),
  EditorState.languageData.of(() => [{ closeBrackets: { brackets: ["(", "[", "{", '"'], before: ")]} " } }]),
  keymap.of(closeBracketsKeymap),
  bracketField,
];

/** Takes the chosen candidate, or the first. */
function takeCompletion(view: EditorView): boolean {
  if (selectedCompletionIndex(view.state) === null) moveCompletionSelection(true)(view);
  return acceptCompletion(view);
}

/** Keys that a list under the editor takes. */
export type ListKey = "ArrowUp" | "ArrowDown" | "PageUp" | "PageDown" | "Enter" | "Tab" | "Escape" | "Ctrl-r";
const LIST_KEYS: readonly ListKey[] = [
  "ArrowUp",
  "ArrowDown",
  "PageUp",
  "PageDown",
  "Enter",
  "Tab",
  "Escape",
  "Ctrl-r",
];

export interface LineEditorProps {
  label: string;
  text: string;
  placeholder: string;
  /** What is wrong with the text. */
  mark: Mark | null;
  /** Other places that are marked. */
  marks?: readonly Mark[];
  complete?: CompletionSource;
  /** What a row of the completion shows behind its title. */
  completionNote?: (completion: { label: string; type?: string }) => string;
  /** True when brackets and quotes are closed and matched. */
  brackets?: boolean;
  onType: (text: string) => void;
  onEnter: () => void;
  /** Returns true when Escape did something; otherwise the editor gives up the focus. */
  onEscape?: () => boolean;
  /** Has the first word on some keys while no completion is open; returns true when it used the key. */
  onListKey?: (key: ListKey) => boolean;
  /** The list under the editor and its active option, by their ids; null for none. */
  list?: { id: string; active: string | null } | null;
  onCaret?: (position: number) => void;
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
    let takesFirst = false;
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: latest.current.text,
        extensions: [
          // Lines that are pasted become one.
          EditorView.clipboardInputFilter.of(oneLine),
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
          // Before the marks, so that these are not cut into pieces by a bracket.
          ...(props.brackets ? [BRACKETS] : []),
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
                  addToOptions: [
                    {
                      position: 100,
                      render: (completion) => {
                        const note = latest.current.completionNote?.(completion) ?? "";
                        const span = document.createElement("span");
                        span.className = "completion-note";
                        span.textContent = note;
                        return span;
                      },
                    },
                  ],
                }),
                Prec.high(keymap.of(completionKeymap.filter((binding) => binding.key !== "Enter"))),
              ]
            : []),
          Prec.highest(
            keymap.of([
              ...LIST_KEYS.map((key) => ({
                key,
                run: (target: EditorView) => {
                  if (key !== "Ctrl-r" && completionStatus(target.state) === "active") return false;
                  const used = latest.current.onListKey?.(key) ?? false;
                  if (used) closeCompletion(target);
                  return used;
                },
              })),
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
                  const status = completionStatus(target.state);
                  // Who types faster than the candidates come means the first of them.
                  takesFirst = status === "pending";
                  return status === null ? false : takesFirst || takeCompletion(target);
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
            ]),
          ),
          keymap.of([...defaultKeymap.filter((binding) => binding.key !== "Mod-/"), ...historyKeymap]),
          // Commands of the window are not about what is being completed.
          EditorView.domEventHandlers({
            keydown: (event, target) => {
              if ((event.ctrlKey || event.metaKey) && /^[^ ]$/.test(event.key)) closeCompletion(target);
              return false;
            },
          }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) {
              const text = update.state.doc.toString();
              if (text !== latest.current.text) latest.current.onType(text);
            }
            if (update.docChanged || update.selectionSet) {
              latest.current.onCaret?.(update.state.selection.main.head);
            }
            if (update.focusChanged) latest.current.onFocusChange?.(update.view.hasFocus);
            const open = completionStatus(update.state) === "active";
            const was = completionStatus(update.startState) === "active";
            if (open !== was) latest.current.onCompletionOpen?.(open);
            if (update.docChanged || completionStatus(update.state) === null) takesFirst = false;
            if (open && takesFirst) {
              takesFirst = false;
              // An update cannot be changed from within.
              queueMicrotask(() => takeCompletion(update.view));
            }
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

  const { mark, marks = NO_MARKS } = props;
  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const over = marks.find(({ kind, end }) => kind === "over" && end <= editor.state.doc.length);
    const shown =
      over && EditorView.scrollIntoView(EditorSelection.range(over.end, over.start), { x: "nearest" });
    const all = mark === null ? marks : [mark, ...marks];
    editor.dispatch({ effects: [setMarks.of(all), ...(shown ? [shown] : [])] });
  }, [mark, marks]);

  const listId = props.list?.id ?? null;
  const active = props.list?.active ?? null;
  useEffect(() => {
    const content = view.current?.contentDOM;
    if (!content || listId === null) return;
    content.setAttribute("aria-controls", listId);
    if (active !== null) content.setAttribute("aria-activedescendant", active);
    return () => {
      content.removeAttribute("aria-controls");
      content.removeAttribute("aria-activedescendant");
    };
  }, [listId, active]);

  return <div ref={host} className="line-editor" />;
}
