// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from "react";
import { type ApiError, asApiError } from "../api/api-error";
import { useConnection } from "../api/connection";
import { post } from "../api/console-api";
import { LatestOnly } from "./latest-only";
import type { Moment } from "./moment";

export interface MomentState {
  moment: Moment | undefined;
  /** What was shown before, of another event. */
  before: Moment | undefined;
  error: ApiError | undefined;
  isBusy: boolean;
}

interface Wish {
  executionArn: string;
  event: number;
  line?: string | undefined;
}

const kNothing: MomentState = { moment: undefined, before: undefined, error: undefined, isBusy: false };

/** The moment at an event; while a new one is on its way the last one stays. `line`: whose expressions are wanted, of many. */
export function useMoment(executionArn: string, event: number, line?: string): MomentState {
  const { generation } = useConnection();
  const [state, setState] = useState<MomentState>(kNothing);
  const loader = useRef<LatestOnly<Wish> | null>(null);

  useEffect(() => {
    const made = LatestOnly.of<Wish, Moment>({
      load: (wish, signal) => post<Moment>("execution/at", wish, signal),
      onAnswer: (_, moment) =>
        setState((old) => ({
          moment,
          before: old.moment?.event.id === moment.event.id ? old.before : old.moment,
          error: undefined,
          isBusy: false,
        })),
      onError: (_, failure) => setState((old) => ({ ...old, error: asApiError(failure) })),
      onBusy: (isBusy) => setState((old) => (old.isBusy === isBusy ? old : { ...old, isBusy })),
    });
    loader.current = made;
    setState(kNothing);
    return () => made.close();
  }, [executionArn]);

  useEffect(() => {
    if (event >= 1) loader.current?.want({ executionArn, event, ...(line === undefined ? {} : { line }) });
  }, [executionArn, event, line, generation]);

  return state;
}

/** One value of a moment that was left out for its size. `pointer` into the moment. */
export async function loadWhole(executionArn: string, event: number, line: string, pointer: string): Promise<unknown> {
  const answer = await post<{ value: unknown }>("execution/at", { executionArn, event, line, whole: pointer });
  return answer.value;
}
