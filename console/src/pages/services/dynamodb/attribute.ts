// SPDX-License-Identifier: Apache-2.0
// Attribute values of DynamoDB (API AttributeValue) and plain JSON, both ways. Where an item is edited as plain JSON, what
// plain JSON cannot say (a set, binary, a number of 38 digits) is taken from the item as it was.

export interface AttributeValue {
  S?: string;
  N?: string;
  /** base64 */
  B?: string;
  BOOL?: boolean;
  NULL?: boolean;
  M?: Item;
  L?: AttributeValue[];
  SS?: string[];
  NS?: string[];
  BS?: string[];
}

export type Item = Record<string, AttributeValue>;

export function typeOf(value: AttributeValue): string {
  return Object.keys(value)[0] ?? "NULL";
}

export const kTypeNames: Record<string, string> = {
  S: "String",
  N: "Number",
  B: "Binary",
  BOOL: "Boolean",
  NULL: "Null",
  M: "Map",
  L: "List",
  SS: "String set",
  NS: "Number set",
  BS: "Binary set",
};

export function toPlain(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.M !== undefined) return itemToPlain(value.M);
  if (value.L !== undefined) return value.L.map(toPlain);
  if (value.NS !== undefined) return value.NS.map(Number);
  return value.SS ?? value.BS ?? value.B ?? null;
}

export function itemToPlain(item: Item): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, toPlain(value)]));
}

function isAll<Value>(values: unknown[], is: (value: unknown) => value is Value): values is Value[] {
  return values.length > 0 && values.every(is);
}

const isText = (value: unknown): value is string => typeof value === "string";
const isNumber = (value: unknown): value is number => typeof value === "number";

/** Its digits as they were, if it is the same number. */
function digits(value: number, before: string | undefined): string {
  return before !== undefined && Number(before) === value ? before : String(value);
}

/** `like` is what stood there before. */
export function fromPlain(value: unknown, like: AttributeValue = {}): AttributeValue {
  if (typeof value === "string") return like.B === undefined ? { S: value } : { B: value };
  if (typeof value === "number") return { N: digits(value, like.N) };
  if (typeof value === "boolean") return { BOOL: value };
  if (Array.isArray(value)) {
    if (like.SS !== undefined && isAll(value, isText)) return { SS: value };
    if (like.BS !== undefined && isAll(value, isText)) return { BS: value };
    if (like.NS !== undefined && isAll(value, isNumber)) return { NS: value.map((number) => digits(number, like.NS?.find((old) => Number(old) === number))) };
    return { L: value.map((item, index) => fromPlain(item, like.L?.[index])) };
  }
  if (typeof value === "object" && value !== null) return { M: itemFromPlain(value as Record<string, unknown>, like.M) };
  return { NULL: true };
}

export function itemFromPlain(value: Record<string, unknown>, like: Item = {}): Item {
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, fromPlain(member, Object.hasOwn(like, name) ? like[name] : undefined)]));
}

/** In a cell: as short as it can be told. */
export function cellText(value: AttributeValue): string {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return value.N;
  if (value.BOOL !== undefined) return String(value.BOOL);
  if (value.NULL !== undefined) return "null";
  if (value.B !== undefined) return `<${Math.floor((value.B.replace(/=+$/, "").length * 3) / 4)} bytes>`;
  const set = value.SS ?? value.NS;
  if (set !== undefined) return `{${set.join(", ")}}`;
  if (value.BS !== undefined) return `{${value.BS.length} binaries}`;
  return JSON.stringify(toPlain(value));
}

/** What somebody typed, as a value of that type. */
export function fromText(type: string, text: string): AttributeValue {
  if (type === "N") return { N: text.trim() };
  if (type === "B") return { B: text.trim() };
  if (type === "BOOL") return { BOOL: text.trim().toLowerCase() === "true" };
  return type === "NULL" ? { NULL: true } : { S: text };
}
