// SPDX-License-Identifier: Apache-2.0
// What a state waits for: a time, or somebody who answers its task token.
import Button from "@cloudscape-design/components/button";
import { useMemo, useState } from "react";
import { formatDuration, formatTime } from "../../components/Timestamp";
import type { Visit } from "../../history/history";
import { AnswerToken } from "./AnswerToken";
import { useNow } from "./Duration";
import type { Scene } from "./scene";
import { stateInDefinition, tokenIn, waitsForToken } from "./in-definition";
import type { VisitData } from "./visit-data";

/** When a Wait state goes on, if its definition and input say so by themselves; epoch ms. */
export function wakeTime(state: Record<string, unknown> | undefined, input: string | undefined, enterMs: number): number | undefined {
  if (state === undefined) return undefined;
  if (typeof state.Seconds === "number") return enterMs + state.Seconds * 1000;
  if (typeof state.Timestamp === "string") return finite(Date.parse(state.Timestamp));
  const seconds = simplePath(state.SecondsPath, input);
  if (typeof seconds === "number") return enterMs + seconds * 1000;
  const timestamp = simplePath(state.TimestampPath, input);
  return typeof timestamp === "string" ? finite(Date.parse(timestamp)) : undefined;
}

const finite = (ms: number) => (Number.isNaN(ms) ? undefined : ms);

/** $.a.b of the input; other paths are not evaluated here. */
function simplePath(path: unknown, input: string | undefined): unknown {
  if (typeof path !== "string" || input === undefined || !/^\$(\.[A-Za-z_]\w*)+$/.test(path)) return undefined;
  try {
    return path
      .split(".")
      .slice(1)
      .reduce<unknown>((value, name) => (typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined), JSON.parse(input));
  } catch {
    return undefined;
  }
}

export function Waiting({ scene, visit, data }: { scene: Scene; visit: Visit; data: VisitData }) {
  const state = useMemo(() => stateInDefinition(scene.machine?.definition ?? "", visit.name), [scene.machine, visit.name]);
  const [isAnswering, setAnswering] = useState(false);
  const isWait = visit.type === "Wait";
  const wake = isWait ? wakeTime(state, data.input, visit.enterMs) : undefined;
  const now = useNow(wake !== undefined);
  if (wake !== undefined) {
    return (
      <div className="pawl-note" role="status">
        Goes on in <b className="pawl-digits">{formatDuration(Math.max(wake - now, 0))}</b>, at {formatTime(new Date(wake))}
      </div>
    );
  }
  if (!waitsForToken(state)) return null;
  return (
    <div className="pawl-note">
      <span>It waits until somebody answers its task token.</span>
      <Button variant="primary" onClick={() => setAnswering(true)}>
        Answer the task token
      </Button>
      {isAnswering && <AnswerToken state={visit.name} token={tokenIn(state, data.attempts.at(-1)?.parameters)} onClose={() => setAnswering(false)} />}
    </div>
  );
}
