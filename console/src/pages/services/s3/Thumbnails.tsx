// SPDX-License-Identifier: Apache-2.0
// A folder as pictures: each is loaded when it comes into sight, a few at a time. What is no picture has its type.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Icon from "@cloudscape-design/components/icon";
import Spinner from "@cloudscape-design/components/spinner";
import { useEffect, useRef, useState } from "react";
import { useHref, useNavigate } from "react-router";
import type { Pages } from "../../../api/use-pages";
import { Empty } from "../../../components/Empty";
import { formatBytes } from "../../../components/Timestamp";
import { paths } from "../shared/arn-path";
import { pictureType, readObject } from "./object-content";
import { type Entry, entryId } from "./object-listing";
import { takeTurn } from "./turns";

const kShownAtFirst = 120;
const kThumbnailBytesMax = 8 * 1024 * 1024;

interface Props {
  bucket: string;
  prefix: string;
  pages: Pages<Entry>;
  onOpen: (prefix: string) => void;
}

export function Thumbnails({ bucket, prefix, pages, onOpen }: Props) {
  const [shown, setShown] = useState(kShownAtFirst);
  const entries = pages.items.filter((entry) => entry.kind !== "delete-marker");
  if (pages.isLoading && entries.length === 0)
    return (
      <Box textAlign="center" padding="xl">
        <Spinner /> Loading objects
      </Box>
    );
  if (entries.length === 0) return <Empty title="No objects">Drop files here, or use Upload.</Empty>;
  const hasMore = entries.length > shown || pages.hasMore;
  const more = () => {
    if (entries.length <= shown + kShownAtFirst && pages.hasMore) pages.loadMore();
    setShown(shown + kShownAtFirst);
  };
  return (
    <>
      <ul className="pawl-thumbnails" aria-label="Objects">
        {entries.slice(0, shown).map((entry) => (
          <Tile key={entryId(entry)} bucket={bucket} prefix={prefix} entry={entry} onOpen={onOpen} />
        ))}
      </ul>
      {hasMore && (
        <Box textAlign="center" padding="s">
          <Button loading={pages.isLoading} onClick={more}>
            Show more
          </Button>
        </Box>
      )}
    </>
  );
}

function Tile({ bucket, prefix, entry, onOpen }: { bucket: string; prefix: string; entry: Entry; onOpen: (prefix: string) => void }) {
  const navigate = useNavigate();
  const isFolder = entry.kind === "folder";
  const path = isFolder ? paths.bucket(bucket, entry.key) : paths.object(bucket, entry.key, entry.versionId);
  const href = useHref(path);
  const name = entry.key.slice(prefix.length) || entry.key;
  const isPicture = !isFolder && pictureType(entry.key) !== undefined && entry.size <= kThumbnailBytesMax;
  return (
    <li className="pawl-tile">
      <a
        href={href}
        title={entry.key}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          if (isFolder) onOpen(entry.key);
          else void navigate(path);
        }}
      >
        <span className="pawl-tile-picture">
          {isPicture ? (
            <Thumbnail bucket={bucket} entry={entry} />
          ) : (
            <Icon name={isFolder ? "folder" : "file"} size="big" variant="subtle" />
          )}
        </span>
        <bdi className="pawl-tile-name pawl-one-line">{name}</bdi>
        <span className="pawl-tile-size">{isFolder ? "Folder" : formatBytes(entry.size)}</span>
      </a>
    </li>
  );
}

function Thumbnail({ bucket, entry }: { bucket: string; entry: Entry }) {
  const place = useRef<HTMLSpanElement>(null);
  const [url, setUrl] = useState<string>();
  const [isBroken, setBroken] = useState(false);
  const { key, versionId, size } = entry;
  useEffect(() => {
    const abort = new AbortController();
    let made: string | undefined;
    const load = async () => {
      try {
        const bytes = await takeTurn(abort.signal, () => readObject({ bucket, key, versionId }, size, kThumbnailBytesMax, abort.signal));
        if (abort.signal.aborted) return;
        made = URL.createObjectURL(new Blob([bytes], { type: pictureType(key) ?? "" }));
        setUrl(made);
      } catch {
        if (!abort.signal.aborted) setBroken(true);
      }
    };
    const watcher = new IntersectionObserver(
      (sights) => {
        if (!sights.some((sight) => sight.isIntersecting)) return;
        watcher.disconnect();
        void load();
      },
      { rootMargin: "200px" },
    );
    if (place.current !== null) watcher.observe(place.current);
    return () => {
      watcher.disconnect();
      abort.abort();
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [bucket, key, versionId, size]);
  if (isBroken) return <Icon name="status-warning" size="big" variant="subtle" />;
  return <span ref={place}>{url === undefined ? null : <img src={url} alt="" onError={() => setBroken(true)} />}</span>;
}
