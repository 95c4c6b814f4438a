// SPDX-License-Identifier: Apache-2.0
// What Amazon DynamoDB says of a table (API TableDescription), as far as these pages look at it.

export interface KeyElement {
  AttributeName: string;
  KeyType: "HASH" | "RANGE";
}

export interface IndexDescription {
  IndexName: string;
  IndexStatus?: string;
  KeySchema: KeyElement[];
  Projection?: { ProjectionType?: string; NonKeyAttributes?: string[] };
  ItemCount?: number;
  IndexSizeBytes?: number;
}

export interface TableDescription {
  TableName: string;
  TableStatus: string;
  TableArn: string;
  CreationDateTime?: number;
  ItemCount?: number;
  TableSizeBytes?: number;
  KeySchema: KeyElement[];
  AttributeDefinitions: { AttributeName: string; AttributeType: string }[];
  BillingModeSummary?: { BillingMode?: string };
  ProvisionedThroughput?: { ReadCapacityUnits?: number; WriteCapacityUnits?: number };
  GlobalSecondaryIndexes?: IndexDescription[];
  LocalSecondaryIndexes?: IndexDescription[];
  StreamSpecification?: { StreamEnabled: boolean; StreamViewType?: string };
  LatestStreamArn?: string;
  SSEDescription?: { Status?: string; KMSMasterKeyArn?: string };
  DeletionProtectionEnabled?: boolean;
}

export interface KeyNames {
  hash: string;
  hashType: string;
  range: string | undefined;
  rangeType: string;
}

export function keyNames(table: TableDescription, schema: KeyElement[]): KeyNames {
  const nameOf = (type: KeyElement["KeyType"]) => schema.find((element) => element.KeyType === type)?.AttributeName;
  const typeOf = (name: string | undefined) => table.AttributeDefinitions.find((definition) => definition.AttributeName === name)?.AttributeType ?? "S";
  const hash = nameOf("HASH") ?? "";
  const range = nameOf("RANGE");
  return { hash, hashType: typeOf(hash), range, rangeType: typeOf(range) };
}

export function indexesOf(table: TableDescription): IndexDescription[] {
  return [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])];
}

/** "PAY_PER_REQUEST" as AWS's console says it. */
export function capacityText(table: TableDescription): string {
  const { ReadCapacityUnits: reads = 0, WriteCapacityUnits: writes = 0 } = table.ProvisionedThroughput ?? {};
  if (table.BillingModeSummary?.BillingMode === "PAY_PER_REQUEST" || reads === 0) return "On-demand";
  return `${reads} reads, ${writes} writes`;
}
