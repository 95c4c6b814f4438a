// SPDX-License-Identifier: Apache-2.0
// What Amazon EventBridge answers, as far as these pages look at it.

export interface Rule {
  Name: string;
  Arn?: string;
  EventBusName?: string;
  EventPattern?: string;
  ScheduleExpression?: string;
  State?: string;
  Description?: string;
  ManagedBy?: string;
  RoleArn?: string;
}

export interface Target {
  Id: string;
  Arn: string;
  RoleArn?: string;
  Input?: string;
  InputPath?: string;
  InputTransformer?: { InputPathsMap?: Record<string, string>; InputTemplate: string };
  DeadLetterConfig?: { Arn?: string };
  RetryPolicy?: { MaximumRetryAttempts?: number; MaximumEventAgeInSeconds?: number };
}

export interface EventBus {
  Name: string;
  Arn: string;
  Description?: string;
  Policy?: string;
  CreationTime?: number;
}

export interface Archive {
  ArchiveName: string;
  EventSourceArn?: string;
  State?: string;
  RetentionDays?: number;
  SizeBytes?: number;
  EventCount?: number;
  CreationTime?: number;
}
