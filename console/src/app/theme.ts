// SPDX-License-Identifier: Apache-2.0
// Light or dark, and how dense: as the computer has it, until somebody chooses.
import { applyDensity, applyMode, Density, Mode } from "@cloudscape-design/global-styles";
import { useSyncExternalStore } from "react";

export type Theme = "light" | "dark" | "system";

const kKey = "pawl.theme";
const dark = window.matchMedia?.("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

export function chosenTheme(): Theme {
  const kept = localStorage.getItem(kKey);
  return kept === "light" || kept === "dark" ? kept : "system";
}

function isDark(): boolean {
  const theme = chosenTheme();
  return theme === "dark" || (theme === "system" && dark?.matches === true);
}

export function applyTheme(): void {
  applyMode(isDark() ? Mode.Dark : Mode.Light);
  applyDensity(Density.Compact);
  for (const listener of listeners) listener();
}

export function chooseTheme(theme: Theme): void {
  if (theme === "system") localStorage.removeItem(kKey);
  else localStorage.setItem(kKey, theme);
  applyTheme();
}

dark?.addEventListener("change", applyTheme);

/** For what CSS cannot colour: whether pages are dark now. */
export function useIsDark(): boolean {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, isDark);
}
