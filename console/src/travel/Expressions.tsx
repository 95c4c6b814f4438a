// SPDX-License-Identifier: Apache-2.0
// Every expression of a state with its value at the moment.
import { type Expression, fieldOf, type Line } from "./moment";
import { ValueCell } from "./ValueCell";

interface Props {
  line: Line;
  changed: ReadonlySet<string>;
  onLoad: (index: number) => Promise<unknown>;
}

export function Expressions({ line, changed, onLoad }: Props) {
  if (line.expressions === null) return <p className="pawl-travel-quiet">{line.enteredEvent === 0 ? "The state has not been entered yet." : "Select this line to evaluate its expressions."}</p>;
  if (line.expressions.length === 0) return <p className="pawl-travel-quiet">This state has no expressions.</p>;
  return (
    <table className="pawl-travel-table">
      <caption className="pawl-travel-caption">{`Expressions of ${line.state}, ${line.language}`}</caption>
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Expression</th>
          <th scope="col">Value</th>
        </tr>
      </thead>
      <tbody>
        {line.expressions.map((each, index) => (
          <Row key={`${each.pointer} ${each.note ?? ""}`} line={line} expression={each} isChanged={changed.has(each.pointer)} onLoad={() => onLoad(index)} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ line, expression, isChanged, onLoad }: { line: Line; expression: Expression; isChanged: boolean; onLoad: () => Promise<unknown> }) {
  const field = fieldOf(expression, line);
  const isDead = expression.pending !== undefined;
  return (
    <tr className={isChanged ? "pawl-travel-changed" : isDead ? "pawl-travel-dead" : undefined}>
      <th scope="row" className="pawl-travel-field">
        {field.map((part, index) => (
          <span key={index}>
            {index > 0 && <span className="pawl-travel-quiet"> › </span>}
            <bdi>{part}</bdi>
          </span>
        ))}
        {isChanged && <span className="pawl-travel-mark">changed</span>}
      </th>
      <td>
        <bdi className="pawl-mono pawl-wrap">{expression.text}</bdi>
      </td>
      <td>
        <Worth expression={expression} label={field.join(" ")} onLoad={onLoad} />
      </td>
    </tr>
  );
}

function Worth({ expression, label, onLoad }: { expression: Expression; label: string; onLoad: () => Promise<unknown> }) {
  const { error, pending, note, kind } = expression;
  if (error !== undefined)
    return (
      <span className="pawl-travel-error">
        <b>
          <bdi>{error.error ?? "Error"}</bdi>
        </b>
        <bdi className="pawl-wrap">{`: ${error.cause ?? ""}`}</bdi>
        {note !== undefined && <Note text={note} />}
      </span>
    );
  if (pending !== undefined) return <span className="pawl-travel-quiet">{pending}</span>;
  return (
    <>
      {kind === "retrier" || kind === "catcher" ? <Handler value={expression.value} kind={kind} /> : <ValueCell shown={expression} label={label} onLoad={onLoad} />}
      {note !== undefined && <Note text={note} />}
      {expression.recorded && <Note text="as recorded" />}
      {expression.random && !expression.recorded && <Note text="random: not the value of then" />}
    </>
  );
}

function Note({ text }: { text: string }) {
  return <span className={text === "chosen" ? "pawl-travel-mark pawl-travel-chosen" : "pawl-travel-mark"}>{text}</span>;
}

function Handler({ value, kind }: { value: unknown; kind: "retrier" | "catcher" }) {
  const { attempts, maxAttempts, matches, next } = value as { attempts?: number; maxAttempts?: number; matches?: boolean; next?: string };
  return (
    <span>
      {kind === "retrier" ? `${attempts ?? 0} of ${maxAttempts ?? 0} retries made` : "to "}
      {next !== undefined && <bdi>{next}</bdi>}
      {matches !== undefined && <Note text={matches ? "matches" : "does not match"} />}
    </span>
  );
}
