// SPDX-License-Identifier: Apache-2.0
// What Amazon SQS answers, as far as these pages look at it. Attributes are texts.

export type QueueAttributes = Record<string, string>;

export interface Queue {
  url: string;
  name: string;
  attributes: QueueAttributes;
}

export interface Message {
  MessageId: string;
  ReceiptHandle: string;
  Body: string;
  Attributes?: Record<string, string>;
  MessageAttributes?: Record<string, { DataType: string; StringValue?: string; BinaryValue?: string }>;
}

export function nameOfUrl(url: string): string {
  return url.slice(url.lastIndexOf("/") + 1);
}

export function count(attributes: QueueAttributes, which: "" | "NotVisible" | "Delayed"): number {
  return Number(attributes[`ApproximateNumberOfMessages${which}`] ?? 0);
}

export interface RedrivePolicy {
  deadLetterTargetArn: string;
  maxReceiveCount: number | string;
}

export function redriveOf(attributes: QueueAttributes): RedrivePolicy | undefined {
  try {
    return attributes.RedrivePolicy === undefined ? undefined : (JSON.parse(attributes.RedrivePolicy) as RedrivePolicy);
  } catch {
    return undefined;
  }
}
