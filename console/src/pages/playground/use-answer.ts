// SPDX-License-Identifier: Apache-2.0
// The answer to what is typed, as it is typed: one question at a time, the newest.
import { useEffect, useRef, useState } from "react";
import { type ApiError, asApiError } from "../../api/api-error";
import { useConnection } from "../../api/connection";
import { post } from "../../api/console-api";
import { LatestOnly } from "../../travel/latest-only";
import { type Answer, type Body, bodyOf, type Question } from "./question";

export interface Answered {
  answer: Answer | undefined;
  /** The question that it answers. */
  of: Question | undefined;
  error: ApiError | undefined;
  /** Which text is not what it must be. */
  wrong: "input" | "context" | "variables" | "states" | undefined;
}

const kDelayMs = 120;

export function useAnswer(question: Question): Answered {
  const { generation } = useConnection();
  const [state, setState] = useState<Answered>({ answer: undefined, of: undefined, error: undefined, wrong: undefined });
  const loader = useRef<LatestOnly<{ body: Body; of: Question }> | null>(null);
  useEffect(() => {
    const made = LatestOnly.of<{ body: Body; of: Question }, Answer>({
      load: ({ body }, signal) => post<Answer>("evaluate", body, signal),
      onAnswer: ({ of }, answer) => setState({ answer, of, error: undefined, wrong: undefined }),
      onError: (_, failure) => setState((old) => ({ ...old, error: asApiError(failure) })),
    });
    loader.current = made;
    return () => made.close();
  }, []);
  useEffect(() => {
    const timer = setTimeout(() => {
      const made = bodyOf(question);
      if ("wrong" in made) setState((old) => ({ ...old, wrong: made.wrong }));
      else loader.current?.want({ body: made.body, of: question });
    }, kDelayMs);
    return () => clearTimeout(timer);
  }, [question, generation]);
  return state;
}
