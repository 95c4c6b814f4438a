// SPDX-License-Identifier: Apache-2.0
// Bundled by esbuild; tells the queue which objects came.
import { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';

interface S3Event {
  Records: { s3: { object: { key: string } } }[];
}

const queue = new SQSClient({});

export const handler = async (event: S3Event): Promise<void> => {
  for (const record of event.Records) {
    await queue.send(
      new SendMessageCommand({
        QueueUrl: process.env.QUEUE_URL,
        MessageBody: record.s3.object.key,
      }),
    );
  }
};
