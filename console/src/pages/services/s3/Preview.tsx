// SPDX-License-Identifier: Apache-2.0
// What an object has inside, as far as it can be shown: pictures (an <img>, so nothing in them runs), JSON, tables,
// text, the files of an archive. Everything else has its size and can be downloaded.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useEffect, useMemo, useState } from "react";
import { useLoaded } from "../../../api/use-call";
import { Empty } from "../../../components/Empty";
import { JsonView, Lines } from "../../../components/JsonView";
import { formatBytes } from "../../../components/Timestamp";
import { VirtualTable } from "../../../components/VirtualTable";
import { ArchiveView } from "../shared/ArchiveView";
import { asText } from "../shared/bytes";
import { LoadedView } from "../shared/LoadedView";
import { type ContentKind, contentKind, gunzip, type ObjectName, parseCsv, pictureType, readObject } from "./object-content";

const kMiB = 1024 * 1024;
/** How much is loaded without being asked. What needs to be whole and is larger is not shown. */
const kBytesMax: Record<ContentKind, number> = { picture: 24 * kMiB, json: 8 * kMiB, zip: 24 * kMiB, gzip: 8 * kMiB, csv: 2 * kMiB, text: 2 * kMiB, other: 256 * 1024 };
const kMustBeWhole: ContentKind[] = ["picture", "zip", "gzip"];
const kCsvRowsMax = 5000;

interface Props {
  name: ObjectName;
  size: number;
  contentType: string;
  etag: string;
}

export function Preview({ name, size, contentType, etag }: Props) {
  const kind = contentKind(name.key, contentType);
  const isTooLarge = size > kBytesMax[kind] && kMustBeWhole.includes(kind);
  const loaded = useLoaded(
    JSON.stringify(["preview", name, etag]),
    async (signal) => ({ bytes: await readObject(name, size, kBytesMax[kind], signal) }),
    { enabled: size > 0 && !isTooLarge },
  );
  if (size === 0) return <Empty title="The object is empty" />;
  if (isTooLarge) return <Empty title="Too large for a preview">{`${formatBytes(size)}. Download it to see what is inside.`}</Empty>;
  return (
    <LoadedView loaded={loaded}>
      {({ bytes }) => (
        <SpaceBetween size="xs">
          <Content bytes={bytes} kind={kind} name={name.key} contentType={contentType} isWhole={size <= kBytesMax[kind]} />
          {size > kBytesMax[kind] && <Box color="text-body-secondary">{`The first ${formatBytes(kBytesMax[kind])} of ${formatBytes(size)}`}</Box>}
        </SpaceBetween>
      )}
    </LoadedView>
  );
}

interface ContentProps {
  bytes: Uint8Array<ArrayBuffer>;
  kind: ContentKind;
  name: string;
  contentType: string;
  isWhole: boolean;
}

function Content({ bytes, kind, name, contentType, isWhole }: ContentProps) {
  if (kind === "picture") return <Picture bytes={bytes} type={pictureType(name, contentType) ?? ""} name={name} />;
  if (kind === "zip") return <ArchiveView bytes={bytes} label={name} />;
  if (kind === "gzip") return <Unpacked bytes={bytes} name={name} />;
  // A text that was cut may end within a character.
  const text = asText(bytes) ?? (isWhole ? undefined : asText(bytes.subarray(0, -4)));
  if (text === undefined) return <Empty title="No preview">{`${contentType || "Bytes"}, ${formatBytes(bytes.length)}`}</Empty>;
  if (kind === "csv") return <CsvTable text={text} separator={name.endsWith(".tsv") ? "\t" : ","} />;
  const isJson = isWhole && (kind === "json" || (kind === "other" && /^\s*[{[]/.test(text)));
  return isJson ? <JsonView text={text} label={name} heightMax={560} /> : <Lines text={text} label={name} heightMax={560} />;
}

function Picture({ bytes, type, name }: { bytes: Uint8Array<ArrayBuffer>; type: string; name: string }) {
  const [url, setUrl] = useState<string>();
  const [dimensions, setDimensions] = useState<string>();
  const [isBroken, setBroken] = useState(false);
  const [isWhole, setWhole] = useState(false);
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([bytes], { type }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes, type]);
  if (isBroken) return <Empty title="This is no picture that the browser can show">{`${type}, ${formatBytes(bytes.length)}`}</Empty>;
  return (
    <div>
      <div className={isWhole ? "pawl-picture pawl-picture-whole" : "pawl-picture"}>
        {url !== undefined && (
          <img
            src={url}
            alt={name}
            onError={() => setBroken(true)}
            onLoad={({ currentTarget }) => setDimensions(`${currentTarget.naturalWidth} × ${currentTarget.naturalHeight}`)}
          />
        )}
      </div>
      <Box color="text-body-secondary" fontSize="body-s" padding={{ top: "xs" }}>
        {[type, dimensions, formatBytes(bytes.length)].filter((part) => part !== undefined).join(" · ")}{" "}
        <Button variant="inline-link" onClick={() => setWhole(!isWhole)}>
          {isWhole ? "Fit" : "Actual size"}
        </Button>
      </Box>
    </div>
  );
}

function Unpacked({ bytes, name }: { bytes: Uint8Array<ArrayBuffer>; name: string }) {
  const loaded = useLoaded(JSON.stringify(["gunzip", name, bytes.length]), async () => ({ inner: await gunzip(bytes) }));
  const innerName = name.replace(/\.gz$/i, "");
  return (
    <LoadedView loaded={loaded}>
      {({ inner }) => (
        <SpaceBetween size="xxs">
          <Box color="text-body-secondary" fontSize="body-s">{`Unpacked: ${formatBytes(inner.length)}`}</Box>
          <Content bytes={inner} kind={contentKind(innerName) === "gzip" ? "other" : contentKind(innerName)} name={innerName} contentType="" isWhole />
        </SpaceBetween>
      )}
    </LoadedView>
  );
}

function CsvTable({ text, separator }: { text: string; separator: string }) {
  const rows = useMemo(() => parseCsv(text, separator, kCsvRowsMax + 1), [text, separator]);
  const head = rows[0] ?? [];
  const body = rows.slice(1);
  return (
    <SpaceBetween size="xxs">
      <Box color="text-body-secondary" fontSize="body-s">
        {`${body.length}${body.length >= kCsvRowsMax ? "+" : ""} rows, ${head.length} columns`}
      </Box>
      <VirtualTable
        label="Rows"
        columns={head.slice(0, 60).map((title, index) => ({
          id: String(index),
          header: <bdi title={title}>{title || `Column ${index + 1}`}</bdi>,
          width: "minmax(90px, 1fr)",
          cell: (row: string[]) => <bdi title={row[index]}>{row[index] ?? ""}</bdi>,
        }))}
        count={body.length}
        rowAt={(index) => body[index]}
        height={Math.min(560, 60 + body.length * 28)}
        empty={<Empty title="No rows" />}
      />
    </SpaceBetween>
  );
}
