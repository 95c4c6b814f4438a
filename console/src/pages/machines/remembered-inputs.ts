// SPDX-License-Identifier: Apache-2.0
// The last inputs that executions of a machine were started with from this browser. Bounded: few, and none that is large.

const kPrefix = "pawl.inputs ";
const kEach = 8;
const kLengthMax = 20_000;
const kMachinesMax = 40;

function read(key: string): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "[]");
    return Array.isArray(kept) ? kept.filter((each) => typeof each === "string") : [];
  } catch {
    return [];
  }
}

/** The newest first. */
export function rememberedInputs(machineArn: string): string[] {
  return read(kPrefix + machineArn);
}

export function rememberInput(machineArn: string, input: string): void {
  if (input.length > kLengthMax || input.trim() === "") return;
  const key = kPrefix + machineArn;
  const next = [input, ...read(key).filter((each) => each !== input)].slice(0, kEach);
  const others = Object.keys(localStorage).filter((each) => each.startsWith(kPrefix) && each !== key);
  try {
    for (const old of others.slice(0, Math.max(0, others.length - kMachinesMax + 1))) localStorage.removeItem(old);
    localStorage.setItem(key, JSON.stringify(next));
  } catch {
    // The browser's store is full or closed: inputs are not remembered.
  }
}
