// SPDX-License-Identifier: Apache-2.0
// What stands at the left: every page that can be begun with.
import type { SideNavigationProps } from "@cloudscape-design/components/side-navigation";

const link = (text: string, href: string): SideNavigationProps.Link => ({ type: "link", text, href });

export const navigation: SideNavigationProps.Item[] = [
  link("Overview", "/"),
  link("State machines", "/state-machines"),
  link("Executions", "/executions"),
  link("Test a state", "/test-state"),
  link("Playground", "/playground"),
  { type: "divider" },
  {
    type: "section",
    text: "Storage",
    items: [link("Buckets", "/s3"), link("Tables", "/dynamodb")],
  },
  {
    type: "section",
    text: "Messages",
    items: [
      link("Queues", "/sqs"),
      link("Topics", "/sns"),
      link("Mailbox", "/mailbox"),
      link("Rules", "/events"),
      link("Pipes", "/pipes"),
      link("Schedules", "/scheduler"),
    ],
  },
  {
    type: "section",
    text: "Compute",
    items: [link("Functions", "/lambda"), link("Batch jobs", "/batch"), link("Logs", "/logs")],
  },
  { type: "section", text: "Deployment", items: [link("Stacks", "/cloudformation")] },
];
