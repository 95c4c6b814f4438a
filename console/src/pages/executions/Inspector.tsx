// SPDX-License-Identifier: Apache-2.0
// Beside the graph: the execution's input and output, the selected state's visit, the selected event.
import Tabs from "@cloudscape-design/components/tabs";
import { EventPanel } from "./EventPanel";
import { ExecutionPanel } from "./ExecutionPanel";
import type { Scene } from "./scene";
import { StatePanel } from "./StatePanel";

export function Inspector({ scene }: { scene: Scene }) {
  const { selection } = scene;
  return (
    <aside className="pawl-exec-side" aria-label="Details">
      <Tabs
        ariaLabel="Details"
        disableContentPaddings
        activeTabId={scene.side}
        onChange={({ detail }) => scene.showSide(detail.activeTabId)}
        tabs={[
          { id: "execution", label: "Execution", content: <ExecutionPanel scene={scene} /> },
          { id: "state", label: "State", content: <StatePanel scene={scene} /> },
          { id: "event", label: selection.event === undefined ? "Event" : `Event ${selection.event.toLocaleString("en")}`, content: <EventPanel scene={scene} /> },
        ]}
      />
    </aside>
  );
}
