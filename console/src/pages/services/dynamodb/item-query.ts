// SPDX-License-Identifier: Apache-2.0
// What is asked of a table: Scan or Query, an index, a key condition, filters; and the request it makes.
import { type AttributeValue, fromText } from "./attribute";
import { indexesOf, keyNames, type TableDescription } from "./table-types";

export const kKeyOperators = ["=", "<", "<=", ">", ">=", "begins_with", "between"] as const;
export const kFilterOperators = ["=", "<>", "<", "<=", ">", ">=", "contains", "not contains", "begins_with", "exists", "not exists"] as const;

export interface Filter {
  name: string;
  operator: (typeof kFilterOperators)[number];
  type: "S" | "N" | "BOOL" | "NULL";
  value: string;
}

export interface ItemQuery {
  operation: "Scan" | "Query";
  /** "": the table itself. */
  index: string;
  hash: string;
  rangeOperator: (typeof kKeyOperators)[number];
  range: string;
  rangeTo: string;
  isDescending: boolean;
  filters: Filter[];
}

export const kWholeTable: ItemQuery = { operation: "Scan", index: "", hash: "", rangeOperator: "=", range: "", rangeTo: "", isDescending: false, filters: [] };

/** From the URL; the whole table if that says nothing that can be read. */
export function parseQuery(text: string | null): ItemQuery {
  if (text === null) return kWholeTable;
  try {
    const read = JSON.parse(text) as Partial<ItemQuery>;
    return { ...kWholeTable, ...read, filters: Array.isArray(read.filters) ? read.filters : [] };
  } catch {
    return kWholeTable;
  }
}

export function printQuery(query: ItemQuery): string | undefined {
  const said = Object.entries(query).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(kWholeTable[name as keyof ItemQuery]));
  return said.length === 0 ? undefined : JSON.stringify(Object.fromEntries(said));
}

export function needsValue(operator: Filter["operator"]): boolean {
  return operator !== "exists" && operator !== "not exists";
}

/** Names and values of expressions, each once: "#n0", ":v0". */
class Placeholders {
  readonly names: Record<string, string> = {};
  readonly values: Record<string, AttributeValue> = {};

  name(name: string): string {
    const known = Object.entries(this.names).find(([, value]) => value === name)?.[0];
    const placeholder = known ?? `#n${Object.keys(this.names).length}`;
    this.names[placeholder] = name;
    return placeholder;
  }

  value(value: AttributeValue): string {
    const placeholder = `:v${Object.keys(this.values).length}`;
    this.values[placeholder] = value;
    return placeholder;
  }
}

function filterExpression(filter: Filter, to: Placeholders): string {
  const name = to.name(filter.name);
  if (filter.operator === "exists") return `attribute_exists(${name})`;
  if (filter.operator === "not exists") return `attribute_not_exists(${name})`;
  const value = to.value(fromText(filter.type, filter.value));
  if (filter.operator === "contains") return `contains(${name}, ${value})`;
  if (filter.operator === "not contains") return `NOT contains(${name}, ${value})`;
  return filter.operator === "begins_with" ? `begins_with(${name}, ${value})` : `${name} ${filter.operator} ${value}`;
}

/** The input of Scan or Query (without ExclusiveStartKey). */
export function requestOf(table: TableDescription, query: ItemQuery): Record<string, unknown> {
  const schema = indexesOf(table).find(({ IndexName }) => IndexName === query.index)?.KeySchema ?? table.KeySchema;
  const to = new Placeholders();
  const input: Record<string, unknown> = { TableName: table.TableName };
  if (query.index !== "") input.IndexName = query.index;
  if (query.operation === "Query") {
    const keys = keyNames(table, schema);
    const conditions = [`${to.name(keys.hash)} = ${to.value(fromText(keys.hashType, query.hash))}`];
    if (keys.range !== undefined && query.range !== "") {
      const name = to.name(keys.range);
      const value = to.value(fromText(keys.rangeType, query.range));
      if (query.rangeOperator === "begins_with") conditions.push(`begins_with(${name}, ${value})`);
      else if (query.rangeOperator === "between") conditions.push(`${name} BETWEEN ${value} AND ${to.value(fromText(keys.rangeType, query.rangeTo))}`);
      else conditions.push(`${name} ${query.rangeOperator} ${value}`);
    }
    input.KeyConditionExpression = conditions.join(" AND ");
    if (query.isDescending) input.ScanIndexForward = false;
  }
  const filters = query.filters.filter(({ name }) => name.trim() !== "");
  if (filters.length > 0) input.FilterExpression = filters.map((filter) => filterExpression(filter, to)).join(" AND ");
  if (Object.keys(to.names).length > 0) input.ExpressionAttributeNames = to.names;
  if (Object.keys(to.values).length > 0) input.ExpressionAttributeValues = to.values;
  return input;
}
