// SPDX-License-Identifier: Apache-2.0
// The execution's graph at the moment looked at, and which iterations it shows.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Spinner from "@cloudscape-design/components/spinner";
import { useMemo, useRef } from "react";
import { StateGraph } from "../../graph/StateGraph";
import type { StateView } from "../../graph/types";
import { summarize, takenEdges } from "../../history/snapshot";
import { saveFile, svgText } from "./download";
import { executionName } from "./api";
import type { Scene } from "./scene";
import { distributedMaps } from "./in-definition";

interface Props {
  scene: Scene;
  problem: string | undefined;
}

export function ExecutionGraph({ scene, problem }: Props) {
  const { graph, history, snapshot, choice, live, selection } = scene;
  const frame = useRef<HTMLDivElement>(null);
  const summary = useMemo(() => summarize(history, snapshot, choice), [history, snapshot, choice, live.version]);
  const taken = useMemo(() => (graph === undefined ? undefined : takenEdges(graph, summary)), [graph, summary]);
  const views = useSteadyViews(useMemo(() => withMapRuns(scene, summary.views), [summary, live.mapRuns, scene.machine]));
  const pointer = useMemo(() => graph?.nodes.find((node) => node.kind === "State" && node.name === selection.state)?.pointer, [graph, selection.state]);

  if (graph === undefined) {
    return (
      <div className="pawl-exec-graph pawl-exec-centre">
        {problem === undefined ? <Spinner size="large" /> : <Box color="text-status-inactive">{`There is no picture: ${problem}`}</Box>}
      </div>
    );
  }
  const download = () => saveFile(`${executionName(scene.arn)}.svg`, "image/svg+xml", svgText(frame.current?.querySelector("svg.pawl-graph-picture") ?? null, graph));
  return (
    <div className="pawl-exec-graph" ref={frame}>
      <StateGraph graph={graph} ariaLabel="States of the execution" statuses={views} taken={taken} selected={pointer} onSelect={(chosen) => scene.selectState(graph.nodes.find((node) => node.pointer === chosen)?.name)} />
      <div className="pawl-exec-overlay">
        <ChosenIterations scene={scene} />
        {scene.at !== undefined && (
          <span className="pawl-chip pawl-chip-strong" role="status">
            <span>
              As of event <b>{scene.at.toLocaleString("en")}</b>
            </span>
            <Button variant="inline-link" onClick={() => scene.travel(undefined)}>
              Back to now
            </Button>
          </span>
        )}
      </div>
      <div className="pawl-exec-graph-actions">
        <ButtonDropdown variant="icon" ariaLabel="Graph actions" expandToViewport items={[{ id: "svg", text: "Download as SVG" }]} onItemClick={download} />
      </div>
    </div>
  );
}

/** Distributed Maps run their items elsewhere: their counts come with the Map Run. */
function withMapRuns(scene: Scene, views: Record<string, StateView>): Record<string, StateView> {
  if (scene.live.mapRuns.length === 0) return views;
  const out = { ...views };
  const maps = distributedMaps(scene.machine?.definition ?? "");
  for (const run of scene.live.mapRuns) {
    // arn:aws:states:REGION:ACCOUNT:mapRun:MACHINE/LABEL:ID: the label is the definition's, or drawn.
    const label = run.mapRunArn.split(":")[6]?.split("/")[1] ?? "";
    const unlabelled = maps.filter((map) => map.label === undefined);
    const map = maps.find((each) => each.label === label) ?? (unlabelled.length === 1 ? unlabelled[0] : undefined);
    const view = map === undefined ? undefined : out[map.name];
    if (map === undefined || view === undefined) continue;
    const { itemCounts: counts } = run;
    out[map.name] = { ...view, iterations: { total: counts.total, succeeded: counts.succeeded, failed: counts.failed + counts.timedOut, running: counts.running, aborted: counts.aborted } };
  }
  return out;
}

/** What did not change stays the same object, so that only what did is drawn. */
function useSteadyViews(views: Record<string, StateView>): Record<string, StateView> {
  const last = useRef<Record<string, StateView>>({});
  return useMemo(() => {
    const steady: Record<string, StateView> = {};
    for (const [name, view] of Object.entries(views)) {
      const old = last.current[name];
      steady[name] = old !== undefined && JSON.stringify(old) === JSON.stringify(view) ? old : view;
    }
    last.current = steady;
    return steady;
  }, [views]);
}

function ChosenIterations({ scene }: { scene: Scene }) {
  return [...scene.choice].map(([map, iteration]) => {
    const total = scene.history.visits.findLast((visit) => visit.name === map)?.items ?? 0;
    return (
      <span key={map} className="pawl-chip">
        <Button variant="inline-icon" iconName="angle-left" ariaLabel="Iteration before" disabled={iteration === 0} onClick={() => scene.choose(map, iteration - 1)} />
        <span>
          <bdi>{map}</bdi> <b className="pawl-digits">#{iteration.toLocaleString("en")}</b>
          {total > 0 && <span className="pawl-quiet"> of {total.toLocaleString("en")}</span>}
        </span>
        <Button variant="inline-icon" iconName="angle-right" ariaLabel="Next iteration" disabled={total > 0 && iteration >= total - 1} onClick={() => scene.choose(map, iteration + 1)} />
        <Button variant="inline-icon" iconName="close" ariaLabel={`Show all iterations of ${map}`} onClick={() => scene.choose(map, undefined)} />
      </span>
    );
  });
}
