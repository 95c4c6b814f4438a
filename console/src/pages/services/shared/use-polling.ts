// SPDX-License-Identifier: Apache-2.0
// Does something again and again while the page is seen.
import { useEffect, useRef } from "react";

export function usePolling(action: () => void, everyMs: number, isOn = true): void {
  const latest = useRef(action);
  latest.current = action;
  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => document.visibilityState === "visible" && latest.current(), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, isOn]);
}
