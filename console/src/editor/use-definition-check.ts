// SPDX-License-Identifier: Apache-2.0
// Asks the server about a definition as it is typed: its picture and its mistakes. Answers to what has changed meanwhile
// are dropped; the last picture stays while there is no newer one.
import { useEffect, useRef, useState } from "react";
import { type ApiError, asApiError } from "../api/api-error";
import { useConnection } from "../api/connection";
import { post } from "../api/console-api";
import { asJson } from "./convert";
import type { Diagnostic } from "./diagnostics";
import type { Language } from "./places";

interface GraphAnswer {
  graph: unknown;
  graphError?: string;
  result: "OK" | "FAIL";
  diagnostics: Diagnostic[];
}

export interface DefinitionCheck {
  /** As graph::to_json writes it; undefined until there was one. */
  graph: unknown;
  /** The graph is of an earlier text: the present one has none. */
  isGraphOld: boolean;
  /** Why there is none. */
  graphError: string | undefined;
  diagnostics: readonly Diagnostic[];
  hasErrors: boolean;
  /** The text as JSON, what the API takes; undefined if it does not parse. */
  json: string | undefined;
  /** The answer is that to the present text. */
  isCurrent: boolean;
  error: ApiError | undefined;
}

export type MachineType = "STANDARD" | "EXPRESS";

const kDelayMs = 180;

const kNothing: DefinitionCheck = {
  graph: undefined, isGraphOld: false, graphError: undefined, diagnostics: [], hasErrors: false, json: undefined, isCurrent: false, error: undefined,
};

function mistakeOf(text: string, offset: number, message: string): Diagnostic {
  const line = text.slice(0, offset).split("\n").length;
  return { severity: "ERROR", code: "INVALID_JSON_DESCRIPTION", message, offset, line };
}

export function useDefinitionCheck(text: string, language: Language, type: MachineType = "STANDARD", enabled = true): DefinitionCheck {
  const { generation } = useConnection();
  const [state, setState] = useState<DefinitionCheck & { of: string }>({ ...kNothing, of: "" });
  const key = `${type} ${language} ${text}`;
  const isFirst = useRef(true);
  const drawn = useRef<{ text: string; graph: unknown }>({ text: "", graph: undefined });

  useEffect(() => {
    if (!enabled) return;
    const abort = new AbortController();
    const update = (change: Partial<DefinitionCheck>) => {
      if (!abort.signal.aborted) setState((old) => ({ ...old, error: undefined, ...change, of: key }));
    };
    const run = () => {
      const converted = asJson(text, language);
      if (converted.text === undefined) {
        const { offset, message } = converted.mistake;
        setState((old) => ({
          ...old, of: key, error: undefined, json: undefined, hasErrors: true, isGraphOld: old.graph !== undefined, graphError: undefined,
          diagnostics: [mistakeOf(text, offset, message)],
        }));
        return;
      }
      const json = converted.text;
      post<GraphAnswer>("graph", { definition: json, type }, abort.signal).then(
        (answer) => {
          const hasErrors = answer.result === "FAIL" || answer.diagnostics.some((each) => each.severity === "ERROR");
          const isDrawn = answer.graph !== null && answer.graph !== undefined;
          const same = isDrawn && JSON.stringify(answer.graph);
          // A picture that is the same is not drawn again.
          if (same !== false && same !== drawn.current.text) drawn.current = { text: same, graph: answer.graph };
          update({
            json, hasErrors, diagnostics: answer.diagnostics,
            ...(isDrawn ? { graph: drawn.current.graph, isGraphOld: false, graphError: undefined } : { isGraphOld: true, graphError: answer.graphError }),
          });
        },
        (failure: unknown) => update({ json, error: asApiError(failure) }),
      );
    };
    const timer = setTimeout(run, isFirst.current ? 0 : kDelayMs);
    isFirst.current = false;
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [key, generation, enabled]);

  return { ...state, isCurrent: state.of === key };
}
