// SPDX-License-Identifier: Apache-2.0
// How long something took or, ticking, takes.
import { useEffect, useState } from "react";
import { formatDuration } from "../../components/Timestamp";

/** The time, anew every `periodMs` while `isTicking` and the page is seen. */
export function useNow(isTicking: boolean, periodMs = 250): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!isTicking) return;
    setNow(Date.now());
    const timer = setInterval(() => document.visibilityState === "visible" && setNow(Date.now()), periodMs);
    return () => clearInterval(timer);
  }, [isTicking, periodMs]);
  return now;
}

/** `endMs` 0 or undefined: it is not over. */
export function Duration({ beginMs, endMs, periodMs = 100 }: { beginMs: number; endMs: number | undefined; periodMs?: number }) {
  const isOver = endMs !== undefined && endMs > 0;
  const now = useNow(!isOver, periodMs);
  return <span className="pawl-digits">{formatDuration(Math.max((isOver ? endMs : now) - beginMs, 0))}</span>;
}
