// SPDX-License-Identifier: Apache-2.0
// Whether the server answers. Every request tells; while it does not, it is asked again each second, and pages that
// show data load it anew when it is back.
import { useSyncExternalStore } from "react";

export interface Connection {
  isUp: boolean;
  /** One more after each return: a dependency for whatever must be loaded again. */
  generation: number;
}

let state: Connection = { isUp: true, generation: 0 };
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;

function become(next: Connection): void {
  state = next;
  for (const listener of listeners) listener();
}

async function ask(): Promise<void> {
  timer = undefined;
  try {
    const answer = await fetch("/_pawl/health", { cache: "no-store" });
    if (answer.ok) return noteUp();
  } catch {
    // Asked again.
  }
  timer = setTimeout(ask, 1000);
}

export function noteDown(): void {
  if (state.isUp) become({ ...state, isUp: false });
  timer ??= setTimeout(ask, 1000);
}

export function noteUp(): void {
  if (timer !== undefined) clearTimeout(timer);
  timer = undefined;
  if (!state.isUp) become({ isUp: true, generation: state.generation + 1 });
}

export function connectionNow(): Connection {
  return state;
}

export function subscribeConnection(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useConnection(): Connection {
  return useSyncExternalStore(subscribeConnection, connectionNow);
}
