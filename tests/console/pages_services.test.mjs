// SPDX-License-Identifier: Apache-2.0
// Every page of the other services, looked over: see checkPage.
import { consoleTests } from "./harness/console-test.mjs";
import { checkPage } from "./harness/page-checks.mjs";
import { seedServices } from "./seed/services.mjs";

const console = consoleTests({ seed: seedServices });

/** Path, what is read there. */
const kPages = [
  ["/s3", "pictures"],
  ["/s3/pictures", "cats/"],
  ["/s3/pictures/object?key=cats/tabby.png", "tabby.png"],
  ["/dynamodb", "users"],
  ["/dynamodb/users", "grace"],
  ["/sqs", "jobs.fifo"],
  ["/sqs/jobs", "jobs"],
  ["/sns", "news"],
  ["/sns/news", "ada@example.com"],
  ["/mailbox", "Subscription Confirmation"],
  ["/lambda", "double"],
  ["/lambda/double", "index.py"],
  ["/logs", "/aws/lambda/double"],
  ["/events", "orders"],
  ["/pipes", "jobs-to-workflow"],
  ["/scheduler", "nightly"],
  ["/batch", "hello"],
  ["/cloudformation", "good"],
];

for (const [path, text] of kPages) console.test(path, async ({ open }) => checkPage(await open(path), text));
