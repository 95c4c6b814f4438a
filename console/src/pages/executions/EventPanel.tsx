// SPDX-License-Identifier: Apache-2.0
// One event, whole.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import { useMemo, useState } from "react";
import { Empty } from "../../components/Empty";
import { ErrorBox } from "../../components/ErrorBox";
import { JsonView } from "../../components/JsonView";
import { formatDuration, formatTime } from "../../components/Timestamp";
import { detailsOf, type HistoryEvent, textOf } from "./api";
import { Fact } from "./ExecutionHeader";
import { Failure } from "./Failure";
import { type Scene, laneName } from "./scene";
import { useEvents } from "./use-events";

/** Members that are JSON texts: shown as trees of their own. */
const kPayloads = ["input", "output", "parameters", "assignedVariables"];

export function EventPanel({ scene }: { scene: Scene }) {
  const { selection, history } = scene;
  const id = selection.event;
  const ids = useMemo(() => (id === undefined ? [] : [id]), [id]);
  const { events, error, isLoading } = useEvents(scene.arn, ids);
  if (id === undefined || id < 1 || id > history.last) return <Empty title="No event is selected">Choose one in the table below.</Empty>;
  const event = events.get(id);
  const details = detailsOf(event);
  const previous = history.previousOf(id);
  const failure = { error: textOf(details, "error"), cause: textOf(details, "cause") };
  const rest = Object.fromEntries(Object.entries(details).filter(([name]) => !kPayloads.includes(name) && !/Details$/.test(name) && name !== "error" && name !== "cause"));
  const payloads = Object.entries(details).flatMap(([name, value]) => (!kPayloads.includes(name) ? [] : [[name, typeof value === "string" ? value : JSON.stringify(value)] as const]));
  return (
    <div className="pawl-panel">
      <div className="pawl-panel-head">
        <Button variant="inline-icon" iconName="angle-left" ariaLabel="Event before" disabled={id <= 1} onClick={() => scene.selectEvent(id - 1)} />
        <b>{history.typeOf(id)}</b>
        <Button variant="inline-icon" iconName="angle-right" ariaLabel="Next event" disabled={id >= history.last} onClick={() => scene.selectEvent(id + 1)} />
        <span className="pawl-panel-end">
          <Button variant="inline-link" onClick={() => scene.travel(id)}>
            Go to this moment
          </Button>
        </span>
      </div>
      <dl className="pawl-facts">
        <Fact term="State">{history.visitOf(id) === undefined ? "-" : <bdi>{history.visitOf(id)?.name}</bdi>}</Fact>
        {history.laneOf(id)?.index !== 0 && <Fact term="In"><bdi>{laneName(history, history.laneOf(id)?.index ?? 0)}</bdi></Fact>}
        <Fact term="Time">{formatTime(new Date(history.msOf(id)))}</Fact>
        <Fact term="After the start">{formatDuration(history.msOf(id) - history.msOf(1))}</Fact>
        <Fact term="Previous event">
          {previous === 0 ? (
            "-"
          ) : (
            <Button variant="inline-link" onClick={() => scene.selectEvent(previous)}>
              {`${previous.toLocaleString("en")} ${history.typeOf(previous)}`}
            </Button>
          )}
        </Fact>
        {Object.entries(rest).map(([name, value]) => (
          <Fact key={name} term={spaced(name)}>
            <bdi className="pawl-wrap">{typeof value === "object" ? JSON.stringify(value) : String(value)}</bdi>
          </Fact>
        ))}
      </dl>
      {error !== undefined && event === undefined && <ErrorBox error={error} />}
      {isLoading && event === undefined && <Box color="text-body-secondary">Loading</Box>}
      {(failure.error !== undefined || failure.cause !== undefined) && <Failure failure={failure} />}
      {payloads.map(([name, text]) => (
        <section key={name} className="pawl-payload" aria-label={spaced(name)}>
          <h2>{spaced(name)}</h2>
          <JsonView text={text} label={spaced(name)} heightMax={260} />
        </section>
      ))}
      {event !== undefined && <WholeEvent key={id} event={event} />}
    </div>
  );
}

function WholeEvent({ event }: { event: HistoryEvent }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="pawl-whole" onToggle={(change) => setOpen(change.currentTarget.open)}>
      <summary>Whole event</summary>
      {isOpen && <JsonView text={JSON.stringify(event)} label={`Event ${event.id}`} heightMax={260} />}
    </details>
  );
}

/** "Timeout in seconds" of "timeoutInSeconds". */
function spaced(name: string): string {
  const words = name.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
