// SPDX-License-Identifier: Apache-2.0
// Pictures to show: PNG (W3C PNG, third edition) of colours that run into each other.
import { deflateSync } from "node:zlib";

/** That of node:zlib is not in Node.js 18. */
export function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}

/** `hue` 0-255 chooses the colours. */
export function png(width, height, hue) {
  const rows = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0, at = 0; y < height; y += 1) {
    rows[at++] = 0; // filter: none
    for (let x = 0; x < width; x += 1) {
      const isRing = Math.abs(Math.hypot(x - width / 2, y - height / 2) - height / 4) < height / 20;
      rows[at++] = isRing ? 255 : (hue + (x * 160) / width) & 255;
      rows[at++] = isRing ? 255 : (hue * 2 + (y * 120) / height) & 255;
      rows[at++] = isRing ? 255 : (200 - hue / 2) & 255;
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8); // 8 bits, RGB
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}
