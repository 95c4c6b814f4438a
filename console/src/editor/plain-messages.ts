// SPDX-License-Identifier: Apache-2.0
// Stands for vscode-nls (vite.config.ts), which looks for translations in files of Node: the messages are English.

type Argument = string | number | boolean | null | undefined;

export function localize(_key: unknown, message: string, ...values: Argument[]): string {
  return message.replaceAll(/\{(\d+)\}/g, (whole, index: string) => (Number(index) < values.length ? String(values[Number(index)]) : whole));
}

export function loadMessageBundle() {
  return localize;
}

export function config() {
  return loadMessageBundle;
}
