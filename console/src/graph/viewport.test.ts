// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { firstView, fitView, kScaleMax, reveal, zoomAt } from "./viewport";

const window = { width: 400, height: 300 };

it("fits the whole picture, and never enlarges it", () => {
  expect(fitView({ width: 800, height: 300 }, window)).toEqual({ scale: 0.5, x: 0, y: 75 });
  expect(fitView({ width: 100, height: 100 }, window)).toEqual({ scale: 1, x: 150, y: 100 });
});

it("begins a long picture at its top", () => {
  const view = firstView({ width: 300, height: 9000 }, window);
  expect(view.scale).toBe(0.85);
  expect(view.y).toBe(0);
});

it("zooms around the pointer", () => {
  const view = zoomAt({ scale: 1, x: 10, y: 20 }, 2, 110, 120);
  expect(view).toEqual({ scale: 2, x: -90, y: -80 });
  expect(zoomAt(view, 100, 0, 0).scale).toBe(kScaleMax);
});

it("reveals what is out of sight and leaves what is in sight", () => {
  const view = { scale: 1, x: 0, y: 0 };
  expect(reveal(view, { x: 50, y: 50, width: 100, height: 50 }, window)).toEqual(view);
  expect(reveal(view, { x: 50, y: 500, width: 100, height: 50 }, window).y).toBe(-274);
});
