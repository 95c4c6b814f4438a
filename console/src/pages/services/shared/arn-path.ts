// SPDX-License-Identifier: Apache-2.0
// Which page of the console shows a thing: by its ARN, by the URL of a queue, or as CloudFormation names it.

const at = (...parts: string[]) => `/${parts.map(encodeURIComponent).join("/")}`;

export const paths = {
  stateMachine: (arn: string) => at("state-machines", arn),
  execution: (arn: string) => at("executions", arn),
  mapRun: (arn: string) => at("map-runs", arn),
  bucket: (name: string, prefix = "") => at("s3", name) + (prefix === "" ? "" : `?${new URLSearchParams({ prefix })}`),
  object: (bucket: string, key: string, versionId?: string) =>
    `${at("s3", bucket, "object")}?${new URLSearchParams({ key, ...(versionId === undefined ? {} : { versionId }) })}`,
  table: (name: string) => at("dynamodb", name),
  item: (table: string, key: string) => `${at("dynamodb", table, "item")}?${new URLSearchParams({ key })}`,
  queue: (name: string) => at("sqs", name),
  topic: (name: string) => at("sns", name),
  mail: (id: number | string) => at("mailbox", String(id)),
  lambda: (name: string, qualifier?: string) => at("lambda", name) + (qualifier === undefined ? "" : `?${new URLSearchParams({ qualifier })}`),
  logGroup: (name: string) => at("logs", name),
  logStream: (group: string, stream: string) => `${at("logs", group, "events")}?${new URLSearchParams({ stream })}`,
  rule: (bus: string, name: string) => at("events", bus, name),
  bus: (name: string) => `/events?${new URLSearchParams({ bus: name })}`,
  pipe: (name: string) => at("pipes", name),
  schedule: (group: string, name: string) => at("scheduler", group, name),
  job: (id: string) => at("batch", "jobs", id),
  jobQueue: (name: string) => at("batch", "queues", name),
  jobDefinition: (name: string) => at("batch", "definitions", name),
  computeEnvironment: (name: string) => at("batch", "environments", name),
  stack: (name: string) => at("cloudformation", name),
};

export interface Arn {
  service: string;
  region: string;
  account: string;
  resource: string;
}

/** undefined: it is none. */
export function parseArn(arn: string): Arn | undefined {
  const parts = arn.split(":");
  if (parts.length < 6 || parts[0] !== "arn") return undefined;
  const [, , service = "", region = "", account = ""] = parts;
  return { service, region, account, resource: parts.slice(5).join(":") };
}

function afterSlash(resource: string): string {
  return resource.slice(resource.indexOf("/") + 1);
}

type Finder = (resource: string, arn: string) => string | undefined;

/** By service: the page of "bucket/key", "table/orders/index/by-date", "function:resize:3" ... */
const kFinders: Record<string, Finder> = {
  s3: (resource) => {
    const slash = resource.indexOf("/");
    if (slash < 0) return paths.bucket(resource);
    const key = resource.slice(slash + 1);
    return key === "*" || key === "" ? paths.bucket(resource.slice(0, slash)) : paths.object(resource.slice(0, slash), key);
  },
  dynamodb: (resource) => {
    const [kind, name] = resource.split("/");
    return kind === "table" && name !== undefined ? paths.table(name) : undefined;
  },
  lambda: (resource) => {
    const [kind, name, qualifier] = resource.split(":");
    return kind === "function" && name !== undefined ? paths.lambda(name, qualifier) : undefined;
  },
  sqs: (resource) => paths.queue(resource),
  sns: (resource) => paths.topic(resource.split(":")[0] ?? resource),
  events: (resource) => {
    const [kind, first = "", second] = resource.split("/");
    if (kind === "event-bus") return paths.bus(first);
    if (kind !== "rule") return undefined;
    return second === undefined ? paths.rule("default", first) : paths.rule(first, second);
  },
  pipes: (resource) => paths.pipe(afterSlash(resource)),
  scheduler: (resource) => {
    const [kind, group, name] = resource.split("/");
    return kind === "schedule" && group !== undefined && name !== undefined ? paths.schedule(group, name) : undefined;
  },
  batch: (resource) => {
    const [kind] = resource.split("/");
    const name = afterSlash(resource);
    if (kind === "job") return paths.job(name);
    if (kind === "job-queue") return paths.jobQueue(name);
    if (kind === "job-definition") return paths.jobDefinition(name);
    return kind === "compute-environment" ? paths.computeEnvironment(name) : undefined;
  },
  cloudformation: (resource) => {
    const [kind, name] = resource.split("/");
    return kind === "stack" && name !== undefined ? paths.stack(name) : undefined;
  },
  logs: (resource) => {
    const match = /^log-group:([^:]+)(?::log-stream:([^]+))?/.exec(resource);
    if (match?.[1] === undefined) return undefined;
    return match[2] === undefined || match[2] === "*" ? paths.logGroup(match[1]) : paths.logStream(match[1], match[2]);
  },
  states: (resource, arn) => {
    const [kind] = resource.split(":");
    if (kind === "stateMachine") return paths.stateMachine(arn);
    if (kind === "execution" || kind === "express") return paths.execution(arn);
    return kind === "mapRun" ? paths.mapRun(arn) : undefined;
  },
};

/** The page of what an ARN or a queue's URL names; undefined if the console has none. */
export function pathOf(name: string): string | undefined {
  const arn = parseArn(name);
  if (arn !== undefined) return kFinders[arn.service]?.(arn.resource, name);
  const queue = queueName(name);
  return queue === undefined ? undefined : paths.queue(queue);
}

/** Of a queue's URL. */
function queueName(url: string): string | undefined {
  return /^https?:\/\/[^/]+\/\d{12}\/([\w.-]+)$/.exec(url)?.[1];
}

/** What an ARN is called in short: "orders", "resize:3", "my-machine". */
export function shortName(arn: string): string {
  const parsed = parseArn(arn);
  if (parsed === undefined) return queueName(arn) ?? arn;
  const { service, resource } = parsed;
  if (service === "s3" || service === "sqs") return resource;
  if (service === "sns") return resource.split(":")[0] ?? resource;
  if (service === "cloudformation") return resource.split("/")[1] ?? resource;
  if (service === "dynamodb") return resource.split("/")[1] ?? resource;
  if (service === "logs") return resource.replace(/^log-group:/, "").replace(/:\*$/, "");
  if (service === "lambda") return resource.replace(/^function:/, "");
  if (service === "states") return resource.slice(resource.indexOf(":") + 1);
  return resource.slice(resource.indexOf("/") + 1);
}

const byName: Record<string, (id: string) => string> = {
  "AWS::S3::Bucket": (id) => paths.bucket(id),
  "AWS::DynamoDB::Table": (id) => paths.table(id),
  "AWS::Lambda::Function": (id) => paths.lambda(id),
  "AWS::Serverless::Function": (id) => paths.lambda(id),
  "AWS::Logs::LogGroup": (id) => paths.logGroup(id),
  "AWS::Pipes::Pipe": (id) => paths.pipe(id),
  "AWS::Scheduler::Schedule": (id) => paths.schedule("default", id),
  "AWS::Events::EventBus": (id) => paths.bus(id),
  "AWS::Events::Rule": (id) => {
    const [bus, name] = id.split("|");
    return name === undefined ? paths.rule("default", id) : paths.rule(bus ?? "default", name);
  },
};

/** The page of a resource of a stack, by its type and physical id. */
export function resourcePath(type: string, physicalId: string): string | undefined {
  return pathOf(physicalId) ?? byName[type]?.(physicalId);
}
