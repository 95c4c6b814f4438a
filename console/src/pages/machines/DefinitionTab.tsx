// SPDX-License-Identifier: Apache-2.0
// The definition of a machine: source beside picture.
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMemo, useRef } from "react";
import { useSearchParams } from "react-router";
import { useFrame } from "../../app/frame";
import { jsonToYaml } from "../../editor/convert";
import { formatJson } from "../../editor/json-scan";
import type { Language } from "../../editor/places";
import { useDefinitionCheck } from "../../editor/use-definition-check";
import type { LaidOutGraph } from "../../graph/types";
import type { Machine } from "./api";
import { download, fileName, pngOf, svgOf } from "./download";
import { QueryLanguageBadge } from "./QueryLanguageBadge";
import { Workbench } from "./Workbench";

/** What somebody wrote on one line is laid out to be read. */
export function readable(definition: string): string {
  return definition.includes("\n") ? definition : (formatJson(definition) ?? definition);
}

export function DefinitionTab({ machine }: { machine: Machine }) {
  const frame = useFrame();
  const [search, setSearch] = useSearchParams();
  const language: Language = search.get("as") === "yaml" ? "YAML" : "JSON";
  const json = useMemo(() => readable(machine.definition), [machine.definition]);
  const text = useMemo(() => (language === "YAML" ? (jsonToYaml(json).text ?? json) : json), [json, language]);
  const check = useDefinitionCheck(json, "JSON", machine.type);
  const place = useRef<HTMLDivElement>(null);
  const selected = search.get("state");

  const change = (name: string, value: string | null) =>
    setSearch((old) => {
      const next = new URLSearchParams(old);
      if (value === null) next.delete(name);
      else next.set(name, value);
      return next;
    }, { replace: true });

  const save = async (as: string) => {
    if (as === "json") return download(fileName(machine.name, "asl.json"), json, "application/json");
    if (as === "yaml") return download(fileName(machine.name, "asl.yaml"), jsonToYaml(json).text ?? json, "application/yaml");
    const picture = place.current?.querySelector<SVGSVGElement>("svg.pawl-graph-picture");
    const graph = check.graph as LaidOutGraph | undefined;
    if (!picture || !graph) return;
    const svg = svgOf(picture, graph, getComputedStyle(place.current?.querySelector(".pawl-graph") ?? picture).backgroundColor);
    if (as === "svg") download(fileName(machine.name, "svg"), svg, "image/svg+xml");
    else download(fileName(machine.name, "png"), await pngOf(svg, graph));
  };

  return (
    <div ref={place}>
      <Workbench
        value={text}
        language={language}
        check={check}
        selected={selected}
        onSelect={(pointer) => change("state", pointer)}
        height="max(420px, calc(100vh - 290px))"
        graphLabel={`The states of ${machine.name}`}
        bar={
          <>
            <SpaceBetween direction="horizontal" size="xs" alignItems="center">
              <SegmentedControl
                label="Language of the source"
                selectedId={language}
                onChange={({ detail }) => change("as", detail.selectedId === "YAML" ? "yaml" : null)}
                options={[
                  { id: "JSON", text: "JSON" },
                  { id: "YAML", text: "YAML" },
                ]}
              />
              <QueryLanguageBadge definition={json} />
            </SpaceBetween>
            <Button iconName="copy" variant="inline-icon" ariaLabel="Copy the definition" onClick={() => void navigator.clipboard?.writeText(text).then(() => frame.succeeded("The definition was copied."))} />
          </>
        }
        graphBar={
          <>
            <span />
              <ButtonDropdown
                items={[
                  { id: "json", text: "Definition as JSON" },
                  { id: "yaml", text: "Definition as YAML" },
                  { id: "svg", text: "Picture as SVG", disabled: !check.graph },
                  { id: "png", text: "Picture as PNG", disabled: !check.graph },
                ]}
                onItemClick={({ detail }) => void save(detail.id).catch((failure: unknown) => frame.failed("The picture was not made", failure))}
              >
                Download
              </ButtonDropdown>
          </>
        }
      />
    </div>
  );
}
