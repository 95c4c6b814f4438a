// SPDX-License-Identifier: Apache-2.0
// The visits of states over time, a row for each lane. Only what is in sight is painted. Ctrl and the wheel or + and -
// zoom, drag or Shift and arrows move, arrows go from visit to visit, Enter selects.
import Button from "@cloudscape-design/components/button";
import { type KeyboardEvent, type MouseEvent, type PointerEvent, useEffect, useMemo, useRef, useState } from "react";
import { useIsDark } from "../../app/theme";
import { Empty } from "../../components/Empty";
import { formatDuration } from "../../components/Timestamp";
import { Status, type Visit } from "../../history/history";
import { useNow } from "./Duration";
import { executionName } from "./api";
import { type Scene, laneName } from "./scene";
import { visitWord } from "./status";
import { kAxisHeight, kRowHeight, paint, readPalette, type Scenery, type Span } from "./timeline-paint";
import { kOpenLanesMax, type Row, timelineRows, visitsByLane } from "./timeline-rows";

interface Hover {
  x: number;
  y: number;
  visit?: Visit;
  row: Row;
}

const kSpanMinMs = 2;

export function Timeline({ scene }: { scene: Scene }) {
  return scene.history.last === 0 ? <Empty title={scene.live.isCaughtUp ? "There are no events yet" : "Loading"} /> : <LaneTimeline scene={scene} />;
}

function LaneTimeline({ scene }: { scene: Scene }) {
  const { history, snapshot, inScope, live, selection } = scene;
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [opened, setOpened] = useState<ReadonlyMap<number, boolean>>(new Map());
  const [zoomed, setZoomed] = useState<Span>();
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [scrollTop, setScrollTop] = useState(0);
  const [focused, setFocused] = useState<Visit>();
  const [hover, setHover] = useState<Hover>();
  const isDark = useIsDark();
  const ticking = useNow(!history.isOver && scene.at === undefined, 100);

  const byLane = useMemo(() => visitsByLane(history, snapshot.event), [history, snapshot, live.version]);
  const rows = useMemo(() => timelineRows(history, byLane, inScope, opened, executionName(scene.arn)), [history, byLane, inScope, opened, scene.arn]);
  const beginMs = history.msOf(1);
  const lastMs = history.msOf(history.last);
  const nowMs = scene.at !== undefined ? history.msOf(scene.at) : history.isOver ? lastMs : Math.max(ticking, lastMs);
  const whole: Span = { fromMs: beginMs - 0.01 * (nowMs - beginMs), toMs: Math.max(nowMs, scene.at === undefined ? 0 : lastMs) + Math.max(0.03 * (lastMs - beginMs), 1) };
  const span = zoomed ?? whole;
  const labelWidth = Math.min(Math.max(size.width * 0.2, 120), 240);
  const isOpen = (visit: Visit) => opened.get(visit.index) ?? visit.lanes.length <= kOpenLanesMax;

  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const scenery: Scenery = {
    history,
    snapshot,
    rows,
    span,
    beginMs,
    nowMs,
    labelWidth,
    width: size.width,
    height: size.height,
    scrollTop,
    selected: selection.visit,
    focused,
    atMs: scene.at === undefined ? undefined : history.msOf(scene.at),
    isOpen,
  };
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (canvas.current === null || context === undefined || context === null || size.width === 0) return;
    const ratio = window.devicePixelRatio;
    if (canvas.current.width !== size.width * ratio || canvas.current.height !== size.height * ratio) {
      canvas.current.width = size.width * ratio;
      canvas.current.height = size.height * ratio;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    paint(context, scenery, readPalette(canvas.current));
  });
  // The colours of the theme are read when it is painted.
  void isDark;

  const clampSpan = (next: Span): Span | undefined => {
    const length = Math.min(Math.max(next.toMs - next.fromMs, kSpanMinMs), whole.toMs - whole.fromMs);
    const fromMs = Math.min(Math.max(next.fromMs, whole.fromMs), whole.toMs - length);
    return length >= whole.toMs - whole.fromMs ? undefined : { fromMs, toMs: fromMs + length };
  };
  const zoom = (factor: number, aroundMs: number) => setZoomed(clampSpan({ fromMs: aroundMs - (aroundMs - span.fromMs) / factor, toMs: aroundMs + (span.toMs - aroundMs) / factor }));
  const pan = (ms: number) => setZoomed(clampSpan({ fromMs: span.fromMs + ms, toMs: span.toMs + ms }));
  const msAt = (x: number) => span.fromMs + ((x - labelWidth) / Math.max(size.width - labelWidth, 1)) * (span.toMs - span.fromMs);

  const actions = useRef({ zoom, msAt });
  actions.current = { zoom, msAt };
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      actions.current.zoom(Math.exp(-event.deltaY * 0.004), actions.current.msAt(event.clientX - element.getBoundingClientRect().left));
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, []);

  const find = (event: MouseEvent): Hover | undefined => {
    const box = frame.current?.getBoundingClientRect();
    if (box === undefined) return undefined;
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const row = rows[Math.floor((y - kAxisHeight + scrollTop) / kRowHeight)];
    if (row === undefined || y < kAxisHeight) return undefined;
    const tolerance = (3 * (span.toMs - span.fromMs)) / Math.max(size.width - labelWidth, 1);
    const ms = msAt(x);
    const visit = x < labelWidth ? undefined : row.visits.findLast((each) => each.enterMs - tolerance <= ms && (each.endMs > 0 ? each.endMs : nowMs) + tolerance >= ms);
    return { x, y, row, ...(visit === undefined ? {} : { visit }) };
  };
  const dragged = useRef({ x: 0, isDown: false, hasMoved: false });
  const onPointerMove = (event: PointerEvent) => {
    const drag = dragged.current;
    if (drag.isDown) {
      const dx = event.clientX - drag.x;
      if (!drag.hasMoved && Math.abs(dx) < 4) return;
      if (!drag.hasMoved) frame.current?.setPointerCapture(event.pointerId);
      drag.hasMoved = true;
      drag.x = event.clientX;
      pan((-dx * (span.toMs - span.fromMs)) / Math.max(size.width - labelWidth, 1));
      setHover(undefined);
    } else setHover(find(event));
  };
  const onClick = (event: MouseEvent) => {
    if (dragged.current.hasMoved) return;
    const found = find(event);
    if (found?.row.band !== undefined) setOpened(new Map(opened).set(found.row.band.index, !isOpen(found.row.band)));
    else if (found?.visit !== undefined) {
      setFocused(found.visit);
      scene.selectVisit(found.visit);
    }
  };
  const focus = (visit: Visit | undefined) => {
    if (visit === undefined) return;
    setFocused(visit);
    const row = rows.findIndex((each) => each.band === undefined && each.lane.index === visit.lane);
    const top = row * kRowHeight;
    const scroller = frame.current;
    if (scroller !== null && (top < scroller.scrollTop || top > scroller.scrollTop + size.height - kAxisHeight - kRowHeight)) scroller.scrollTop = top - size.height / 2;
    if (zoomed !== undefined && (visit.enterMs < span.fromMs || visit.enterMs > span.toMs)) pan(visit.enterMs - (span.fromMs + span.toMs) / 2);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const current = focused ?? selection.visit ?? rows[0]?.visits[0];
    const mine = current === undefined ? [] : (byLane[current.lane] ?? []);
    const place = current === undefined ? -1 : mine.indexOf(current);
    const row = rows.findIndex((each) => each.band === undefined && each.lane.index === current?.lane);
    const neighbour = (step: number) => {
      for (let at = row + step; at >= 0 && at < rows.length; at += step) if ((rows[at]?.visits.length ?? 0) > 0) return rows[at]?.visits.find((each) => current !== undefined && each.endMs >= current.enterMs) ?? rows[at]?.visits[0];
      return undefined;
    };
    const length = span.toMs - span.fromMs;
    if (event.key === "ArrowRight") event.shiftKey ? pan(length / 8) : focus(mine[place + 1]);
    else if (event.key === "ArrowLeft") event.shiftKey ? pan(-length / 8) : focus(mine[place - 1]);
    else if (event.key === "ArrowDown") focus(neighbour(1));
    else if (event.key === "ArrowUp") focus(neighbour(-1));
    else if (event.key === "Enter" && current !== undefined) scene.selectVisit(current);
    else if (event.key === "+" || event.key === "=") zoom(1.5, current !== undefined && zoomed === undefined ? current.enterMs : (span.fromMs + span.toMs) / 2);
    else if (event.key === "-") zoom(1 / 1.5, (span.fromMs + span.toMs) / 2);
    else if (event.key === "0" || event.key === "f") setZoomed(undefined);
    else return;
    event.preventDefault();
  };
  const say = (visit: Visit) => `${visit.name}, ${visitWord(snapshot.statusOf(visit))}, ${formatDuration(tookOf(visit, snapshot.statusOf(visit), nowMs))}${visit.lane === 0 ? "" : `, ${laneName(history, visit.lane)}`}`;

  return (
    <div className="pawl-below">
      <div className="pawl-bar">
        <span className="pawl-quiet">{`${formatDuration(span.toMs - span.fromMs)} in sight`}</span>
        <span className="pawl-panel-end">
          <Button variant="icon" iconName="zoom-out" ariaLabel="Zoom out" disabled={zoomed === undefined} onClick={() => zoom(1 / 1.5, (span.fromMs + span.toMs) / 2)} />
          <Button variant="icon" iconName="zoom-in" ariaLabel="Zoom in" onClick={() => zoom(1.5, (span.fromMs + span.toMs) / 2)} />
          <Button variant="icon" iconName="zoom-to-fit" ariaLabel="Show all" disabled={zoomed === undefined} onClick={() => setZoomed(undefined)} />
        </span>
      </div>
      <div
        ref={frame}
        className="pawl-timeline"
        role="group"
        tabIndex={0}
        aria-label={`Timeline, ${rows.length} rows. Arrows go from visit to visit, Enter selects, plus and minus zoom. The tab States has the same as a table.`}
        onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}
        onPointerDown={(event) => {
          dragged.current = { x: event.clientX, isDown: event.button === 0, hasMoved: false };
        }}
        onPointerMove={onPointerMove}
        onPointerUp={() => (dragged.current.isDown = false)}
        onPointerLeave={() => setHover(undefined)}
        onClick={onClick}
        onKeyDown={onKeyDown}
      >
        <canvas ref={canvas} className="pawl-timeline-canvas" aria-hidden style={{ inlineSize: size.width, blockSize: size.height }} />
        <div style={{ blockSize: Math.max(rows.length * kRowHeight + kAxisHeight - size.height, 0) }} />
        <span className="pawl-hidden" role="status">
          {focused === undefined ? "" : say(focused)}
        </span>
      </div>
      {hover?.visit !== undefined && (
        <div className="pawl-tip" aria-hidden style={{ insetInlineStart: Math.min(hover.x + 12, size.width - 260), insetBlockStart: hover.y + 48 }}>
          <bdi>
            <b>{hover.visit.name}</b>
          </bdi>
          <span>{`${visitWord(snapshot.statusOf(hover.visit))} · ${formatDuration(tookOf(hover.visit, snapshot.statusOf(hover.visit), nowMs))}`}</span>
          <span className="pawl-quiet">{`after ${formatDuration(hover.visit.enterMs - beginMs)}${hover.visit.attempts > 1 ? ` · ${hover.visit.attempts} attempts` : ""}`}</span>
        </div>
      )}
    </div>
  );
}

function tookOf(visit: Visit, status: Status, nowMs: number): number {
  const isUnderWay = status === Status.Running || status === Status.Retrying || visit.endMs === 0;
  return Math.max((isUnderWay ? nowMs : visit.endMs) - visit.enterMs, 0);
}
