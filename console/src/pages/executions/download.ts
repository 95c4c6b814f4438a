// SPDX-License-Identifier: Apache-2.0
// Files made here: a picture as it is on the screen, JSON.
import type { LaidOutGraph } from "../../graph/types";
import { kGraphFont } from "../../graph/text-width";

export function saveFile(name: string, type: string, text: BlobPart): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name.replace(/[^\p{L}\p{N}._-]+/gu, "-");
  link.click();
  URL.revokeObjectURL(url);
}

const kProperties = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "stroke-linecap", "stroke-linejoin", "opacity", "font-size", "font-weight", "font-style", "text-anchor"];

/** The picture as a file of its own: whole, in its actual size, with the colours it has on the page. */
export function svgText(picture: Element | null, graph: LaidOutGraph): string {
  if (picture === null) return "";
  const copy = picture.cloneNode(true) as SVGElement;
  const [originals, copies] = [picture.querySelectorAll("*"), copy.querySelectorAll("*")];
  originals.forEach((original, index) => {
    const target = copies[index];
    if (target === undefined) return;
    const style = getComputedStyle(original);
    for (const property of kProperties) {
      const value = style.getPropertyValue(property);
      if (value !== "") target.setAttribute(property, value);
    }
    target.removeAttribute("class");
  });
  copy.removeAttribute("class");
  copy.removeAttribute("aria-hidden");
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(graph.width));
  copy.setAttribute("height", String(graph.height));
  copy.setAttribute("viewBox", `0 0 ${graph.width} ${graph.height}`);
  copy.setAttribute("font-family", kGraphFont);
  copy.querySelector("g")?.removeAttribute("transform");
  const background = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  background.setAttribute("width", "100%");
  background.setAttribute("height", "100%");
  background.setAttribute("fill", getComputedStyle(picture.parentElement ?? picture).backgroundColor);
  copy.prepend(background);
  return new XMLSerializer().serializeToString(copy);
}
