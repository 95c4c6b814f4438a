// SPDX-License-Identifier: Apache-2.0
// The definition the execution runs, with the selected state marked.
import Box from "@cloudscape-design/components/box";
import { useMemo } from "react";
import { DefinitionEditor } from "../../editor/DefinitionEditor";
import type { Scene } from "./scene";

export default function DefinitionTab({ scene }: { scene: Scene }) {
  const { machine, graph, selection } = scene;
  const pointer = useMemo(() => graph?.nodes.find((node) => node.kind === "State" && node.name === selection.state)?.pointer ?? null, [graph, selection.state]);
  if (machine === undefined) return <Box color="text-status-inactive">The definition was not loaded.</Box>;
  return (
    <DefinitionEditor
      value={machine.definition}
      readOnly
      highlight={pointer}
      height={420}
      label="Definition"
      onCursorPointer={(at) => {
        const name = graph?.nodes.find((node) => node.pointer === at)?.name;
        if (name !== undefined && name !== selection.state) scene.selectState(name);
      }}
    />
  );
}
