// SPDX-License-Identifier: Apache-2.0
// Beside the graph: the execution's input and output, the selected state's visit, the selected event.
import { CompactTabs } from "../../components/CompactTabs";
import { EventPanel } from "./EventPanel";
import { ExecutionPanel } from "./ExecutionPanel";
import type { Scene } from "./scene";
import { StatePanel } from "./StatePanel";

export function Inspector({ scene }: { scene: Scene }) {
  const { selection } = scene;
  return (
    <aside className="pawl-exec-side" aria-label="Details">
      <CompactTabs
        ariaLabel="Details"
        active={scene.side}
        onChange={scene.showSide}
        tabs={[
          { id: "execution", label: "Execution", content: <ExecutionPanel scene={scene} /> },
          { id: "state", label: "State", content: <StatePanel scene={scene} /> },
          { id: "event", label: "Event", count: selection.event?.toLocaleString("en"), content: <EventPanel scene={scene} /> },
        ]}
      />
    </aside>
  );
}
