// SPDX-License-Identifier: Apache-2.0
// Which query language a definition is in: JSONPath, JSONata, or states of either.
import Badge from "@cloudscape-design/components/badge";
import { useMemo } from "react";

export function queryLanguageOf(definition: string): string {
  const found = new Set([...definition.matchAll(/["']?QueryLanguage["']?\s*:\s*["']?(JSONata|JSONPath)\b/g)].map((each) => each[1]));
  // ASL "QueryLanguage": JSONPath is meant where nothing is said, so of a machine that says JSONata only for some states.
  const isTop = /^\s*\{[^{}]*"QueryLanguage"\s*:\s*"JSONata"/.test(definition) || /^["']?QueryLanguage["']?\s*:\s*["']?JSONata/m.test(definition);
  if (!found.has("JSONata")) return "JSONPath";
  return isTop || topOf(definition) === "JSONata" ? (found.has("JSONPath") ? "JSONata and JSONPath" : "JSONata") : "JSONPath and JSONata";
}

function topOf(definition: string): unknown {
  try {
    return (JSON.parse(definition) as { QueryLanguage?: unknown } | null)?.QueryLanguage;
  } catch {
    return undefined;
  }
}

export function QueryLanguageBadge({ definition }: { definition: string }) {
  const language = useMemo(() => queryLanguageOf(definition), [definition]);
  return <Badge color={language.startsWith("JSONata") ? "green" : "grey"}>{language}</Badge>;
}
