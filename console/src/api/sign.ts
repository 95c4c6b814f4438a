// SPDX-License-Identifier: Apache-2.0
// Signature Version 4 of AWS ("Create a signed AWS API request"), for POSTs with a body and without a query. The signing
// name is "pawl". Needs crypto.subtle: pages from https or from this computer have it.
import type { Credentials } from "./credentials";

const encoder = new TextEncoder();

function hex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function hash(text: string): Promise<string> {
  return hex(await crypto.subtle.digest("SHA-256", encoder.encode(text)));
}

async function hmac(key: ArrayBuffer | Uint8Array<ArrayBuffer>, text: string): Promise<ArrayBuffer> {
  const imported = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return crypto.subtle.sign("HMAC", imported, encoder.encode(text));
}

export interface Unsigned {
  host: string;
  path: string;
  body: string;
  region: string;
  now: Date;
}

/** The headers to add. */
export async function sign(request: Unsigned, credentials: Credentials): Promise<Record<string, string>> {
  const time = request.now.toISOString().replace(/[-:]|\.\d{3}/g, "");
  const day = time.slice(0, 8);
  const headers: Record<string, string> = { host: request.host, "x-amz-date": time };
  if (credentials.sessionToken) headers["x-amz-security-token"] = credentials.sessionToken;
  const names = Object.keys(headers).sort();
  // Step 1: the canonical request.
  const canonical = [
    "POST",
    request.path,
    "",
    ...names.map((name) => `${name}:${headers[name]}`),
    "",
    names.join(";"),
    await hash(request.body),
  ].join("\n");
  // Step 2 and 3: the string to sign.
  const scope = `${day}/${request.region}/pawl/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", time, scope, await hash(canonical)].join("\n");
  // Step 4 and 5: the key, the signature.
  let key = await hmac(encoder.encode(`AWS4${credentials.secretAccessKey}`), day);
  for (const part of [request.region, "pawl", "aws4_request"]) key = await hmac(key, part);
  const signature = hex(await hmac(key, text));
  const { host: _, ...sent } = headers;
  return {
    ...sent,
    authorization:
      `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, ` +
      `SignedHeaders=${names.join(";")}, Signature=${signature}`,
  };
}
