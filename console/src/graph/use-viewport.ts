// SPDX-License-Identifier: Apache-2.0
// Moving and zooming a picture: drag, pinch, wheel with Ctrl, and what keys and buttons ask for.
import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore, type RefObject } from "react";
import { firstView, fitView, follow, keepInSight, reveal, type Size, type View, zoomAt } from "./viewport";
import type { Box, LaidOutGraph } from "./types";

export interface Viewport {
  /** The element that is looked through, and the group that moves. */
  frame: RefObject<HTMLDivElement | null>;
  layer: RefObject<SVGGElement | null>;
  zoom: (factor: number) => void;
  pan: (dx: number, dy: number) => void;
  fit: () => void;
  actualSize: () => void;
  reveal: (box: Box) => void;
  centre: (x: number, y: number) => void;
  /** Whether the last press moved the picture: then it is no click. */
  hasDragged: () => boolean;
  subscribe: (listener: () => void) => () => void;
  now: () => View;
  size: () => Size;
}

const kDragPixels = 4;

export function useViewport(graph: LaidOutGraph, selected: string | undefined): Viewport {
  const frame = useRef<HTMLDivElement>(null);
  const layer = useRef<SVGGElement>(null);
  const state = useRef({ view: { x: 0, y: 0, scale: 1 }, size: { width: 0, height: 0 }, isOwn: false, hasDragged: false });
  const listeners = useRef(new Set<() => void>());
  const shown = useRef(graph);
  const pointer = useRef(selected);
  pointer.current = selected;

  const show = useCallback((view: View) => {
    const now = state.current;
    now.view = keepInSight(view, shown.current, now.size);
    layer.current?.setAttribute("transform", `translate(${now.view.x} ${now.view.y}) scale(${now.view.scale})`);
    for (const listener of listeners.current) listener();
  }, []);

  const viewport = useMemo<Viewport>(() => {
    const move = (view: View) => {
      state.current.isOwn = true;
      show(view);
    };
    const middle = () => [state.current.size.width / 2, state.current.size.height / 2] as const;
    return {
      frame,
      layer,
      zoom: (factor) => move(zoomAt(state.current.view, factor, ...middle())),
      pan: (dx, dy) => move({ ...state.current.view, x: state.current.view.x + dx, y: state.current.view.y + dy }),
      fit: () => {
        show(fitView(shown.current, state.current.size));
        state.current.isOwn = state.current.view.scale < 0.45;
      },
      actualSize: () => move(zoomAt(state.current.view, 1 / state.current.view.scale, ...middle())),
      reveal: (box) => {
        const view = reveal(state.current.view, box, state.current.size);
        if (view.x !== state.current.view.x || view.y !== state.current.view.y) show(view);
      },
      centre: (x, y) => {
        const { view, size } = state.current;
        move({ ...view, x: size.width / 2 - x * view.scale, y: size.height / 2 - y * view.scale });
      },
      hasDragged: () => state.current.hasDragged,
      subscribe: (listener) => {
        listeners.current.add(listener);
        return () => listeners.current.delete(listener);
      },
      now: () => state.current.view,
      size: () => state.current.size,
    };
  }, [show]);

  useEffect(() => {
    const before = shown.current;
    shown.current = graph;
    if (!state.current.isOwn) show(firstView(graph, state.current.size));
    else show(before === graph ? state.current.view : follow(state.current.view, before, graph, pointer.current));
  }, [graph, show]);

  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const resized = new ResizeObserver(() => {
      state.current.size = { width: element.clientWidth, height: element.clientHeight };
      if (state.current.isOwn) return show(state.current.view);
      const node = shown.current.nodes.find((each) => each.kind === "State" && each.pointer === pointer.current);
      const view = firstView(shown.current, state.current.size);
      show(node === undefined ? view : reveal(view, node, state.current.size));
    });
    resized.observe(element);
    const stop = listenToPointers(element, state.current, viewport, show);
    return () => {
      resized.disconnect();
      stop();
    };
  }, [viewport, show]);

  return viewport;
}

type State = { view: View; size: Size; isOwn: boolean; hasDragged: boolean };

function listenToPointers(element: HTMLElement, state: State, viewport: Viewport, show: (view: View) => void): () => void {
  const pointers = new Map<number, [x: number, y: number]>();
  const place = (event: MouseEvent): [number, number] => {
    const box = element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const spread = () => {
    const [a, b] = [...pointers.values()];
    return a === undefined || b === undefined ? 0 : Math.hypot(a[0] - b[0], a[1] - b[1]);
  };
  let pressed: [number, number] = [0, 0];

  const onWheel = (event: WheelEvent) => {
    // A pinch on a touchpad is a wheel with Ctrl. Without, the page scrolls as everywhere.
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    state.isOwn = true;
    show(zoomAt(state.view, Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0035)), ...place(event)));
  };
  const onDown = (event: PointerEvent) => {
    if (event.button !== 0 || (event.target as Element).closest("button, .pawl-minimap") !== null) return;
    pointers.set(event.pointerId, place(event));
    pressed = place(event);
    state.hasDragged = false;
  };
  const onMove = (event: PointerEvent) => {
    const before = pointers.get(event.pointerId);
    if (before === undefined) return;
    const now = place(event);
    if (!state.hasDragged) {
      if (Math.hypot(now[0] - pressed[0], now[1] - pressed[1]) < kDragPixels) return;
      state.hasDragged = true;
      element.setPointerCapture(event.pointerId);
    }
    const spreadBefore = spread();
    pointers.set(event.pointerId, now);
    viewport.pan((now[0] - before[0]) / pointers.size, (now[1] - before[1]) / pointers.size);
    if (pointers.size === 2 && spreadBefore > 0) {
      const [a, b] = [...pointers.values()] as [[number, number], [number, number]];
      show(zoomAt(state.view, spread() / spreadBefore, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2));
    }
  };
  const onUp = (event: PointerEvent) => pointers.delete(event.pointerId);

  element.addEventListener("wheel", onWheel, { passive: false });
  element.addEventListener("pointerdown", onDown);
  element.addEventListener("pointermove", onMove);
  element.addEventListener("pointerup", onUp);
  element.addEventListener("pointercancel", onUp);
  return () => {
    element.removeEventListener("wheel", onWheel);
    element.removeEventListener("pointerdown", onDown);
    element.removeEventListener("pointermove", onMove);
    element.removeEventListener("pointerup", onUp);
    element.removeEventListener("pointercancel", onUp);
  };
}

/** Renders anew whenever the view changes: for what shows the view itself. */
export function useView(viewport: Viewport): View {
  return useSyncExternalStore(viewport.subscribe, viewport.now);
}
