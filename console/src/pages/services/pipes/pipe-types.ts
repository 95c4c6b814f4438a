// SPDX-License-Identifier: Apache-2.0
// What Amazon EventBridge Pipes answers, as far as these pages look at it.

export interface Pipe {
  Name: string;
  Arn: string;
  Description?: string;
  CurrentState?: string;
  DesiredState?: string;
  StateReason?: string;
  Source?: string;
  SourceParameters?: Record<string, unknown> & { FilterCriteria?: { Filters?: { Pattern?: string }[] } };
  Enrichment?: string;
  EnrichmentParameters?: Record<string, unknown>;
  Target?: string;
  TargetParameters?: Record<string, unknown>;
  RoleArn?: string;
  CreationTime?: number;
  LastModifiedTime?: number;
}
