// SPDX-License-Identifier: Apache-2.0
// Bytes as the API carries them (base64 text), as a file, as text.

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index += 1) bytes[index] = binary.charCodeAt(index);
  return bytes;
}

export function toBase64(bytes: Uint8Array): string {
  const kPiece = 0x8000;
  const pieces: string[] = [];
  for (let index = 0; index < bytes.length; index += kPiece) pieces.push(String.fromCharCode(...bytes.subarray(index, index + kPiece)));
  return btoa(pieces.join(""));
}

export function textToBase64(text: string): string {
  return toBase64(new TextEncoder().encode(text));
}

/** undefined: it is no text. */
export function asText(bytes: Uint8Array): string | undefined {
  if (bytes.subarray(0, 4096).includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Text of a base64 member: "" of nothing, � for what is no UTF-8. */
export function textOf(base64: string | undefined): string {
  return base64 === undefined ? "" : new TextDecoder().decode(fromBase64(base64));
}

export function saveAs(data: Blob, name: string): void {
  const url = URL.createObjectURL(data);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
