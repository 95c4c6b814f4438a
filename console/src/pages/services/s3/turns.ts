// SPDX-License-Identifier: Apache-2.0
// So many requests for pictures at a time; the others wait for their turn, or go when nobody wants them any more.

const kAtOnce = 6;
let running = 0;
const waiting: (() => void)[] = [];

export async function takeTurn<Result>(signal: AbortSignal, action: () => Promise<Result>): Promise<Result> {
  if (running >= kAtOnce) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  try {
    signal.throwIfAborted();
    return await action();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}
