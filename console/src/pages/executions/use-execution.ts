// SPDX-License-Identifier: Apache-2.0
// useExecution: an execution as it goes: what DescribeExecution says, its events as they happen, its Map Runs.
import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError, bareCode } from "../../api/api-error";
import { openStream } from "../../api/stream";
import type { CompactHistory } from "../../history/compact";
import { History } from "../../history/history";
import type { Execution, MapRun } from "./api";

export interface LiveExecution {
  history: History;
  /** One more whenever the history or anything else changed. */
  version: number;
  execution: Execution | undefined;
  mapRuns: MapRun[];
  isGone: boolean;
  /** Everything that has happened until now was read. */
  isCaughtUp: boolean;
  error: ApiError | undefined;
  /** After a redrive: what has ended goes on. */
  reopen: () => void;
}

/** Live pages are drawn so often at most. */
const kDrawMs = 120;
const kReopenMs = 1000;
/** So many events are told at once (src/console/execution_watch.h): a message with fewer is the last for now. */
const kFullMessage = 2000;

export function useExecution(arn: string): LiveExecution {
  const [round, setRound] = useState(0);
  const [version, setVersion] = useState(0);
  const state = useRef<Omit<LiveExecution, "version" | "reopen"> & { arn: string }>(fresh(arn));
  if (state.current.arn !== arn) state.current = fresh(arn);

  useEffect(() => {
    const mine = state.current;
    let drawing: ReturnType<typeof setTimeout> | undefined;
    let reopening: ReturnType<typeof setTimeout> | undefined;
    const draw = () => {
      drawing ??= setTimeout(() => {
        drawing = undefined;
        setVersion((old) => old + 1);
      }, mine.isCaughtUp || mine.history.last === 0 ? kDrawMs : 3 * kDrawMs);
    };
    const close = openStream("execution/watch", {
      body: () => ({ executionArn: arn, after: mine.history.last }),
      onEvent: ({ event, data }) => {
        if (event === "history") {
          const batch = data as CompactHistory;
          mine.history.append(batch);
          mine.isCaughtUp = batch.events.length < kFullMessage;
        } else if (event === "execution") mine.execution = data as Execution;
        else if (event === "mapRuns") mine.mapRuns = (data as { mapRuns: MapRun[] }).mapRuns;
        else if (event === "gone") mine.isGone = true;
        else if (event === "error") {
          const { __type: code, message } = data as { __type: string; message: string };
          mine.error = new ApiError(bareCode(code), message, 400);
        }
        draw();
      },
      onEnd: () => {
        mine.isCaughtUp = true;
        draw();
        // A server that is stopped ends its streams too.
        if (!mine.isGone && mine.error === undefined && (mine.execution === undefined || mine.execution.status === "RUNNING")) reopening = setTimeout(() => setRound((old) => old + 1), kReopenMs);
      },
      onError: (error) => {
        if (error.code === "ExecutionDoesNotExist" && mine.history.last > 0) mine.isGone = true;
        else mine.error = error;
        draw();
      },
    });
    return () => {
      close();
      clearTimeout(drawing);
      clearTimeout(reopening);
    };
  }, [arn, round]);

  const reopen = useCallback(() => setRound((old) => old + 1), []);
  return { ...state.current, version, reopen };
}

function fresh(arn: string) {
  return { arn, history: new History(), execution: undefined, mapRuns: [], isGone: false, isCaughtUp: false, error: undefined };
}
