// SPDX-License-Identifier: Apache-2.0
// What the definition tells that events do not: which states wait for a token and where that is in their arguments,
// which Maps are distributed.

type Path = (string | number)[];

const isToken = (text: string) => /^\$\$\.Task\.Token$|^\{%\s*\$states\.context\.Task\.Token\s*%\}$/.test(text.trim());

/** Where in a template the whole value is the token: "token.$": "$$.Task.Token". */
function pathsOfToken(template: unknown, path: Path = [], found: Path[] = []): Path[] {
  if (Array.isArray(template)) template.forEach((item, index) => pathsOfToken(item, [...path, index], found));
  else if (typeof template === "object" && template !== null) {
    for (const [key, value] of Object.entries(template)) {
      const name = key.endsWith(".$") ? key.slice(0, -2) : key;
      if (typeof value === "string" && isToken(value)) found.push([...path, name]);
      else pathsOfToken(value, [...path, name], found);
    }
  }
  return found;
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const part of path) {
    // A message's body may have been made text already.
    if (typeof value === "string") {
      try {
        value = JSON.parse(value) as unknown;
      } catch {
        return undefined;
      }
    }
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

type State = Record<string, unknown>;

function* statesIn(scope: unknown): Generator<[name: string, state: State]> {
  const states = (scope as { States?: Record<string, State> } | undefined)?.States;
  if (typeof states !== "object" || states === null) return;
  for (const [name, state] of Object.entries(states)) {
    if (typeof state !== "object" || state === null) continue;
    yield [name, state];
    const scopes = [state.ItemProcessor, state.Iterator, ...(Array.isArray(state.Branches) ? (state.Branches as unknown[]) : [])];
    for (const inner of scopes) yield* statesIn(inner);
  }
}

function read(definition: string): unknown {
  try {
    return JSON.parse(definition);
  } catch {
    return undefined;
  }
}

/** The state's own object in the definition, wherever it is. */
export function stateInDefinition(definition: string, name: string): State | undefined {
  for (const [each, state] of statesIn(read(definition))) if (each === name) return state;
  return undefined;
}

/** The Maps whose items run as executions of their own, with the labels that their Map Runs have. */
export function distributedMaps(definition: string): { name: string; label: string | undefined }[] {
  return [...statesIn(read(definition))]
    .filter(([, state]) => (state.ItemProcessor as { ProcessorConfig?: { Mode?: unknown } } | undefined)?.ProcessorConfig?.Mode === "DISTRIBUTED")
    .map(([name, state]) => ({ name, label: typeof state.Label === "string" ? state.Label : undefined }));
}

export function waitsForToken(state: Record<string, unknown> | undefined): boolean {
  const resource = state?.Resource;
  return typeof resource === "string" && (resource.endsWith(".waitForTaskToken") || /:activity:/.test(resource));
}

/** The token of the attempt that was called with `parameters`; undefined if it cannot be told. */
export function tokenIn(state: Record<string, unknown> | undefined, parameters: string | undefined): string | undefined {
  if (state === undefined || parameters === undefined) return undefined;
  let call: unknown;
  try {
    call = JSON.parse(parameters);
  } catch {
    return undefined;
  }
  for (const path of pathsOfToken(state.Parameters ?? state.Arguments)) {
    const value = valueAt(call, path);
    if (typeof value === "string") return value;
  }
  return undefined;
}
