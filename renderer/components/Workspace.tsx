import type { ReactNode } from "react";
import { Group, type Layout, Panel, Separator } from "react-resizable-panels";
import { arrangementOf, changeSettings, panesOf, settings, useSettings } from "../state/settings.ts";
import { HexPane } from "./HexPane.tsx";
import { LayerTree } from "./LayerTree.tsx";
import { PacketList } from "./PacketList.tsx";
import { PaneBoundary } from "./PaneBoundary.tsx";

interface Part {
  id: string;
  content: ReactNode;
  size: number;
}

/** Panes in a row or a column with draggable parts between; their sizes are kept by the group's name. */
function Split(props: { name: string; orientation: "horizontal" | "vertical"; parts: Part[] }) {
  const { name, parts } = props;
  const kept = settings().layout[name];
  const whole = parts.reduce((sum, part) => sum + part.size, 0);
  const layout: Layout = {};
  parts.forEach((part, index) => {
    const size = kept?.length === parts.length ? kept[index] : undefined;
    layout[part.id] = size ?? (part.size / whole) * 100;
  });
  return (
    <Group
      orientation={props.orientation}
      defaultLayout={layout}
      className="split"
      onLayoutChanged={(next, meta) => {
        if (!meta.isUserInteraction) return;
        const sizes = parts.map((part) => Math.round((next[part.id] ?? 0) * 100) / 100);
        changeSettings({ layout: { ...settings().layout, [name]: sizes } });
      }}
    >
      {parts.flatMap((part, index) => [
        ...(index > 0
          ? [
              <Separator
                key={`before-${part.id}`}
                className="separator"
                aria-label={`Size of ${part.id === "lower" ? "the panes" : `the ${part.id}`}`}
              />,
            ]
          : []),
        <Panel key={part.id} id={part.id} minSize={64}>
          {part.content}
        </Panel>,
      ])}
    </Group>
  );
}

/** List, layers and bytes, arranged as the user wants them. */
export function Workspace() {
  const layout = useSettings((state) => state.layout);
  const panes = panesOf(layout);
  const arrangement = arrangementOf(layout);
  const list: Part = {
    id: "list",
    size: 56,
    content: (
      <PaneBoundary name="The packet list">
        <PacketList />
      </PaneBoundary>
    ),
  };
  const tree: Part = {
    id: "details",
    size: 50,
    content: (
      <PaneBoundary name="The packet details">
        <LayerTree />
      </PaneBoundary>
    ),
  };
  const bytes: Part = {
    id: "bytes",
    size: 50,
    content: (
      <PaneBoundary name="The packet bytes">
        <HexPane />
      </PaneBoundary>
    ),
  };
  const lower = [...(panes.tree ? [tree] : []), ...(panes.bytes ? [bytes] : [])];
  const names = lower.map((part) => part.id).join("-");
  if (lower.length === 0) return <div className="workspace">{list.content}</div>;
  if (arrangement === "stacked") {
    const parts = [list, ...lower.map((part) => ({ ...part, size: 28 }))];
    return (
      <div className="workspace">
        <Split key={`stacked-${names}`} name={`stacked-${names}`} orientation="vertical" parts={parts} />
      </div>
    );
  }
  const beside = arrangement === "beside";
  const inner =
    lower.length === 1 ? (
      lower[0]!.content
    ) : (
      <Split
        key={`lower-${arrangement}`}
        name={`lower-${arrangement}`}
        orientation={beside ? "vertical" : "horizontal"}
        parts={lower}
      />
    );
  return (
    <div className="workspace">
      <Split
        key={`main-${arrangement}`}
        name={`main-${arrangement}`}
        orientation={beside ? "horizontal" : "vertical"}
        parts={[list, { id: "lower", size: 44, content: inner }]}
      />
    </div>
  );
}
