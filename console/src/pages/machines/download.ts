// SPDX-License-Identifier: Apache-2.0
// Files that the browser saves: definitions, pictures.

export function fileName(name: string, ending: string): string {
  return `${name.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-")}.${ending}`;
}

export function download(name: string, content: string | Blob, type = "text/plain"): void {
  const url = URL.createObjectURL(typeof content === "string" ? new Blob([content], { type }) : content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads it after this.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

const kDrawn = [
  "fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity",
  "font-family", "font-size", "font-weight", "font-style", "text-anchor", "dominant-baseline", "letter-spacing", "visibility",
];

/** A picture on the page as an SVG of its own: with the colours it has here, as large as it is drawn. */
export function svgOf(picture: SVGSVGElement, size: { width: number; height: number }, background: string): string {
  const copy = picture.cloneNode(true) as SVGSVGElement;
  const from = [...picture.querySelectorAll<SVGElement>("*")];
  [...copy.querySelectorAll<SVGElement>("*")].forEach((element, index) => {
    const source = from[index];
    if (source === undefined) return;
    const style = getComputedStyle(source);
    for (const name of kDrawn) {
      const value = style.getPropertyValue(name);
      if (value !== "") element.setAttribute(name, value);
    }
    element.removeAttribute("class");
  });
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(Math.ceil(size.width)));
  copy.setAttribute("height", String(Math.ceil(size.height)));
  copy.setAttribute("viewBox", `0 0 ${Math.ceil(size.width)} ${Math.ceil(size.height)}`);
  copy.removeAttribute("class");
  // Zoom and place on the page are not the picture's.
  copy.querySelector("g")?.removeAttribute("transform");
  const paper = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  paper.setAttribute("width", "100%");
  paper.setAttribute("height", "100%");
  paper.setAttribute("fill", background);
  copy.insertBefore(paper, copy.firstChild);
  return new XMLSerializer().serializeToString(copy);
}

/** As pixels, twice as many as points. */
export async function pngOf(svg: string, size: { width: number; height: number }): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    // Browsers refuse larger canvases.
    const scale = Math.min(2, 8_000 / Math.max(size.width, size.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.ceil(size.width * scale);
    canvas.height = Math.ceil(size.height * scale);
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done, fail) => canvas.toBlob((blob) => (blob === null ? fail(new Error("The picture is too large.")) : done(blob)), "image/png"));
  } finally {
    URL.revokeObjectURL(url);
  }
}
