// SPDX-License-Identifier: Apache-2.0
// Bundled by esbuild; writes its event to the queue.
import { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';

const queue = new SQSClient({});

export const handler = async (event: { word: string }): Promise<void> => {
  const message = { QueueUrl: process.env.QUEUE_URL, MessageBody: event.word };
  await queue.send(new SendMessageCommand(message));
};
