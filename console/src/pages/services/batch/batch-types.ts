// SPDX-License-Identifier: Apache-2.0
// What AWS Batch answers, as far as these pages look at it. Times are milliseconds since 1970.

export interface JobSummary {
  jobId: string;
  jobArn?: string;
  jobName: string;
  status: string;
  statusReason?: string;
  createdAt?: number;
  startedAt?: number;
  stoppedAt?: number;
  jobDefinition?: string;
  container?: { exitCode?: number; reason?: string };
  arrayProperties?: { size?: number; index?: number };
}

export interface KeyValue {
  name: string;
  value: string;
}

export interface ContainerDetail {
  image?: string;
  command?: string[];
  environment?: KeyValue[];
  vcpus?: number;
  memory?: number;
  resourceRequirements?: { type: string; value: string }[];
  exitCode?: number;
  reason?: string;
  logStreamName?: string;
  jobRoleArn?: string;
  executionRoleArn?: string;
  taskArn?: string;
  user?: string;
  logConfiguration?: { logDriver?: string; options?: Record<string, string> };
}

export interface Attempt {
  startedAt?: number;
  stoppedAt?: number;
  statusReason?: string;
  container?: { exitCode?: number; reason?: string; logStreamName?: string };
}

export interface Job extends JobSummary {
  jobQueue: string;
  attempts?: Attempt[];
  dependsOn?: { jobId?: string; type?: string }[];
  parameters?: Record<string, string>;
  container?: ContainerDetail;
  retryStrategy?: { attempts?: number };
  timeout?: { attemptDurationSeconds?: number };
  arrayProperties?: { size?: number; index?: number; statusSummary?: Record<string, number> };
  tags?: Record<string, string>;
  isCancelled?: boolean;
  isTerminated?: boolean;
}

export interface JobQueue {
  jobQueueName: string;
  jobQueueArn: string;
  state?: string;
  status?: string;
  statusReason?: string;
  priority?: number;
  computeEnvironmentOrder?: { order: number; computeEnvironment: string }[];
}

export interface ComputeEnvironment {
  computeEnvironmentName: string;
  computeEnvironmentArn: string;
  type?: string;
  state?: string;
  status?: string;
  statusReason?: string;
  serviceRole?: string;
  computeResources?: { type?: string; maxvCpus?: number; minvCpus?: number; desiredvCpus?: number };
}

export interface JobDefinition {
  jobDefinitionName: string;
  jobDefinitionArn: string;
  revision: number;
  status?: string;
  type?: string;
  containerProperties?: ContainerDetail;
  retryStrategy?: { attempts?: number };
  timeout?: { attemptDurationSeconds?: number };
  parameters?: Record<string, string>;
}

export const kStatuses = ["SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED", "FAILED"] as const;

export const isOver = (status: string) => status === "SUCCEEDED" || status === "FAILED";
export const logGroupOf = (container: ContainerDetail | undefined) => container?.logConfiguration?.options?.["awslogs-group"] ?? "/aws/batch/job";

/** Cancel is for what has not started yet (API CancelJob). */
export const canBeCancelled = (status: string) => ["SUBMITTED", "PENDING", "RUNNABLE"].includes(status);

export function resourcesText(container: ContainerDetail | undefined): string {
  const of = (type: string, old: number | undefined) => container?.resourceRequirements?.find((one) => one.type === type)?.value ?? old;
  const parts = [
    [of("VCPU", container?.vcpus), "vCPU"],
    [of("MEMORY", container?.memory), "MiB"],
    [of("GPU", undefined), "GPU"],
  ] as const;
  return parts.filter(([value]) => value !== undefined && value !== 0).map(([value, unit]) => `${value} ${unit}`).join(", ");
}
