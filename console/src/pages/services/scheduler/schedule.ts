// SPDX-License-Identifier: Apache-2.0
// What Amazon EventBridge Scheduler answers, as far as these pages look at it; and switching a schedule on and off.
import { call } from "../../../api/console-api";

export interface ScheduleSummary {
  Name: string;
  GroupName: string;
  State?: string;
  LastModificationDate?: number;
  Target?: { Arn: string };
}

export interface Schedule {
  Name: string;
  GroupName: string;
  Arn: string;
  State?: string;
  Description?: string;
  ScheduleExpression: string;
  ScheduleExpressionTimezone?: string;
  StartDate?: number;
  EndDate?: number;
  CreationDate?: number;
  LastModificationDate?: number;
  ActionAfterCompletion?: string;
  KmsKeyArn?: string;
  FlexibleTimeWindow?: { Mode: string; MaximumWindowInMinutes?: number };
  Target?: { Arn: string; RoleArn?: string; Input?: string; DeadLetterConfig?: { Arn?: string }; RetryPolicy?: { MaximumRetryAttempts?: number; MaximumEventAgeInSeconds?: number } };
}

/** API UpdateSchedule: what is not said again is lost. */
export async function setState(GroupName: string, Name: string, isOn: boolean): Promise<void> {
  const { Arn: _, CreationDate: __, LastModificationDate: ___, ...schedule } = await call<Schedule>("scheduler", "GetSchedule", { GroupName, Name });
  await call("scheduler", "UpdateSchedule", { ...schedule, State: isOn ? "ENABLED" : "DISABLED" });
}
