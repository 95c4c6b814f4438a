// SPDX-License-Identifier: Apache-2.0
// What a state looks like: the colour's name (app/colors.css) and an icon of strokes in a 20 x 20 box, by type and, for
// tasks, by what they call. The types' icons are those of `pawl graph` (src/graph/svg.cc).
import type { GraphNode } from "./types";

export interface Look {
  /** A CSS custom property's name. */
  color: string;
  icon: string;
}

const kTypes: Record<string, Look> = {
  Task: { color: "--pawl-type-task", icon: "M11.5 3 5 11.2h4.6L8.5 17 15 8.8h-4.6z" },
  Pass: { color: "--pawl-type-pass", icon: "M4 10h11M11 5.5 15.5 10 11 14.5" },
  Choice: { color: "--pawl-type-choice", icon: "M10 3.2 16.8 10 10 16.8 3.2 10z" },
  Wait: { color: "--pawl-type-wait", icon: "M10 3.5a6.5 6.5 0 1 0 .01 0M10 6.2V10l2.6 2" },
  Succeed: { color: "--pawl-type-succeed", icon: "M4.5 10.5 8.5 14.5 15.5 6" },
  Fail: { color: "--pawl-type-fail", icon: "M5.2 5.2l9.6 9.6M14.8 5.2l-9.6 9.6" },
  Parallel: { color: "--pawl-type-parallel", icon: "M5 3.8v12.4M10 3.8v12.4M15 3.8v12.4" },
  Map: { color: "--pawl-type-map", icon: "M3.5 7.5h9v9h-9zM7 7.2V4h9.2v9.2H12.8" },
};
const kUnknown: Look = { color: "--pawl-type-pass", icon: "M10 5v6M10 14.2v.2" };

/** By the service in a task's detail, "sqs:sendMessage.waitForTaskToken". */
const kServiceIcons: Record<string, string> = {
  lambda: "M6 4h2.4l5.4 12H16M10 9.2 6 16",
  s3: "M4 5.5 5.6 16h8.8L16 5.5M4 5.5c0 1.2 2.7 2 6 2s6-.8 6-2-2.7-2-6-2-6 .8-6 2",
  dynamodb: "M4.5 5.5c0 1.2 2.5 2 5.5 2s5.5-.8 5.5-2-2.5-2-5.5-2-5.5.8-5.5 2v9c0 1.2 2.5 2 5.5 2s5.5-.8 5.5-2v-9M4.5 10c0 1.2 2.5 2 5.5 2s5.5-.8 5.5-2",
  sqs: "M3.5 6h4v8h-4zM9.5 6h3v8h-3zM14.5 6h2v8h-2z",
  sns: "M4 8.5v3l7 3.5V5zM13.5 7.5a4 4 0 0 1 0 5M6 12v4",
  batch: "M4 4h5v5H4zM11 4h5v5h-5zM4 11h5v5H4zM11 11h5v5h-5z",
  ecs: "M10 3.2 16 6.6v6.8l-6 3.4-6-3.4V6.6zM4 6.6l6 3.4 6-3.4M10 10v6.8",
  states: "M4 4h4v4H4zM12 12h4v4h-4zM8 6h6v6",
  events: "M10 3.5v4M10 12.5v4M3.5 10h4M12.5 10h4M10 8l2 2-2 2-2-2z",
  http: "M10 3.5a6.5 6.5 0 1 0 .01 0M3.5 10h13M10 3.5c-4 4.2-4 8.8 0 13 4-4.2 4-8.8 0-13",
  apigateway: "M10 3.5a6.5 6.5 0 1 0 .01 0M3.5 10h13M10 3.5c-4 4.2-4 8.8 0 13 4-4.2 4-8.8 0-13",
  activity: "M10 4a2.8 2.8 0 1 0 .01 0M4.5 16.5c0-3.5 2.4-5.3 5.5-5.3s5.5 1.8 5.5 5.3",
};

/** The service a task calls, or undefined: "lambda", "sqs", "activity". */
export function serviceOf(node: Pick<GraphNode, "type" | "detail">): string | undefined {
  if (node.type !== "Task" || node.detail === undefined || node.detail === "") return undefined;
  if (node.detail.startsWith("activity ")) return "activity";
  const parts = /^(?:aws-sdk:)?([a-z0-9]+):[A-Za-z]/.exec(node.detail);
  return parts === null ? "lambda" : parts[1];
}

export function lookOf(node: Pick<GraphNode, "type" | "detail">): Look {
  const look = kTypes[node.type ?? ""] ?? kUnknown;
  const service = serviceOf(node);
  const icon = service === undefined ? undefined : kServiceIcons[service];
  return icon === undefined ? look : { ...look, icon };
}

export function secondLine(node: Pick<GraphNode, "type" | "detail">): string {
  return node.detail === undefined || node.detail === "" ? (node.type ?? "") : `${node.type ?? ""} · ${node.detail}`;
}
