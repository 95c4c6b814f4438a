// SPDX-License-Identifier: Apache-2.0
// What AWS Lambda answers, as far as these pages look at it.

export interface FunctionConfiguration {
  FunctionName: string;
  FunctionArn: string;
  Runtime?: string;
  Role?: string;
  Handler?: string;
  CodeSize?: number;
  CodeSha256?: string;
  Description?: string;
  Timeout?: number;
  MemorySize?: number;
  LastModified?: string;
  Version?: string;
  PackageType?: string;
  Architectures?: string[];
  State?: string;
  StateReason?: string;
  LastUpdateStatus?: string;
  Environment?: { Variables?: Record<string, string>; Error?: { ErrorCode: string; Message: string } };
  Layers?: { Arn: string; CodeSize?: number }[];
  EphemeralStorage?: { Size: number };
  DeadLetterConfig?: { TargetArn?: string };
  TracingConfig?: { Mode?: string };
  LoggingConfig?: { LogFormat?: string; LogGroup?: string };
  ImageConfigResponse?: { ImageConfig?: { EntryPoint?: string[]; Command?: string[]; WorkingDirectory?: string } };
}

export interface GetFunctionOutput {
  Configuration: FunctionConfiguration;
  Code?: { RepositoryType?: string; Location?: string; ImageUri?: string; ResolvedImageUri?: string };
  Tags?: Record<string, string>;
  Concurrency?: { ReservedConcurrentExecutions?: number };
}

export interface InvokeOutput {
  StatusCode?: number;
  FunctionError?: string;
  /** base64: the last 4 KB of the log */
  LogResult?: string;
  /** base64 */
  Payload?: string;
  ExecutedVersion?: string;
}

export interface Alias {
  Name: string;
  AliasArn: string;
  FunctionVersion: string;
  Description?: string;
  RoutingConfig?: { AdditionalVersionWeights?: Record<string, number> };
}

export interface EventSourceMapping {
  UUID: string;
  EventSourceArn?: string;
  State?: string;
  BatchSize?: number;
  MaximumBatchingWindowInSeconds?: number;
  LastProcessingResult?: string;
  StateTransitionReason?: string;
  FilterCriteria?: { Filters?: { Pattern?: string }[] };
}

export function logGroupOf(configuration: FunctionConfiguration): string {
  return configuration.LoggingConfig?.LogGroup ?? `/aws/lambda/${configuration.FunctionName}`;
}
