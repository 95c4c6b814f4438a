// SPDX-License-Identifier: Apache-2.0
// The selected state: one of its visits with all that is known of it.
import Button from "@cloudscape-design/components/button";
import { useMemo, useState } from "react";
import { CompactTabs } from "../../components/CompactTabs";
import { Empty } from "../../components/Empty";
import { ErrorBox } from "../../components/ErrorBox";
import { formatTime } from "../../components/Timestamp";
import { Status, type Visit } from "../../history/history";
import { secondLine } from "../../graph/looks";
import { Duration } from "./Duration";
import { Attempts } from "./Attempts";
import { Fact } from "./ExecutionHeader";
import { Payload } from "./ExecutionPanel";
import { Failure } from "./Failure";
import { FunctionLog } from "./FunctionLog";
import { Iterations } from "./Iterations";
import { type Scene, laneName, visitsOf } from "./scene";
import { StartedLinks } from "./StartedLinks";
import { VisitStatus } from "./status";
import { useEvents } from "./use-events";
import { eventsToLoad, readVisit, startedBy, type VisitData } from "./visit-data";
import { Waiting } from "./Waiting";

export function StatePanel({ scene }: { scene: Scene }) {
  const { selection } = scene;
  if (selection.state === undefined) return <Empty title="No state is selected">Choose one in the graph.</Empty>;
  const node = scene.graph?.nodes.find((each) => each.name === selection.state);
  return (
    <div className="pawl-panel">
      <div className="pawl-panel-head">
        <bdi className="pawl-panel-name">{selection.state}</bdi>
        {node !== undefined && <span className="pawl-quiet pawl-one-line">{secondLine(node)}</span>}
        <span className="pawl-panel-end">
          <Button variant="inline-link" onClick={() => scene.showInDefinition(selection.state ?? "")}>
            Definition
          </Button>
        </span>
      </div>
      {selection.visit === undefined ? (
        <Empty title={scene.live.isCaughtUp ? "It was not entered" : "Loading"}>{scene.at === undefined ? (scene.choice.size > 0 ? "Not in the iteration that is shown." : undefined) : "Not until this moment."}</Empty>
      ) : (
        <VisitPanel key={selection.visit.index} scene={scene} visit={selection.visit} />
      )}
    </div>
  );
}

function VisitNavigator({ scene, visit }: { scene: Scene; visit: Visit }) {
  const visits = useMemo(() => visitsOf(scene, visit.name), [scene.history, scene.snapshot, scene.inScope, visit.name]);
  if (visits.length < 2) return null;
  const place = visits.indexOf(visit);
  const go = (index: number) => {
    const other = visits[index];
    if (other !== undefined) scene.selectVisit(other);
  };
  return (
    <span className="pawl-visits-nav">
      <Button variant="inline-icon" iconName="angle-left" ariaLabel="Visit before" disabled={place <= 0} onClick={() => go(place - 1)} />
      <span className="pawl-digits">{`${(place + 1).toLocaleString("en")} of ${visits.length.toLocaleString("en")} visits`}</span>
      <Button variant="inline-icon" iconName="angle-right" ariaLabel="Next visit" disabled={place >= visits.length - 1} onClick={() => go(place + 1)} />
    </span>
  );
}

function VisitPanel({ scene, visit }: { scene: Scene; visit: Visit }) {
  const { history, snapshot } = scene;
  const until = snapshot.event;
  const ids = useMemo(() => eventsToLoad(history, visit, until), [history, visit, until, visit.lastEvent]);
  const { events, error, isLoading } = useEvents(scene.arn, ids);
  const data = useMemo(() => readVisit(history, visit, events, until), [history, visit, events, until, visit.lastEvent]);
  const status = snapshot.statusOf(visit);
  const isOpen = status === Status.Running || status === Status.Retrying;
  const where = laneName(history, visit.lane);
  return (
    <>
      <dl className="pawl-facts">
        <Fact term="Status">
          <VisitStatus status={status} />
        </Fact>
        <Fact term="Duration">
          <Duration beginMs={visit.enterMs} endMs={isOpen && scene.at === undefined ? 0 : isOpen ? history.msOf(until) : visit.endMs} />
        </Fact>
        <Fact term="Entered">{formatTime(new Date(visit.enterMs))}</Fact>
        {visit.attempts > 0 && <Fact term="Attempts">{data.attempts.length || visit.attempts}</Fact>}
        {where !== "" && (
          <Fact term="In">
            <bdi>{where}</bdi>
          </Fact>
        )}
        <Fact term="Events">
          <Button variant="inline-link" onClick={() => scene.selectEvent(visit.enterEvent)}>
            {visit.enterEvent.toLocaleString("en")}
          </Button>
          {visit.exitEvent > 0 && visit.exitEvent <= until && (
            <>
              {" to "}
              <Button variant="inline-link" onClick={() => scene.selectEvent(visit.exitEvent)}>
                {visit.exitEvent.toLocaleString("en")}
              </Button>
            </>
          )}
        </Fact>
        <VisitNavigator scene={scene} visit={visit} />
      </dl>
      <StartedLinks data={data} />
      {error !== undefined && <ErrorBox error={error} />}
      {data.failure !== undefined && (status === Status.Failed || status === Status.Caught || status === Status.Retrying) && (
        <Failure failure={data.failure} isCaught={status !== Status.Failed}>
          <Button variant="inline-link" onClick={() => scene.showInDefinition(visit.name)}>
            Its place in the definition
          </Button>
        </Failure>
      )}
      {isOpen && scene.at === undefined && <Waiting scene={scene} visit={visit} data={data} />}
      {visit.type === "Map" && visit.lanes.length > 0 && <Iterations scene={scene} visit={visit} />}
      <VisitTabs scene={scene} data={data} isLoading={isLoading} isOpen={isOpen} />
    </>
  );
}

function VisitTabs({ scene, data, isLoading, isOpen }: { scene: Scene; data: VisitData; isLoading: boolean; isOpen: boolean }) {
  const [tab, setTab] = useState<string>();
  const last = data.attempts.at(-1);
  const hasFunction = data.attempts.some((attempt) => startedBy(attempt).some((started) => started.kind === "function"));
  const later = isOpen ? "It is still in the state." : isLoading ? "Loading" : "There is none.";
  const tabs = [
    { id: "input", label: "Input", content: <Payload title="Input" text={data.input} none={isLoading ? "Loading" : "There is none."} /> },
    ...(last?.parameters === undefined ? [] : [{ id: "arguments", label: "Arguments", content: <Payload title="Arguments" text={last.parameters} none="" /> }]),
    ...(last?.result === undefined && last?.submitted === undefined ? [] : [{ id: "result", label: "Result", content: <Payload title="Result" text={last.result ?? last.submitted} none="" /> }]),
    { id: "output", label: "Output", content: <Payload title="Output" text={data.output} none={later} /> },
    ...(data.variables === undefined ? [] : [{ id: "variables", label: "Variables", content: <Payload title="Variables" text={data.variables} none="" /> }]),
    ...(data.attempts.length < 2 && data.failure === undefined ? [] : [{ id: "attempts", label: "Attempts", count: String(data.attempts.length), content: <Attempts attempts={data.attempts} scene={scene} /> }]),
    ...(hasFunction ? [{ id: "log", label: "Log", content: <FunctionLog attempts={data.attempts} /> }] : []),
  ];
  const active = tabs.some((each) => each.id === tab) ? tab : data.output !== undefined ? "output" : "input";
  return <CompactTabs ariaLabel="Data of the visit" active={active ?? "input"} onChange={setTab} tabs={tabs} />;
}
