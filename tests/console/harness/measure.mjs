// SPDX-License-Identifier: Apache-2.0
// How fast a page is: first paint, frames while it is scrolled, memory.

/** Milliseconds from navigation to the first text or picture (W3C Paint Timing). */
export function firstPaint(page) {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        new PerformanceObserver((list, observer) => {
          const entry = list.getEntriesByName("first-contentful-paint")[0];
          if (entry === undefined) return;
          observer.disconnect();
          resolve(entry.startTime);
        }).observe({ type: "paint", buffered: true });
      }),
  );
}

/** Scrolls what is under the pointer for `ms`; what its frames took: {fps (median), p95 (ms), frames, longest (ms)}. */
export async function framesWhileScrolling(page, locator, ms = 5_000, pixels = 400) {
  await locator.hover();
  await page.evaluate(() => {
    const deltas = [];
    let last = performance.now();
    const frame = (now) => {
      deltas.push(now - last);
      last = now;
      window.scrollFrames.request = requestAnimationFrame(frame);
    };
    window.scrollFrames = { deltas, request: requestAnimationFrame(frame) };
  });
  const end = Date.now() + ms;
  while (Date.now() < end) await page.mouse.wheel(0, pixels);
  const deltas = await page.evaluate(() => {
    cancelAnimationFrame(window.scrollFrames.request);
    return window.scrollFrames.deltas.slice(1);
  });
  const sorted = deltas.sort((a, b) => a - b);
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  return { fps: 1000 / at(0.5), p95: at(0.95), longest: sorted.at(-1), frames: sorted.length };
}

/** Of JavaScript, after what is garbage was collected. */
export async function heapBytes(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.enable");
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return usedSize;
}
