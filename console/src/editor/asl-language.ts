// SPDX-License-Identifier: Apache-2.0
// Completion and hover texts of the Amazon States Language, by amazon-states-language-service. Runs in a worker
// (asl.worker.ts). Of that package only what JSON needs is imported: its YAML half brings Prettier; for YAML the text is
// asked about as JSON (asl-yaml.ts).
import completeAslModule from "amazon-states-language-service/out/completion/completeAsl";
import schema from "amazon-states-language-service/out/json-schema/bundled.json";
import {
  type CompletionItem, CompletionItemKind, getLanguageService, InsertTextFormat, type JSONSchema, TextDocument,
} from "vscode-json-languageservice";
import { fieldsAt } from "./asl-fields";

export interface Suggestion {
  label: string;
  /** What is written instead of `from` to `to`; with fields of CodeMirror's snippets if `isSnippet`. */
  insert: string;
  isSnippet: boolean;
  from: number;
  to: number;
  /** CodeMirror's completion types. */
  kind: "property" | "enum" | "variable" | "function" | "text";
  info?: string;
  detail?: string;
}

export interface Hover {
  text: string;
  from: number;
  to: number;
}

// The package is CommonJS: bundlers differ in what its default is.
const completeAsl = (typeof completeAslModule === "function" ? completeAslModule : (completeAslModule as { default: typeof completeAslModule }).default) as typeof completeAslModule;

const service = getLanguageService({});
service.configure({ validate: false, allowComments: false, schemas: [{ uri: "asl", fileMatch: ["*"], schema: schema as unknown as JSONSchema }] });

const kKinds: Partial<Record<CompletionItemKind, Suggestion["kind"]>> = {
  [CompletionItemKind.Property]: "property",
  [CompletionItemKind.Value]: "enum",
  [CompletionItemKind.EnumMember]: "enum",
  [CompletionItemKind.Variable]: "variable",
  [CompletionItemKind.Function]: "function",
  [CompletionItemKind.Snippet]: "text",
};

/** Of Visual Studio Code's snippets to CodeMirror's: $1 to ${1}, $0 to ${}, ${1|a,b|} to ${1:a}. */
export function snippetOf(text: string): string {
  return text
    .replaceAll(/\$(\d+)/g, (_, index: string) => (index === "0" ? "${}" : `\${${index}}`))
    .replaceAll("${0}", "${}")
    .replaceAll(/\$\{(\d+)\|([^,|]*)[^|]*\|\}/g, "${$1:$2}")
    .replaceAll("\\$", "$");
}

function infoOf(item: CompletionItem): string | undefined {
  const text = typeof item.documentation === "string" ? item.documentation : item.documentation?.value;
  return text === undefined || text === "" ? undefined : text;
}

function suggestionOf(item: CompletionItem, document: TextDocument, offset: number): Suggestion {
  const text = document.getText();
  const edit = item.textEdit !== undefined && "range" in item.textEdit ? item.textEdit : undefined;
  const from = edit === undefined ? offset : document.offsetAt(edit.range.start);
  let to = edit === undefined ? offset : Math.max(offset, document.offsetAt(edit.range.end));
  // The service's ranges sometimes take the bracket that follows.
  if (/^[^"]*[\n,\]}]/.test(text.slice(offset, to))) to = offset;
  let isSnippet = item.insertTextFormat === InsertTextFormat.Snippet;
  let insert = edit?.newText ?? item.insertText ?? item.label;
  if (item.kind === CompletionItemKind.Property && insert === JSON.stringify(item.label) && !/^\s*:/.test(text.slice(to, to + 200))) {
    // A field of more than one type comes without its colon.
    insert += ": $1";
    isSnippet = true;
  }
  if (insert.endsWith(",") && /^\s*[,}\]]/.test(text.slice(to, to + 200))) insert = insert.slice(0, -1);
  const info = infoOf(item);
  return {
    label: item.label.replace(/^"(.*)"$/s, "$1"),
    insert: isSnippet ? snippetOf(insert) : insert,
    isSnippet,
    from,
    to,
    kind: kKinds[item.kind ?? CompletionItemKind.Text] ?? "text",
    ...(info === undefined ? {} : { info }),
    ...(item.detail === undefined ? {} : { detail: item.detail }),
  };
}

const kStatesMembers: Record<string, string> = {
  "$states.": "input result errorOutput context",
  "$states.errorOutput.": "Error Cause",
  "$states.context.": "Execution State StateMachine Task Map",
  "$states.context.Execution.": "Id Input Name RoleArn StartTime RedriveCount RedriveTime",
  "$states.context.State.": "EnteredTime Name RetryCount",
  "$states.context.StateMachine.": "Id Name",
  "$states.context.Task.": "Token",
  "$states.context.Map.": "Item",
  "$states.context.Map.Item.": "Index Value Key Source",
};

/** Members of JSONata's $states and of JSONPath's $$, which the service does not know. */
function memberSuggestions(text: string, offset: number): Suggestion[] {
  const typed = /(\$states|\$\$)((?:\.\w+)*)\.(\w*)$/.exec(text.slice(Math.max(0, offset - 200), offset));
  if (typed === null) return [];
  const path = typed[1] === "$$" ? `$states.context${typed[2]}.` : `$states${typed[2]}.`;
  const from = offset - (typed[3]?.length ?? 0);
  return (kStatesMembers[path] ?? "")
    .split(" ")
    .filter((name) => name !== "")
    .map((label) => ({ label, insert: label, isSnippet: false, from, to: offset, kind: "property" }));
}

function isInString(text: string, offset: number): boolean {
  const line = text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
  return (line.replaceAll(/\\./g, "").match(/"/g)?.length ?? 0) % 2 === 1;
}

/** What may stand at `offset` of a JSON definition. */
export async function completeJson(text: string, offset: number): Promise<Suggestion[]> {
  const members = memberSuggestions(text, offset);
  if (members.length > 0) return members;
  const document = TextDocument.create("machine.asl.json", "json", 1, text);
  const parsed = service.parseJSONDocument(document);
  const position = document.positionAt(offset);
  const plain = await service.doComplete(document, position, parsed);
  const list = await completeAsl(document, position, parsed, plain, {});
  const seen = new Set<string>();
  const inString = isInString(text, offset);
  const found = (list?.items ?? [])
    .filter((item) => !(inString && ["true", "false", "null"].includes(item.label)))
    .filter((item) => !seen.has(item.label) && seen.add(item.label) !== undefined)
    .map((item) => suggestionOf(item, document, offset));
  return withFields(found, text, offset);
}

/** Fields that the query language of the state has, none of the other. */
function withFields(found: Suggestion[], text: string, offset: number): Suggestion[] {
  const like = found.find((each) => each.kind === "property");
  const fields = like === undefined ? null : fieldsAt(text, offset);
  if (like === undefined || fields === null) return found;
  const own = fields.add.map(({ name, insert, info }): Suggestion => ({ ...like, label: name, insert, isSnippet: true, info, kind: "property" }));
  const names = new Set(own.map((each) => each.label));
  const rest = found.filter((each) => each.kind !== "property" || (!fields.isForeign(each.label) && !names.has(each.label)));
  return [...rest.filter((each) => each.kind === "property"), ...own, ...rest.filter((each) => each.kind !== "property")];
}

/** What a field means. */
export async function hoverJson(text: string, offset: number): Promise<Hover | null> {
  const document = TextDocument.create("machine.asl.json", "json", 1, text);
  const hover = await service.doHover(document, document.positionAt(offset), service.parseJSONDocument(document));
  if (hover === null || hover.range === undefined) return null;
  const contents = Array.isArray(hover.contents) ? hover.contents : [hover.contents];
  const parts = contents.map((part) => (typeof part === "string" ? part : part.value).replaceAll(/\\([\\`*_{}[\]()#+\-.!])/g, "$1"));
  const said = parts.filter((part) => part !== "").join("\n\n");
  if (said === "") return null;
  return { text: said, from: document.offsetAt(hover.range.start), to: document.offsetAt(hover.range.end) };
}
