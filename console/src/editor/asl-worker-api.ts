// SPDX-License-Identifier: Apache-2.0
// What the editor asks of its worker, and the asking. The worker is started by the first question; if it cannot run
// there is no completion, and nothing else is lost.
import type { Hover, Suggestion } from "./asl-language";
import type { Language } from "./places";

export interface Question {
  id: number;
  kind: "complete" | "hover";
  text: string;
  offset: number;
  language: Language;
}

export interface Answer {
  id: number;
  suggestions?: Suggestion[];
  hover?: Hover | null;
}

let worker: Worker | null | undefined;
let nextId = 0;
const waiting = new Map<number, (answer: Answer | null) => void>();

function start(): Worker | null {
  if (typeof Worker === "undefined") return null;
  const made = new Worker(new URL("./asl.worker.ts", import.meta.url), { type: "module", name: "asl" });
  made.onmessage = (event: MessageEvent<Answer>) => {
    waiting.get(event.data.id)?.(event.data);
    waiting.delete(event.data.id);
  };
  made.onerror = () => {
    worker = null;
    for (const done of waiting.values()) done(null);
    waiting.clear();
  };
  return made;
}

/** Null if there is no answer. */
export function ask(question: Omit<Question, "id">): Promise<Answer | null> {
  worker ??= worker === null ? null : start();
  if (worker === null) return Promise.resolve(null);
  const id = nextId++;
  const answer = new Promise<Answer | null>((done) => waiting.set(id, done));
  worker.postMessage({ id, ...question } satisfies Question);
  return answer;
}
