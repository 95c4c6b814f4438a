// SPDX-License-Identifier: Apache-2.0
// Texts cut to the width they have in the picture.

export const kGraphFont = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif";

let context: CanvasRenderingContext2D | null | undefined;

function widthOf(text: string, font: string, size: number): number {
  if (context === undefined) context = typeof CanvasRenderingContext2D === "undefined" ? null : document.createElement("canvas").getContext("2d");
  if (context === null) return text.length * size * 0.56;
  context.font = font;
  return context.measureText(text).width;
}

const kept = new Map<string, string>();
const kKeptMax = 5_000;

/** `text`, or its beginning and "…". Never cuts a character in two. */
export function fitText(text: string, width: number, size: number, isBold: boolean): string {
  const font = `${isBold ? "600 " : ""}${size}px ${kGraphFont}`;
  const key = `${width}|${font}|${text}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const result = cut(text, width, font, size);
  if (kept.size >= kKeptMax) kept.clear();
  kept.set(key, result);
  return result;
}

function cut(text: string, width: number, font: string, size: number): string {
  if (widthOf(text, font, size) <= width) return text;
  const characters = Array.from(text);
  let low = 0;
  let high = characters.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (widthOf(`${characters.slice(0, middle).join("")}…`, font, size) <= width) low = middle;
    else high = middle - 1;
  }
  return `${characters.slice(0, low).join("")}…`;
}
