// SPDX-License-Identifier: Apache-2.0
// Server-sent events (WHATWG HTML 9.2) read with fetch, because an EventSource can neither POST nor sign.
import { ApiError, asApiError } from "./api-error";
import { noteDown } from "./connection";
import { request } from "./console-api";

export interface StreamEvent {
  event: string;
  data: unknown;
}

/** Takes text as it comes, gives events as they are whole. */
export class EventParser {
  private rest = "";

  push(text: string): StreamEvent[] {
    this.rest += text;
    const blocks = this.rest.split(/\r?\n\r?\n/);
    this.rest = blocks.pop() ?? "";
    return blocks.map((block) => this.parse(block)).filter((event) => event !== null);
  }

  private parse(block: string): StreamEvent | null {
    let event = "message";
    const data: string[] = [];
    for (const line of block.split(/\r?\n/)) {
      if (line.startsWith("event:")) event = line.slice(6).trim();
      else if (line.startsWith("data:")) data.push(line.slice(line[5] === " " ? 6 : 5));
    }
    if (data.length === 0) return null;
    return { event, data: JSON.parse(data.join("\n")) };
  }
}

export interface StreamOptions {
  /** Asked at each (re)connection: {executionArn, after: the last event seen}. */
  body: () => unknown;
  onEvent: (event: StreamEvent) => void;
  /** The server ended it by itself; it is not opened again. */
  onEnd?: () => void;
  /** The server refuses it: it is not opened again. */
  onError?: (error: ApiError) => void;
  onConnected?: (isConnected: boolean) => void;
}

const kRetryMs = 1000;
/** A browser has six connections for a server, over all its pages: one that nobody sees gives its own back. */
const kHiddenMs = 15_000;

/** Opens a stream and opens it again whenever it breaks, or the page is seen again. Returns what closes it. */
export function openStream(name: string, options: StreamOptions): () => void {
  let abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let hiding: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  let isResting = false;
  /** Of executions/watch: the last change that was told. What happens until it is open again is told then. */
  let change: number | undefined;

  function body(): unknown {
    const own = options.body();
    return change === undefined || typeof own !== "object" ? own : { ...own, after: change };
  }

  async function run(): Promise<void> {
    abort = new AbortController();
    const { signal } = abort;
    try {
      const response = await request(name, body(), signal);
      options.onConnected?.(true);
      if (!(await read(response, signal))) return;
      isOver = true;
      options.onEnd?.();
    } catch (failure) {
      if (signal.aborted) return;
      options.onConnected?.(false);
      const error = failure instanceof ApiError ? failure : new ApiError("Unreachable", asApiError(failure).message, 0);
      if (!error.isConnection && error.status < 500) {
        isOver = true;
        return options.onError?.(error);
      }
      if (error.isConnection) noteDown();
      timer = setTimeout(run, kRetryMs);
    }
  }

  async function read(response: Response, signal: AbortSignal): Promise<boolean> {
    if (response.body === null) return true;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const parser = new EventParser();
    for (;;) {
      const { done, value } = await reader.read();
      if (signal.aborted) return false;
      if (done) return true;
      for (const event of parser.push(value)) {
        const told = (event.data as { change?: unknown } | null)?.change;
        if (typeof told === "number") change = told;
        options.onEvent(event);
      }
    }
  }

  function rest(): void {
    isResting = true;
    abort.abort();
    clearTimeout(timer);
  }

  function onVisibility(): void {
    clearTimeout(hiding);
    if (isOver) return;
    if (document.visibilityState === "hidden") hiding = setTimeout(rest, kHiddenMs);
    else if (isResting) {
      isResting = false;
      void run();
    }
  }

  document.addEventListener("visibilitychange", onVisibility);
  void run();
  return () => {
    document.removeEventListener("visibilitychange", onVisibility);
    isOver = true;
    abort.abort();
    clearTimeout(timer);
    clearTimeout(hiding);
  };
}
