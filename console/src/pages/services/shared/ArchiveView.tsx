// SPDX-License-Identifier: Apache-2.0
// A zip archive: its files at the left, the chosen one at the right, as text or JSON.
import Box from "@cloudscape-design/components/box";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useEffect, useMemo, useState } from "react";
import { Empty } from "../../../components/Empty";
import { JsonView, Lines } from "../../../components/JsonView";
import { formatBytes } from "../../../components/Timestamp";
import { VirtualTable } from "../../../components/VirtualTable";
import "./archive-view.css";
import { asText } from "./bytes";
import { listZip, readZipEntry, type ZipEntry } from "./zip";

const kShownBytesMax = 2 * 1024 * 1024;

/** What is most likely looked for: the file of the handler, other code, at the top of the archive. */
function firstShown(entries: ZipEntry[], prefer: string): string | undefined {
  const rank = ({ name }: ZipEntry) => (prefer !== "" && name.startsWith(`${prefer}.`) ? 0 : /\.(py|m?js|ts|rb|sh)$/.test(name) ? 1 : 2);
  const depth = ({ name }: ZipEntry) => name.split("/").length;
  return [...entries].sort((a, b) => rank(a) - rank(b) || depth(a) - depth(b))[0]?.name;
}

interface Props {
  bytes: Uint8Array;
  label: string;
  /** The path, without its extension, of the file that is shown first. */
  prefer?: string;
}

export function ArchiveView({ bytes, label, prefer = "" }: Props) {
  const listed = useMemo(() => {
    try {
      return { entries: listZip(bytes).sort((a, b) => a.name.localeCompare(b.name)) };
    } catch (failure) {
      return { problem: failure instanceof Error ? failure.message : String(failure) };
    }
  }, [bytes]);
  const all = useMemo(() => listed.entries ?? [], [listed]);
  const [find, setFind] = useState("");
  const [chosen, setChosen] = useState(() => firstShown(all, prefer));
  const entries = useMemo(() => all.filter((entry) => entry.name.toLowerCase().includes(find.toLowerCase())), [all, find]);
  const entry = all.find(({ name }) => name === chosen);
  if (listed.problem !== undefined) return <Empty title={listed.problem} />;
  return (
    <div className="pawl-archive">
      <div className="pawl-archive-list">
        {all.length > 15 && (
          <TextFilter filteringText={find} filteringPlaceholder={`Find in ${all.length} files`} onChange={({ detail }) => setFind(detail.filteringText)} />
        )}
        <VirtualTable
          label={`Files of ${label}`}
          columns={[
            { id: "name", header: `Files (${entries.length})`, width: "minmax(0, 1fr)", cell: (row: ZipEntry) => <bdi title={row.name}>{row.name}</bdi> },
            { id: "size", header: "Size", width: "70px", cell: (row) => formatBytes(row.size) },
          ]}
          count={entries.length}
          rowAt={(index) => entries[index]}
          height={Math.min(460, 60 + entries.length * 28)}
          selected={entries.findIndex(({ name }) => name === chosen)}
          onSelect={(index) => setChosen(entries[index]?.name)}
          empty={<Empty title="No files" />}
        />
      </div>
      <div className="pawl-archive-file">{entry !== undefined && <ArchiveFile key={entry.name} bytes={bytes} entry={entry} />}</div>
    </div>
  );
}

function ArchiveFile({ bytes, entry }: { bytes: Uint8Array; entry: ZipEntry }) {
  const [shown, setShown] = useState<{ text: string | undefined; problem?: string }>();
  useEffect(() => {
    let isCurrent = true;
    readZipEntry(bytes, entry, kShownBytesMax).then(
      (content) => isCurrent && setShown({ text: asText(content) }),
      (failure: unknown) => isCurrent && setShown({ text: undefined, problem: String(failure) }),
    );
    return () => {
      isCurrent = false;
    };
  }, [bytes, entry]);
  if (shown === undefined) return null;
  return (
    <>
      <Box variant="awsui-key-label">
        <bdi className="pawl-wrap">{entry.name}</bdi>
      </Box>
      {shown.text === undefined ? (
        <Empty title={shown.problem ?? "Not text"}>{formatBytes(entry.size)}</Empty>
      ) : entry.name.endsWith(".json") ? (
        <JsonView text={shown.text} label={entry.name} heightMax={440} />
      ) : (
        <Lines text={shown.text} label={entry.name} heightMax={440} />
      )}
      {entry.size > kShownBytesMax && <Box color="text-body-secondary">{`The first ${formatBytes(kShownBytesMax)} of ${formatBytes(entry.size)}`}</Box>}
    </>
  );
}
