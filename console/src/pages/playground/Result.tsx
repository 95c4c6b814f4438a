// SPDX-License-Identifier: Apache-2.0
// What the expression gives, or why it gives nothing.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import { JsonView } from "../../components/JsonView";
import { ValueCell } from "../../travel/ValueCell";
import type { Answer, Part } from "./question";

export function Result({ answer, isStale }: { answer: Answer; isStale: boolean }) {
  const parts = answer.parts ?? [];
  return (
    <div className={isStale ? "pawl-play-result pawl-play-stale" : "pawl-play-result"} aria-live="polite">
      {answer.error === undefined ? (
        <JsonView text={JSON.stringify(answer.value) ?? "null"} label="Result" heightMax={360} />
      ) : (
        <Alert type={answer.undefined ? "info" : "error"} header={answer.undefined ? "Nothing (undefined)" : answer.error}>
          <span className="pawl-wrap">
            {answer.undefined ? "A field of a state with this expression fails with States.QueryEvaluationError." : answer.cause}
            {answer.position !== undefined && ` (line ${answer.position.line}, column ${answer.position.column})`}
          </span>
        </Alert>
      )}
      <Box fontSize="body-s" color="text-body-secondary">
        {facts(answer).join(" · ")}
      </Box>
      {parts.length > 0 && <Parts parts={parts} />}
    </div>
  );
}

function facts(answer: Answer): string[] {
  const micros = answer.micros < 1000 ? `${answer.micros} µs` : `${(answer.micros / 1000).toFixed(1)} ms`;
  if (answer.definite === undefined) return [micros];
  return [micros, answer.definite ? "a definite path: it names one place" : "an indefinite path: it gives a list"];
}

function Parts({ parts }: { parts: Part[] }) {
  return (
    <table className="pawl-travel-table">
      <thead>
        <tr>
          <th scope="col">Place</th>
          <th scope="col">Expression</th>
          <th scope="col">Value</th>
        </tr>
      </thead>
      <tbody>
        {parts.map((part) => (
          <tr key={part.pointer}>
            <th scope="row">
              <bdi>{part.pointer.split("/").slice(1).join(" › ")}</bdi>
            </th>
            <td>
              <bdi className="pawl-mono pawl-wrap">{part.text}</bdi>
            </td>
            <td>
              {part.error === undefined ? (
                <ValueCell shown={{ value: part.value }} label={part.pointer} />
              ) : (
                <span className="pawl-travel-error">
                  <b>{part.error}</b>
                  <bdi className="pawl-wrap">{`: ${part.cause ?? ""}`}</bdi>
                </span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
