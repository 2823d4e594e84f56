import { ContextMenu } from "@base-ui/react/context-menu";
import { ChevronRight, CircleAlert, CornerDownRight, Info, MessageSquare, TriangleAlert } from "lucide-react";
import { memo, useEffect, useMemo, useRef } from "react";
import type { Severity, TreeNode } from "../../engine/api.ts";
import { flattenTree, parsePath, type TreeLine } from "../lib/tree.ts";
import { addFieldColumn } from "../state/columns.ts";
import { copy, copyBytes, copyValue } from "../state/copying.ts";
import {
  collapseAll,
  expandAll,
  isExpanded,
  revealNode,
  setExpanded,
  setExpandedBelow,
  useExpansionVersion,
} from "../state/expansion.ts";
import { wholeFilter } from "../state/filter.ts";
import { goToFrame, hoverNode, selectNode, useSelection } from "../state/selection.ts";
import { tellError } from "../state/session.ts";
import { FilterSubmenus, Item, Line, Submenu } from "./ContextItems.tsx";
import { VirtualRows, type VirtualRowsHandle } from "./VirtualRows.tsx";

const ROW_HEIGHT = 20;
const INDENT = 14;

const SEVERITY_ICONS: Record<Severity, typeof Info> = {
  comment: MessageSquare,
  chat: Info,
  note: Info,
  warning: TriangleAlert,
  error: CircleAlert,
};

interface LineProps {
  line: TreeLine;
  index: number;
  top: number;
  selected: boolean;
  hovered: boolean;
}

/** The most severe mark of a node or of what is below it, so that a closed subtree shows it too. */
function severityOf(node: TreeNode, expanded: boolean): Severity | null {
  const order: Severity[] = ["comment", "chat", "note", "warning", "error"];
  let worst = node.severity;
  if (!expanded) {
    for (const child of node.children) {
      const below = severityOf(child, false);
      if (below && (!worst || order.indexOf(below) > order.indexOf(worst))) worst = below;
    }
  }
  return worst;
}

const TreeRow = memo(function TreeRow({ line, index, top, selected, hovered }: LineProps) {
  const { node } = line;
  const severity = severityOf(node, line.expanded);
  const Icon = severity ? SEVERITY_ICONS[severity] : null;
  const className = [
    "tree-row",
    line.level === 1 ? "protocol" : "",
    node.generated ? "generated" : "",
    severity ? `severity-${severity}` : "",
    selected ? "selected" : "",
    hovered ? "hovered" : "",
  ].join(" ");
  return (
    <div
      role="treeitem"
      id={`tree-line-${line.id}`}
      aria-level={line.level}
      aria-expanded={line.expandable ? line.expanded : undefined}
      aria-selected={selected}
      aria-setsize={line.siblings}
      aria-posinset={line.position}
      data-line={index}
      data-field={node.field || undefined}
      className={className}
      style={{ top, paddingLeft: 4 + (line.level - 1) * INDENT }}
    >
      <span className={`twisty ${line.expanded ? "open" : ""}`} data-twisty={line.expandable || undefined}>
        {line.expandable ? <ChevronRight size={13} /> : null}
      </span>
      {Icon ? <Icon size={12} className="severity-icon" aria-label={severity ?? ""} /> : null}
      <span className="tree-label">{node.label}</span>
      {node.link !== null ? <CornerDownRight size={11} className="link-icon" aria-hidden /> : null}
    </div>
  );
});

/** The layers of the selected packet. */
export function LayerTree() {
  const frame = useSelection((state) => state.frame);
  const frameError = useSelection((state) => state.frameError);
  const nodeId = useSelection((state) => state.nodeId);
  const hoverNodeId = useSelection((state) => state.hoverNodeId);
  const { names, unnamed } = useExpansionVersion();
  const list = useRef<VirtualRowsHandle>(null);
  const root = useRef<HTMLDivElement>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `isExpanded` reads the two versions
  const lines = useMemo(() => (frame ? flattenTree(frame.tree, isExpanded) : []), [frame, names, unnamed]);
  const at = nodeId === null ? -1 : lines.findIndex((line) => line.id === nodeId);

  // A node chosen in the bytes may be inside a closed subtree.
  useEffect(() => {
    if (nodeId !== null) revealNode(parsePath(nodeId));
  }, [nodeId]);
  useEffect(() => {
    if (at >= 0 && at < lines.length) list.current?.reveal(at);
  }, [at, lines.length]);

  const toggle = (line: TreeLine) => {
    if (line.expandable) setExpanded(line.node, line.id, !line.expanded);
    else if (line.node.link !== null) follow(line.node);
  };
  const follow = (node: TreeNode) => {
    if (node.link !== null) goToFrame(node.link).catch(tellError);
  };

  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || lines.length === 0) return;
    if (event.shiftKey && event.key.startsWith("Arrow")) return;
    const line = lines[at];
    const page = Math.max(1, (list.current?.page() ?? 10) - 1);
    const to = (index: number) => {
      const target = lines[Math.min(lines.length - 1, Math.max(0, index))];
      if (target) selectNode(target.id);
    };
    switch (event.key) {
      case "ArrowDown":
        to(at + 1);
        break;
      case "ArrowUp":
        to(at - 1);
        break;
      case "PageDown":
        to(at + page);
        break;
      case "PageUp":
        to(at - page);
        break;
      case "Home":
        to(0);
        break;
      case "End":
        to(lines.length - 1);
        break;
      case "ArrowRight":
        if (!line) to(0);
        else if (line.expandable && !line.expanded) setExpanded(line.node, line.id, true);
        else if (line.expanded) to(at + 1);
        break;
      case "ArrowLeft":
        if (!line) break;
        if (line.expanded) setExpanded(line.node, line.id, false);
        else if (line.path.length > 1) selectNode(line.path.slice(0, -1).join("."));
        break;
      case "Enter":
      case " ":
        if (line) toggle(line);
        break;
      case "*":
        expandAll();
        break;
      case "Backspace":
        if (line && line.path.length > 1) selectNode(line.path.slice(0, -1).join("."));
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  const lineOf = (event: React.MouseEvent): TreeLine | undefined => {
    const row = (event.target as HTMLElement).closest<HTMLElement>("[data-line]");
    return row ? lines[Number(row.dataset.line)] : undefined;
  };

  return (
    <section className="layer-tree" data-testid="layer-tree" aria-label="Packet details">
      <ContextMenu.Root>
        <ContextMenu.Trigger
          render={
            <div
              ref={root}
              role="tree"
              tabIndex={0}
              data-pane-focus
              aria-label={frame ? `Layers of packet ${frame.number}` : "Layers"}
              aria-activedescendant={at >= 0 ? `tree-line-${nodeId}` : undefined}
              className="tree-body"
              onKeyDown={onKeyDown}
              onMouseDown={(event) => {
                const line = lineOf(event);
                if (!line) return;
                event.preventDefault();
                root.current?.focus({ preventScroll: true });
                if ((event.target as HTMLElement).closest("[data-twisty]") && event.button === 0)
                  toggle(line);
                else selectNode(line.id);
              }}
              onDoubleClick={(event) => {
                const line = lineOf(event);
                if (!line || (event.target as HTMLElement).closest("[data-twisty]")) return;
                if (line.node.link !== null) follow(line.node);
                else toggle(line);
              }}
              onMouseMove={(event) => hoverNode(lineOf(event)?.node ?? null)}
              onMouseLeave={() => hoverNode(null)}
            />
          }
        >
          <VirtualRows
            handle={list}
            role="presentation"
            tabIndex={-1}
            className="tree-lines"
            rows={lines.length}
            rowHeight={ROW_HEIGHT}
            overscan={4}
            renderRow={(index, top) => {
              const line = lines[index];
              return line ? (
                <TreeRow
                  key={line.id}
                  line={line}
                  index={index}
                  top={top}
                  selected={line.id === nodeId}
                  hovered={line.id === hoverNodeId}
                />
              ) : null;
            }}
            onFocus={(event) => {
              if (event.target === event.currentTarget) root.current?.focus({ preventScroll: true });
            }}
          />
        </ContextMenu.Trigger>
        <ContextMenu.Portal>
          <ContextMenu.Positioner className="layer">
            <ContextMenu.Popup className="menu">
              <NodeMenu line={lines[at]} />
            </ContextMenu.Popup>
          </ContextMenu.Positioner>
        </ContextMenu.Portal>
      </ContextMenu.Root>
      {frameError ? (
        <p className="pane-note" role="alert">
          {frameError}
        </p>
      ) : null}
      {!frame && !frameError ? <p className="pane-note dim">Select a packet to see its layers.</p> : null}
    </section>
  );
}

function NodeMenu({ line }: { line: TreeLine | undefined }) {
  const sources = useSelection((state) => state.sources);
  if (!line) return <Item onClick={expandAll}>Expand all</Item>;
  const { node } = line;
  const bytes = sources[node.source];
  const hasBytes = bytes !== undefined && node.length > 0 && node.offset < bytes.length;
  return (
    <>
      <FilterSubmenus of={node} />
      <Item disabled={!node.field} onClick={() => addFieldColumn(node.field, node.title)}>
        Apply as column
      </Item>
      <Line />
      <Submenu label="Copy">
        <Item disabled={!node.value} onClick={() => copyValue(node)}>
          Value
        </Item>
        <Item onClick={() => copy(node.label)}>Label</Item>
        <Item disabled={!node.field} onClick={() => copy(node.field)}>
          Field name
        </Item>
        <Item disabled={!node.filter} onClick={() => copy(wholeFilter(node))}>
          As filter
        </Item>
        <Item
          disabled={!hasBytes}
          onClick={() => hasBytes && copyBytes(bytes, node.offset, node.offset + node.length, "stream")}
        >
          Bytes as hex
        </Item>
      </Submenu>
      {node.link !== null ? (
        <Item onClick={() => node.link !== null && goToFrame(node.link).catch(tellError)}>
          Go to packet {node.link}
        </Item>
      ) : null}
      <Line />
      <Item disabled={!line.expandable} onClick={() => setExpandedBelow(true, node)}>
        Expand subtrees
      </Item>
      <Item disabled={!line.expandable} onClick={() => setExpandedBelow(false, node)}>
        Collapse subtrees
      </Item>
      <Item onClick={expandAll}>Expand all</Item>
      <Item onClick={collapseAll}>Collapse all</Item>
    </>
  );
}
