// SPDX-License-Identifier: Apache-2.0
// What AWS CloudFormation answers, as far as these pages look at it.

export interface Stack {
  StackId: string;
  StackName: string;
  StackStatus: string;
  StackStatusReason?: string;
  Description?: string;
  CreationTime?: number;
  LastUpdatedTime?: number;
  DeletionTime?: number;
  Parameters?: { ParameterKey: string; ParameterValue?: string; ResolvedValue?: string }[];
  Outputs?: { OutputKey: string; OutputValue?: string; Description?: string; ExportName?: string }[];
  Tags?: { Key: string; Value: string }[];
  Capabilities?: string[];
  RoleARN?: string;
  ParentId?: string;
  RootId?: string;
  EnableTerminationProtection?: boolean;
  DisableRollback?: boolean;
  ChangeSetId?: string;
}

export interface StackSummary {
  StackId: string;
  StackName: string;
  StackStatus: string;
  StackStatusReason?: string;
  TemplateDescription?: string;
  CreationTime?: number;
  LastUpdatedTime?: number;
  DeletionTime?: number;
  ParentId?: string;
}

export interface StackEvent {
  EventId: string;
  Timestamp: number;
  LogicalResourceId?: string;
  PhysicalResourceId?: string;
  ResourceType?: string;
  ResourceStatus?: string;
  ResourceStatusReason?: string;
}

export interface StackResource {
  LogicalResourceId: string;
  PhysicalResourceId?: string;
  ResourceType: string;
  ResourceStatus: string;
  ResourceStatusReason?: string;
  LastUpdatedTimestamp?: number;
}

export interface ChangeSetSummary {
  ChangeSetId: string;
  ChangeSetName: string;
  Status?: string;
  StatusReason?: string;
  ExecutionStatus?: string;
  CreationTime?: number;
  Description?: string;
}

export interface Change {
  ResourceChange?: {
    Action?: string;
    LogicalResourceId?: string;
    PhysicalResourceId?: string;
    ResourceType?: string;
    Replacement?: string;
    Scope?: string[];
  };
}

export const isMoving = (status: string) => status.endsWith("_IN_PROGRESS");
export const isFailed = (status: string) => /FAILED|ROLLBACK/.test(status);
