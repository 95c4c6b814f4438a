// SPDX-License-Identifier: Apache-2.0
// Definitions as JSON and as YAML 1.2: one to the other and back. Numbers keep their digits, members their order.
import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseDocument, type Scalar, visit } from "yaml";
import { findMistake, formatJson } from "./json-scan";
import type { Language } from "./places";
import { writeYaml } from "./yaml-writer";

export interface ParseMistake {
  offset: number;
  message: string;
}

export type Converted = { text: string; mistake?: undefined } | { text?: undefined; mistake: ParseMistake };

const kNumber = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
const kNodesMax = 200_000;
const kDepthMax = 100;

/** What somebody most likely wrote: JSON begins with a bracket. */
export function languageOf(text: string): Language {
  const first = text.trimStart()[0];
  return first === undefined || first === "{" || first === "[" ? "JSON" : "YAML";
}

export function parseYaml(text: string): Document.Parsed {
  return parseDocument(text, { prettyErrors: false, strict: true, uniqueKeys: true });
}

/** What each alias stands for: the last node before it that has its anchor. */
function targetsOf(document: Document): Map<unknown, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<unknown, Node>();
  visit(document, {
    Node(_, node) {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target !== undefined) targets.set(node, target);
      } else if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return targets;
}

class Writer {
  private nodes = 0;
  private depth = 0;
  private readonly targets: Map<unknown, Node>;
  constructor(document: Document) {
    this.targets = targetsOf(document);
  }

  /** JSON on one line. */
  write(node: Node | null): string {
    if (++this.nodes > kNodesMax) throw new Error("The document has too many values.");
    if (node === null) return "null";
    if (isAlias(node)) {
      // An alias inside of what it stands for has no end.
      if (++this.depth > kDepthMax) throw new Error("The document is too deeply nested.");
      const text = this.write(this.targets.get(node) ?? null);
      this.depth -= 1;
      return text;
    }
    if (isMap(node)) {
      const members = node.items.map((pair) => `${JSON.stringify(nameOf(pair.key))}:${this.write(pair.value as Node | null)}`);
      return `{${members.join(",")}}`;
    }
    if (isSeq(node)) return `[${node.items.map((item) => this.write(item as Node | null)).join(",")}]`;
    return isScalar(node) ? scalar(node) : "null";
  }
}

function scalar(node: Scalar): string {
  const { value, source } = node;
  if (typeof value === "number" || typeof value === "bigint") {
    if (source !== undefined && kNumber.test(source)) return source;
    return Number.isFinite(value) ? String(value) : JSON.stringify(source ?? String(value));
  }
  return JSON.stringify(value) ?? "null";
}

function nameOf(key: unknown): string {
  if (!isScalar(key)) return "";
  return typeof key.value === "string" ? key.value : (key.source ?? String(key.value));
}

/** YAML to JSON, laid out. */
export function yamlToJson(text: string): Converted {
  const document = parseYaml(text);
  const error = document.errors[0];
  if (error !== undefined) return { mistake: { offset: error.pos[0], message: firstLine(error.message) } };
  if (document.contents === null) return { mistake: { offset: 0, message: "The document is empty" } };
  try {
    const json = new Writer(document).write(document.contents);
    return { text: formatJson(json) ?? json };
  } catch (failure) {
    return { mistake: { offset: 0, message: failure instanceof Error ? failure.message : String(failure) } };
  }
}

function firstLine(message: string): string {
  return message.split("\n")[0] ?? message;
}

/** A definition as the JSON that the API takes. */
export function asJson(text: string, language: Language): Converted {
  if (language === "YAML") return yamlToJson(text);
  const mistake = findMistake(text);
  return mistake === null ? { text } : { mistake };
}

/** JSON to YAML. */
export function jsonToYaml(text: string): Converted {
  const mistake = findMistake(text);
  return mistake === null ? { text: writeYaml(text) } : { mistake };
}

export function convert(text: string, from: Language, to: Language): Converted {
  if (from === to) return { text };
  return to === "JSON" ? yamlToJson(text) : jsonToYaml(text);
}
