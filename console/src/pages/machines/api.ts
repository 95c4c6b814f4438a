// SPDX-License-Identifier: Apache-2.0
// State machines as the API of AWS Step Functions has them. Times are seconds since 1970.
import { call } from "../../api/console-api";
import { paths } from "../services/shared/arn-path";
import type { MachineType } from "../../editor/use-definition-check";

export type { MachineType };
export type ExecutionStatus = "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED" | "PENDING_REDRIVE";
export type LogLevel = "ALL" | "ERROR" | "FATAL" | "OFF";

export interface MachineItem {
  stateMachineArn: string;
  name: string;
  type: MachineType;
  creationDate: number;
}

export interface LoggingConfiguration {
  level?: LogLevel;
  includeExecutionData?: boolean;
  destinations?: { cloudWatchLogsLogGroup?: { logGroupArn?: string } }[];
}

export interface EncryptionConfiguration {
  type: "AWS_OWNED_KEY" | "CUSTOMER_MANAGED_KMS_KEY";
  kmsKeyId?: string;
  kmsDataKeyReusePeriodSeconds?: number;
}

export interface Machine extends MachineItem {
  status: "ACTIVE" | "DELETING";
  definition: string;
  roleArn: string;
  description?: string;
  label?: string;
  revisionId?: string;
  loggingConfiguration?: LoggingConfiguration;
  tracingConfiguration?: { enabled?: boolean };
  encryptionConfiguration?: EncryptionConfiguration;
}

export interface VersionItem {
  stateMachineVersionArn: string;
  creationDate: number;
}

export interface AliasItem {
  stateMachineAliasArn: string;
  creationDate: number;
}

export interface Route {
  stateMachineVersionArn: string;
  weight: number;
}

export interface Alias extends AliasItem {
  name: string;
  description?: string;
  routingConfiguration: Route[];
  updateDate?: number;
}

export interface Tag {
  key: string;
  value: string;
}

export interface ExecutionItem {
  executionArn: string;
  stateMachineArn: string;
  name: string;
  status: ExecutionStatus;
  startDate: number;
  stopDate?: number;
}

/** "arn:aws:states:r:a:stateMachine:NAME:3" to NAME, and of an alias or a version to what comes after. */
export function nameOfMachine(arn: string): string {
  return arn.split(":")[6] ?? arn;
}

/** The version's number, the alias' name; undefined of an unqualified ARN. */
export function qualifierOf(arn: string): string | undefined {
  return arn.split(":")[7];
}

export function withoutQualifier(arn: string): string {
  return arn.split(":").slice(0, 7).join(":");
}

export function pathOfMachine(arn: string, rest = ""): string {
  return paths.stateMachine(arn) + rest;
}

export const pathOfExecution = paths.execution;

export const states = <Output>(operation: string, input: object, signal?: AbortSignal) => call<Output>("stepfunctions", operation, input, signal);

export const describeMachine = (stateMachineArn: string, signal?: AbortSignal) => states<Machine>("DescribeStateMachine", { stateMachineArn }, signal);

export async function listVersions(stateMachineArn: string, nextToken: string | undefined, signal?: AbortSignal) {
  const page = await states<{ stateMachineVersions: VersionItem[]; nextToken?: string }>("ListStateMachineVersions", { stateMachineArn, maxResults: 100, ...(nextToken ? { nextToken } : {}) }, signal);
  return { items: page.stateMachineVersions, nextToken: page.nextToken };
}

export async function listAliases(stateMachineArn: string, nextToken: string | undefined, signal?: AbortSignal) {
  const page = await states<{ stateMachineAliases: AliasItem[]; nextToken?: string }>("ListStateMachineAliases", { stateMachineArn, maxResults: 100, ...(nextToken ? { nextToken } : {}) }, signal);
  return { items: page.stateMachineAliases, nextToken: page.nextToken };
}
