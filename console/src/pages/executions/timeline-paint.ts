// SPDX-License-Identifier: Apache-2.0
// Paints the rows of the timeline that are in sight on a canvas.
import { formatDuration } from "../../components/Timestamp";
import { kGraphFont } from "../../graph/text-width";
import type { History, Visit } from "../../history/history";
import type { Snapshot } from "../../history/snapshot";
import { laneDensity, type Row } from "./timeline-rows";

export const kRowHeight = 22;
export const kAxisHeight = 24;

/** The span of time in sight. */
export interface Span {
  fromMs: number;
  toMs: number;
}

export interface Palette {
  text: string;
  quiet: string;
  line: string;
  canvas: string;
  accent: string;
  hover: string;
  statuses: string[];
  fills: string[];
}

const kNames = ["not-entered", "succeeded", "running", "caught", "caught", "aborted", "failed"];

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const get = (name: string) => style.getPropertyValue(name).trim();
  return {
    text: get("--pawl-graph-text"),
    quiet: get("--pawl-graph-quiet"),
    line: get("--pawl-table-line"),
    canvas: get("--pawl-table-head"),
    accent: get("--pawl-table-accent"),
    hover: get("--pawl-table-hover"),
    statuses: kNames.map((name) => get(`--pawl-status-${name}`)),
    fills: kNames.map((name) => get(`--pawl-status-${name}-fill`) || get("--pawl-graph-canvas")),
  };
}

export interface Scenery {
  history: History;
  snapshot: Snapshot;
  rows: Row[];
  span: Span;
  beginMs: number;
  nowMs: number;
  labelWidth: number;
  width: number;
  height: number;
  scrollTop: number;
  selected: Visit | undefined;
  focused: Visit | undefined;
  atMs: number | undefined;
  isOpen: (visit: Visit) => boolean;
}

/** Steps people count in. */
export function tickStep(spanMs: number, ticks: number): number {
  const least = spanMs / ticks;
  for (const step of [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 1.5e4, 3e4, 6e4, 1.2e5, 3e5, 6e5, 1.8e6, 3.6e6, 7.2e6, 2.16e7, 4.32e7, 8.64e7]) if (step >= least) return step;
  return Math.ceil(least / 8.64e7) * 8.64e7;
}

export function xOf(scenery: Pick<Scenery, "span" | "labelWidth" | "width">, ms: number): number {
  const { span, labelWidth, width } = scenery;
  return labelWidth + ((ms - span.fromMs) / (span.toMs - span.fromMs)) * (width - labelWidth);
}

export function paint(context: CanvasRenderingContext2D, scenery: Scenery, palette: Palette): void {
  const { width, height, rows, scrollTop, labelWidth } = scenery;
  context.clearRect(0, 0, width, height);
  context.font = `11px ${kGraphFont}`;
  context.textBaseline = "middle";
  paintGrid(context, scenery, palette);
  const first = Math.floor(scrollTop / kRowHeight);
  const last = Math.min(rows.length - 1, Math.ceil((scrollTop + height) / kRowHeight));
  context.save();
  context.beginPath();
  context.rect(0, kAxisHeight, width, height - kAxisHeight);
  context.clip();
  for (let index = first; index <= last; ++index) {
    const row = rows[index];
    if (row === undefined) continue;
    const y = kAxisHeight + index * kRowHeight - scrollTop;
    context.save();
    context.beginPath();
    context.rect(labelWidth, y, width - labelWidth, kRowHeight);
    context.clip();
    if (row.band !== undefined) paintBand(context, scenery, palette, row.band, y);
    else paintLane(context, scenery, palette, row, y);
    context.restore();
    paintLabel(context, scenery, palette, row, y);
  }
  context.restore();
  if (scenery.atMs !== undefined) {
    const x = xOf(scenery, scenery.atMs);
    context.fillStyle = palette.accent;
    if (x >= labelWidth) context.fillRect(x - 0.75, 0, 1.5, height);
  }
}

function paintGrid(context: CanvasRenderingContext2D, scenery: Scenery, palette: Palette): void {
  const { span, beginMs, width, height, labelWidth } = scenery;
  const step = tickStep(span.toMs - span.fromMs, Math.max((width - labelWidth) / 110, 1));
  context.strokeStyle = palette.line;
  context.fillStyle = palette.quiet;
  context.lineWidth = 1;
  context.beginPath();
  for (let at = Math.ceil((span.fromMs - beginMs) / step) * step; at <= span.toMs - beginMs; at += step) {
    const x = Math.round(xOf(scenery, beginMs + at)) + 0.5;
    if (x < labelWidth) continue;
    context.moveTo(x, 18);
    context.lineTo(x, height);
    const text = at < 0 ? `−${formatDuration(-at)}` : formatDuration(at);
    context.fillText(text, Math.min(x + 4, width - context.measureText(text).width - 2), 11);
  }
  context.moveTo(0, kAxisHeight - 0.5);
  context.lineTo(width, kAxisHeight - 0.5);
  context.stroke();
}

function paintLabel(context: CanvasRenderingContext2D, scenery: Scenery, palette: Palette, row: Row, y: number): void {
  const { labelWidth } = scenery;
  const left = 8 + row.depth * 12;
  context.fillStyle = palette.canvas;
  context.fillRect(0, y, labelWidth, kRowHeight);
  context.fillStyle = row.band === undefined ? palette.text : palette.quiet;
  const mark = row.band === undefined ? "" : scenery.isOpen(row.band) ? "▾ " : "▸ ";
  context.fillText(shorten(context, mark + row.label, labelWidth - left - 8), left, y + kRowHeight / 2);
  context.fillStyle = palette.line;
  context.fillRect(0, y + kRowHeight - 1, scenery.width, 0.5);
}

function shorten(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  const characters = Array.from(text);
  while (characters.length > 1 && context.measureText(`${characters.join("")}…`).width > width) characters.splice(Math.max(characters.length - Math.ceil(characters.length / 8), 1));
  return `${characters.join("")}…`;
}

/** Bars narrower than this are put together with their neighbours. */
const kPixelsMin = 1.2;

function paintLane(context: CanvasRenderingContext2D, scenery: Scenery, palette: Palette, row: Row, y: number): void {
  const { width, labelWidth, snapshot, nowMs, selected, focused } = scenery;
  let painted = -1;
  for (const visit of row.visits) {
    const status = snapshot.statusOf(visit);
    const x = xOf(scenery, visit.enterMs);
    if (x > width) break;
    const end = xOf(scenery, status === 2 || status === 3 || visit.endMs === 0 ? nowMs : visit.endMs);
    if (end < labelWidth) continue;
    const isChosen = visit === selected || visit === focused;
    if (end - x < kPixelsMin && end < painted && status < 4 && !isChosen) continue;
    const length = Math.max(end - x, kPixelsMin);
    painted = x + length;
    context.fillStyle = palette.fills[status] ?? "";
    context.strokeStyle = isChosen ? palette.accent : (palette.statuses[status] ?? "");
    context.lineWidth = isChosen ? 2 : 1;
    if (length < 4) {
      context.fillStyle = isChosen ? palette.accent : (palette.statuses[status] ?? "");
      context.fillRect(x, y + 4, length, kRowHeight - 8);
      continue;
    }
    context.beginPath();
    context.roundRect(x + 0.5, y + 3.5, length - 1, kRowHeight - 8, 3);
    context.fill();
    context.stroke();
    paintName(context, palette, visit, Math.max(x, labelWidth), end, y);
  }
}

function paintName(context: CanvasRenderingContext2D, palette: Palette, visit: Visit, x: number, end: number, y: number): void {
  if (end - x < 30) return;
  context.fillStyle = palette.text;
  context.fillText(shorten(context, visit.name, end - x - 12), x + 6, y + kRowHeight / 2 - 0.5);
}

/** How many lanes ran, as a height. */
function paintBand(context: CanvasRenderingContext2D, scenery: Scenery, palette: Palette, visit: Visit, y: number): void {
  const { span, width, labelWidth, history, nowMs } = scenery;
  const columns = Math.max(Math.floor((width - labelWidth) / 3), 1);
  const density = laneDensity(history, visit, span.fromMs, span.toMs, columns, nowMs);
  const most = density.reduce((a, b) => Math.max(a, b), 1);
  const room = kRowHeight - 5;
  context.fillStyle = palette.statuses[visit.status] ?? "";
  context.globalAlpha = 0.55;
  density.forEach((running, index) => {
    if (running <= 0) return;
    const size = Math.max((running / most) * room, 1);
    context.fillRect(labelWidth + (index * (width - labelWidth)) / columns, y + kRowHeight - 2 - size, (width - labelWidth) / columns + 0.5, size);
  });
  context.globalAlpha = 1;
}
