// SPDX-License-Identifier: Apache-2.0
// What people were sent (GET /_pawl/mailbox): e-mails and SMS of SNS, and the links in their text.
import { ApiError } from "../../../api/api-error";
import { noteDown, noteUp } from "../../../api/connection";

export interface Mail {
  Id: number;
  Protocol: string;
  To: string;
  TopicArn: string;
  MessageId: string;
  Subject: string;
  Text: string;
  SentAt: string;
}

export const kMailsMax = 500;

async function ask(path: string, init: RequestInit): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(`/_pawl/mailbox${path}`, { cache: "no-store", ...init });
  } catch (failure) {
    if (init.signal?.aborted) throw failure;
    noteDown();
    throw new ApiError("Unreachable", "The server does not answer.", 0);
  }
  noteUp();
  if (answer.ok) return answer;
  throw answer.status === 403 || answer.status === 404
    ? new ApiError("NotShown", "This server does not show its mailbox to pages, because it wants signed requests. Use `pawl mailbox` where its data is.", answer.status)
    : new ApiError("InternalFailure", await answer.text(), answer.status);
}

/** The newest first. */
export async function readMails(signal: AbortSignal): Promise<Mail[]> {
  const { Mails } = (await (await ask(`?max=${kMailsMax}`, { signal })).json()) as { Mails: Mail[] };
  return [...Mails].sort((a, b) => b.Id - a.Id);
}

export async function clearMails(): Promise<void> {
  await ask("", { method: "DELETE" });
}

export interface TextPart {
  text: string;
  /** Of a link; of this server if it may be opened from here. */
  url?: string;
  isOurs?: boolean;
}

const kLoopback = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether a URL is answered by the server that this page is from. */
export function isOurs(url: string, here: { hostname: string; port: string; protocol: string }): boolean {
  try {
    const parsed = new URL(url);
    if (parsed.protocol !== "http:" && parsed.protocol !== "https:") return false;
    const portOf = (place: { port: string; protocol: string }) => place.port || (place.protocol === "https:" ? "443" : "80");
    if (portOf(parsed) !== portOf(here)) return false;
    const isLocal = (name: string) => kLoopback.has(name) || name.endsWith(".localhost");
    return parsed.hostname === here.hostname || (isLocal(parsed.hostname) && isLocal(here.hostname));
  } catch {
    return false;
  }
}

/** The text in pieces, its links apart. */
export function partsOf(text: string, here: { hostname: string; port: string; protocol: string }): TextPart[] {
  const parts: TextPart[] = [];
  let at = 0;
  for (const match of text.matchAll(/https?:\/\/[^\s<>"'`]+/g)) {
    // What ends a sentence ends no link.
    const url = match[0].replace(/[.,;:!?)\]}]+$/, "");
    if (match.index > at) parts.push({ text: text.slice(at, match.index) });
    parts.push({ text: url, url, isOurs: isOurs(url, here) });
    at = match.index + url.length;
  }
  if (at < text.length) parts.push({ text: text.slice(at) });
  return parts;
}
