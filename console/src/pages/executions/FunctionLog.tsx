// SPDX-License-Identifier: Apache-2.0
// What a Lambda function logged while an attempt ran.
import Box from "@cloudscape-design/components/box";
import Select from "@cloudscape-design/components/select";
import { useState } from "react";
import { call } from "../../api/console-api";
import { useLoaded } from "../../api/use-call";
import { ErrorBox } from "../../components/ErrorBox";
import { Link } from "../../components/Link";
import { paths } from "../services/shared/arn-path";
import { type Attempt, requestIdOf, startedBy } from "./visit-data";

interface LogEvent {
  timestamp: number;
  message: string;
  logStreamName: string;
}

const kLinesMax = 1_000;
/** Logs are written a little later than the event that tells of the result, and clocks of containers differ. */
const kSlackMs = 1_500;

export function FunctionLog({ attempts }: { attempts: Attempt[] }) {
  const invocations = attempts.filter((attempt) => startedBy(attempt).some((started) => started.kind === "function"));
  const [chosen, setChosen] = useState<number>();
  const attempt = invocations.find((each) => each.number === chosen) ?? invocations.at(-1);
  if (attempt === undefined) return null;
  const options = invocations.map((each) => ({ value: String(each.number), label: `Attempt ${each.number}`, description: each.outcome }));
  return (
    <div>
      {invocations.length > 1 && (
        <Select ariaLabel="Attempt" options={options} selectedOption={options.find((option) => option.value === String(attempt.number)) ?? null} onChange={({ detail }) => setChosen(Number(detail.selectedOption.value))} />
      )}
      <InvocationLog key={attempt.number} attempt={attempt} />
    </div>
  );
}

function InvocationLog({ attempt }: { attempt: Attempt }) {
  const name = startedBy(attempt).find((started) => started.kind === "function")?.id ?? "";
  const group = `/aws/lambda/${name}`;
  const requestId = requestIdOf(attempt);
  const isOver = attempt.endMs > 0;
  const log = useLoaded(
    `log ${group} ${attempt.beginEvent} ${attempt.endEvent}`,
    (signal) => call<{ events?: LogEvent[] }>("logs", "FilterLogEvents", { logGroupName: group, startTime: attempt.beginMs - kSlackMs, ...(isOver ? { endTime: attempt.endMs + kSlackMs } : {}), limit: kLinesMax }, signal),
    { pollMs: isOver ? 0 : 1500 },
  );
  const { lines, isExact } = pick(log.data?.events ?? [], requestId);
  return (
    <div>
      <Box fontSize="body-s" color="text-body-secondary" padding={{ vertical: "xxs" }}>
        <Link to={paths.logGroup(group)}>
          <bdi>{group}</bdi>
        </Link>
        {isExact ? `, request ${requestId ?? ""}` : ", all that was logged during this attempt"}
      </Box>
      {log.error !== undefined && (log.error.code === "ResourceNotFoundException" ? <Box color="text-body-secondary">The function has not logged anything.</Box> : <ErrorBox error={log.error} onRetry={log.reload} />)}
      {log.error === undefined && !log.isLoading && lines.length === 0 && <Box color="text-body-secondary">Nothing was logged.</Box>}
      {lines.length > 0 && (
        <div className="pawl-log" role="log" tabIndex={0} aria-label={`Log of ${name}`}>
          {lines.map((line, index) => (
            <div key={index} className={isFrame(line.message) ? "pawl-log-line pawl-quiet" : "pawl-log-line"}>
              <span className="pawl-log-time">{`+${line.timestamp - attempt.beginMs} ms`}</span>
              <bdi>{line.message.replace(/\n$/, "")}</bdi>
            </div>
          ))}
        </div>
      )}
    </div>
  );
}

const isFrame = (message: string) => /^(START|END|REPORT|INIT_START) /.test(message);

/** The lines of one request: from its START to its REPORT, in its stream. All of them if it is not known. */
function pick(events: LogEvent[], requestId: string | undefined): { lines: LogEvent[]; isExact: boolean } {
  const first = requestId === undefined ? undefined : events.find((event) => event.message.includes(requestId));
  if (first === undefined || requestId === undefined) return { lines: events, isExact: false };
  const mine: LogEvent[] = [];
  let isMine = false;
  for (const event of events) {
    if (event.logStreamName !== first.logStreamName) continue;
    if (event.message.startsWith("START ")) isMine = event.message.includes(requestId);
    if (isMine || event.message.includes(requestId)) mine.push(event);
  }
  return { lines: mine, isExact: true };
}
