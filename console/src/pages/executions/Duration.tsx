// SPDX-License-Identifier: Apache-2.0
// How long something took or, ticking, takes.
import { useEffect, useState } from "react";
import { formatDuration } from "../../components/Timestamp";

/** The time, anew each second (ten times a second in the first minute) while `isTicking`. */
export function useNow(isTicking: boolean, sinceMs = 0): number {
  const [now, setNow] = useState(() => Date.now());
  const isYoung = now - sinceMs < 60_000;
  useEffect(() => {
    if (!isTicking) return;
    setNow(Date.now());
    const timer = setInterval(() => document.visibilityState === "visible" && setNow(Date.now()), isYoung ? 100 : 1000);
    return () => clearInterval(timer);
  }, [isTicking, isYoung]);
  return now;
}

/** `endMs` 0 or undefined: it is not over. */
export function Duration({ beginMs, endMs }: { beginMs: number; endMs: number | undefined }) {
  const isOver = endMs !== undefined && endMs > 0;
  const now = useNow(!isOver, beginMs);
  return <span className="pawl-digits">{formatDuration(Math.max((isOver ? endMs : now) - beginMs, 0))}</span>;
}
