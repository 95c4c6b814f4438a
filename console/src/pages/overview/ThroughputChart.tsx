// SPDX-License-Identifier: Apache-2.0
// Rates of the last quarter of an hour as lines. Its own SVG: it moves each second, and must not flicker.
import { type KeyboardEvent, type PointerEvent, useMemo, useState } from "react";
import { areaPath, average, formatRate, type Frame, kWindowSeconds, linePath, type Measure, minutes, type Point, roundUp, xOf, yOf } from "./series";
import { useWidth } from "./use-width";

export interface Line {
  measure: Measure;
  text: string;
  /** The name of a custom property of CSS. */
  color: string;
  isArea?: boolean;
}

const kHeight = 200;
const kLeft = 44;
const kBottom = 20;
const kTop = 8;
/** Seconds that one point of a line stands for. */
const kBucketSeconds = 5;

const clock = (time: number) => {
  const date = new Date(time * 1000);
  return [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
};
const clockWithSeconds = (time: number) => `${clock(time)}:${String(new Date(time * 1000).getSeconds()).padStart(2, "0")}`;

export function ThroughputChart({ points, lines, label }: { points: Point[]; lines: Line[]; label: string }) {
  const [ref, width] = useWidth();
  const [picked, setPicked] = useState<number | null>(null);
  const drawn = useMemo(() => average(points, kBucketSeconds), [points]);
  const end = points.at(-1)?.time ?? Date.now() / 1000;
  const top = Math.max(0, ...drawn.flatMap((point) => lines.map((line) => point[line.measure])));
  const frame: Frame = {
    width: Math.max(width - kLeft - 8, 10),
    height: kHeight - kTop - kBottom,
    begin: end - kWindowSeconds,
    end,
    max: roundUp(Math.max(top, 1)),
  };
  const index = picked === null ? null : nearest(drawn, picked);
  const shown = index === null ? undefined : drawn[index];

  const onMove = (event: PointerEvent<SVGSVGElement>) => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left - kLeft;
    setPicked(frame.begin + (x / frame.width) * kWindowSeconds);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -12, PageDown: 12, Home: -drawn.length, End: drawn.length }[event.key];
    if (event.key === "Escape") setPicked(null);
    if (step === undefined || drawn.length === 0) return;
    event.preventDefault();
    const next = Math.min(Math.max((index ?? drawn.length) + step, 0), drawn.length - 1);
    setPicked(drawn[next]?.time ?? null);
  };

  return (
    <div ref={ref} className="overview-chart">
      <svg
        width={width}
        height={kHeight}
        role="img"
        aria-label={`${label}. ${lines.map((line) => `${line.text}: ${formatRate(drawn.at(-1)?.[line.measure] ?? 0)} a second`).join(", ")}`}
        tabIndex={0}
        onPointerMove={onMove}
        onPointerLeave={() => setPicked(null)}
        onBlur={() => setPicked(null)}
        onKeyDown={onKeyDown}
      >
        <g transform={`translate(${kLeft} ${kTop})`}>
          <Axes frame={frame} />
          {lines.map((line) => line.isArea === true && <path key={line.measure} d={areaPath(drawn, line.measure, frame)} style={{ fill: `var(${line.color})` }} className="overview-chart-area" />)}
          {lines.map((line) => (
            <path key={line.measure} d={linePath(drawn, line.measure, frame)} style={{ stroke: `var(${line.color})` }} className="overview-chart-line" />
          ))}
          {shown !== undefined && <Picked point={shown} lines={lines} frame={frame} />}
        </g>
      </svg>
      {shown !== undefined && <Told point={shown} lines={lines} left={kLeft + xOf(shown.time, frame)} isAtRight={xOf(shown.time, frame) > frame.width / 2} />}
    </div>
  );
}

function nearest(points: Point[], time: number): number | null {
  let best: number | null = null;
  points.forEach((point, index) => {
    const old = best === null ? undefined : points[best];
    if (old === undefined || Math.abs(point.time - time) < Math.abs(old.time - time)) best = index;
  });
  return best;
}

function Axes({ frame }: { frame: Frame }) {
  const step = frame.width < 500 ? 5 : 3;
  return (
    <g className="overview-chart-axes" aria-hidden>
      {[0, 0.25, 0.5, 0.75, 1].map((part) => {
        const y = yOf(frame.max * part, frame);
        return (
          <g key={part}>
            <line x1={0} x2={frame.width} y1={y} y2={y} />
            {part !== 0.25 && part !== 0.75 && (
              <text x={-8} y={y + 4} textAnchor="end">
                {frame.max < 100 ? frame.max * part : formatRate(frame.max * part)}
              </text>
            )}
          </g>
        );
      })}
      {minutes(frame, step).map((time) => (
        <text key={time} x={xOf(time, frame)} y={frame.height + 16} textAnchor={xOf(time, frame) > frame.width - 20 ? "end" : "middle"}>
          {clock(time)}
        </text>
      ))}
    </g>
  );
}

function Picked({ point, lines, frame }: { point: Point; lines: Line[]; frame: Frame }) {
  const x = xOf(point.time, frame);
  return (
    <g aria-hidden>
      <line className="overview-chart-cursor" x1={x} x2={x} y1={0} y2={frame.height} />
      {lines.map((line) => (
        <circle key={line.measure} cx={x} cy={yOf(point[line.measure], frame)} r={3.5} className="overview-chart-dot" style={{ fill: `var(${line.color})` }} />
      ))}
    </g>
  );
}

function Told({ point, lines, left, isAtRight }: { point: Point; lines: Line[]; left: number; isAtRight: boolean }) {
  return (
    <div className={isAtRight ? "overview-chart-told overview-chart-told-left" : "overview-chart-told"} style={{ left }} role="status">
      <div className="overview-chart-time">{clockWithSeconds(point.time)}</div>
      {lines.map((line) => (
        <div key={line.measure} className="overview-chart-row">
          <span className="overview-swatch" style={{ background: `var(${line.color})` }} aria-hidden />
          <span>{line.text}</span>
          <span className="overview-number">{formatRate(point[line.measure])}/s</span>
        </div>
      ))}
    </div>
  );
}

export function Legend({ lines, point }: { lines: Line[]; point: Point | undefined }) {
  return (
    <div className="overview-legend">
      {lines.map((line) => (
        <span key={line.measure} className="overview-legend-item">
          <span className="overview-swatch" style={{ background: `var(${line.color})` }} aria-hidden />
          {line.text}
          <span className="overview-number overview-strong">{formatRate(point?.[line.measure] ?? 0)}/s</span>
        </span>
      ))}
    </div>
  );
}
