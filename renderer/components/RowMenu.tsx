import { cellFilter, conversationFilters } from "../lib/cell-filter.ts";
import { csvLine } from "../lib/csv.ts";
import { decodePlaces } from "../lib/decode-places.ts";
import { openDialogForSave } from "../state/capture.ts";
import type { ColumnSetting } from "../state/columns.ts";
import { copy, copySelectedRows } from "../state/copying.ts";
import { combine, wholeFilter } from "../state/filter.ts";
import { rowAt } from "../state/rows.ts";
import { goToNeighbour, selectedRows, useSelection } from "../state/selection.ts";
import { openDecodeAs, setUi } from "../state/ui.ts";
import { FilterSubmenus, Item, Line, Submenu } from "./ContextItems.tsx";

/** What a right click on a row offers, for the cell that was hit. */
export function RowMenu({ column, at }: { column: ColumnSetting | undefined; at: number }) {
  const row = useSelection((state) => state.row);
  const number = useSelection((state) => state.number);
  const frame = useSelection((state) => state.frame);
  const loaded = frame && frame.number === number ? frame : null;
  const cells = row === null ? undefined : rowAt(row)?.cells;
  const text = cells?.[at] ?? "";
  const filter = column ? cellFilter(column.column, text, loaded) : null;
  const conversations = conversationFilters(loaded);
  const range = selectedRows();
  const several = range !== null && range.last > range.first;
  return (
    <>
      <FilterSubmenus of={filter} />
      <Submenu label="Conversation filter" disabled={conversations.length === 0}>
        {conversations.map((entry) => (
          <Item key={entry.name} onClick={() => combine(entry.filter, "selected", true)}>
            {entry.name}
          </Item>
        ))}
      </Submenu>
      <Item disabled={loaded === null} onClick={() => openDecodeAs(decodePlaces(loaded)[0] ?? null)}>
        Decode as…
      </Item>
      <Line />
      <Submenu label="Copy">
        <Item disabled={text === ""} onClick={() => copy(text)}>
          Value
        </Item>
        <Item disabled={!filter?.filter} onClick={() => filter && copy(wholeFilter(filter))}>
          As filter
        </Item>
        <Line />
        <Item onClick={() => copySelectedRows("text")}>{several ? "Packets as text" : "Packet as text"}</Item>
        <Item onClick={() => (several || !cells ? copySelectedRows("csv") : copy(csvLine(cells)))}>
          {several ? "Packets as CSV" : "Packet as CSV"}
        </Item>
      </Submenu>
      <Item onClick={() => openDialogForSave("selected")}>
        {several ? "Save selected packets…" : "Save this packet…"}
      </Item>
      <Line />
      <Item onClick={() => goToNeighbour("next")} hint="Ctrl+.">
        Next in conversation
      </Item>
      <Item onClick={() => goToNeighbour("previous")} hint="Ctrl+,">
        Previous in conversation
      </Item>
      <Item onClick={() => setUi({ goToBar: true, findBar: false })}>Go to packet…</Item>
    </>
  );
}
