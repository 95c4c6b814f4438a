// SPDX-License-Identifier: Apache-2.0
// One line at the moment: its data, variables, Context Object and expressions.
import { useMemo } from "react";
import { Expressions } from "./Expressions";
import { changedExpressions, changedVariables, type Line, type Moment, type ShownValue } from "./moment";
import { loadWhole } from "./use-moment";
import { ValueCell } from "./ValueCell";

interface Props {
  moment: Moment;
  before: Moment | undefined;
  line: Line;
}

export function LineDetail({ moment, before, line }: Props) {
  const old = before?.lines.find((each) => each.line === line.line);
  const changed = useMemo(() => changedExpressions(old, line), [old, line]);
  const assigned = useMemo(() => changedVariables(old, line), [old, line]);
  const place = `/lines/${moment.lines.indexOf(line)}`;
  const load = (below: string) => () => loadWhole(moment.executionArn, moment.event.id, line.line, place + below);
  const variables = Object.entries(line.variables);

  return (
    <div className="pawl-travel-detail">
      <section aria-label="Data" className="pawl-travel-block">
        <Facts line={line} />
        {line.enteredEvent > 0 && <Data name="Input" shown={line.input} onLoad={load("/input")} />}
        {line.arguments !== undefined && <Data name="Arguments" shown={line.arguments} onLoad={load("/arguments")} />}
        {line.result !== undefined && <Data name="Result" shown={line.result} onLoad={load("/result")} />}
        {line.output !== undefined && <Data name="Output" shown={line.output} onLoad={load("/output")} />}
      </section>
      <section aria-label="Variables" className="pawl-travel-block">
        <h4>Variables</h4>
        {variables.length + line.outerVariables.length === 0 && <p className="pawl-travel-quiet">None are assigned.</p>}
        {variables.map(([name, shown]) => (
          <div key={name} className={assigned.has(name) ? "pawl-travel-variable pawl-travel-changed" : "pawl-travel-variable"}>
            <bdi className="pawl-mono pawl-travel-name">{`$${name}`}</bdi>
            {assigned.has(name) && <span className="pawl-travel-mark">changed</span>}
            <ValueCell shown={shown} label={`$${name}`} onLoad={load(`/variables/${name}`)} />
          </div>
        ))}
        {line.outerVariables.map((each, index) => (
          <div key={`${each.line} ${each.name}`} className="pawl-travel-variable">
            <bdi className="pawl-mono pawl-travel-name">{`$${each.name}`}</bdi>
            <span className="pawl-travel-mark">outer</span>
            <ValueCell shown={each} label={`$${each.name}`} onLoad={load(`/outerVariables/${index}`)} />
          </div>
        ))}
      </section>
      <section aria-label="Context Object" className="pawl-travel-block">
        <h4>Context</h4>
        {line.context === null ? <p className="pawl-travel-quiet">The state has not been entered yet.</p> : <ValueCell shown={line.context} label="Context" onLoad={load("/context")} isOpen heightMax={180} />}
      </section>
      <section aria-label="Expressions" className="pawl-travel-all">
        <Expressions line={line} changed={changed} onLoad={(index) => load(`/expressions/${index}`)()} />
      </section>
    </div>
  );
}

function Facts({ line }: { line: Line }) {
  return (
    <>
      <h4>
        <span className={`pawl-travel-dot pawl-travel-dot-${line.stage}`} aria-hidden /> <bdi>{line.state}</bdi>{" "}
        <span className="pawl-travel-quiet">{`${line.type} · ${line.phase}`}</span>
      </h4>
      {line.waits.map((wait) => (
        <p key={wait} className="pawl-travel-quiet">{`It waits ${wait.startsWith("until") ? "" : "for "}${wait}.`}</p>
      ))}
      {line.error !== undefined && (
        <p className="pawl-travel-error">
          <b>
            <bdi>{line.error.error ?? "Failed"}</bdi>
          </b>
          <bdi className="pawl-wrap">{line.error.cause ? `: ${line.error.cause}` : ""}</bdi>
        </p>
      )}
    </>
  );
}

function Data({ name, shown, onLoad }: { name: string; shown: ShownValue; onLoad: () => Promise<unknown> }) {
  return (
    <div className="pawl-travel-data">
      <span className="pawl-travel-label">{name}</span>
      <ValueCell shown={shown} label={name} onLoad={onLoad} />
    </div>
  );
}
