// SPDX-License-Identifier: Apache-2.0
// Every page: one line each, loaded when it is first opened.
import { type ComponentType, lazy } from "react";
import { createBrowserRouter, type RouteObject } from "react-router";
import { NotFound } from "./NotFound";
import { PageError } from "./PageError";
import { Shell } from "./Shell";

type Loader = () => Promise<{ default: ComponentType }>;

function page(path: string, load: Loader): RouteObject {
  const Page = lazy(load);
  return { path, element: <Page />, errorElement: <PageError /> };
}

const pages: RouteObject[] = [
  page("/executions", () => import("../pages/executions/ExecutionsPage")),
  page("/map-runs/:arn", () => import("../pages/map-runs/MapRunPage")),
  page("/executions/:arn", () => import("../pages/executions/ExecutionPage")),
  page("/", () => import("../pages/overview/OverviewPage")),
  page("/playground", () => import("../pages/playground/PlaygroundPage")),
  page("/test-state", () => import("../pages/test-state/TestStatePage")),
  page("/s3", () => import("../pages/services/s3/BucketsPage")),
  page("/s3/:bucket", () => import("../pages/services/s3/BucketPage")),
  page("/s3/:bucket/object", () => import("../pages/services/s3/ObjectPage")),
  page("/dynamodb", () => import("../pages/services/dynamodb/TablesPage")),
  page("/dynamodb/:table", () => import("../pages/services/dynamodb/TablePage")),
  page("/dynamodb/:table/item", () => import("../pages/services/dynamodb/ItemPage")),
  page("/state-machines", () => import("../pages/machines/MachinesPage")),
  page("/state-machines/new", () => import("../pages/machines/EditMachinePage")),
  page("/state-machines/:arn", () => import("../pages/machines/MachinePage")),
  page("/state-machines/:arn/edit", () => import("../pages/machines/EditMachinePage")),
  page("/lambda", () => import("../pages/services/lambda/FunctionsPage")),
  page("/lambda/:name", () => import("../pages/services/lambda/FunctionPage")),
  page("/logs", () => import("../pages/services/logs/LogsPage")),
  page("/logs/:group", () => import("../pages/services/logs/LogGroupPage")),
  page("/logs/:group/events", () => import("../pages/services/logs/LogStreamPage")),
  page("/sqs", () => import("../pages/services/sqs/QueuesPage")),
  page("/sqs/:queue", () => import("../pages/services/sqs/QueuePage")),
  page("/sns", () => import("../pages/services/sns/TopicsPage")),
  page("/sns/:topic", () => import("../pages/services/sns/TopicPage")),
  page("/mailbox", () => import("../pages/services/mailbox/MailboxPage")),
  page("/mailbox/:id", () => import("../pages/services/mailbox/MailboxPage")),
  page("/events", () => import("../pages/services/events/EventsPage")),
  page("/events/:bus/:rule", () => import("../pages/services/events/RulePage")),
  page("/pipes", () => import("../pages/services/pipes/PipesPage")),
  page("/pipes/:pipe", () => import("../pages/services/pipes/PipePage")),
  page("/scheduler", () => import("../pages/services/scheduler/SchedulesPage")),
  page("/scheduler/:group/:name", () => import("../pages/services/scheduler/SchedulePage")),
  page("/batch", () => import("../pages/services/batch/BatchPage")),
  page("/batch/jobs/:job", () => import("../pages/services/batch/JobPage")),
  page("/batch/:kind/:name", () => import("../pages/services/batch/BatchResourcePage")),
  page("/cloudformation", () => import("../pages/services/cloudformation/StacksPage")),
  page("/cloudformation/:stack", () => import("../pages/services/cloudformation/StackPage")),
];

export function makeRouter() {
  return createBrowserRouter(
    [{ element: <Shell />, errorElement: <PageError />, children: [...pages, { path: "*", element: <NotFound /> }] }],
    { basename: "/_pawl/console" },
  );
}
