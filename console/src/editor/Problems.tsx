// SPDX-License-Identifier: Apache-2.0
// What is wrong with a definition, one line each; a click goes there.
import "./editor.css";
import type { Diagnostic } from "./diagnostics";

const kShownMax = 100;

function whereOf(diagnostic: Diagnostic): string {
  if (diagnostic.location !== undefined && diagnostic.location !== "") return diagnostic.location;
  return diagnostic.line === undefined ? "" : `line ${diagnostic.line}`;
}

export function Problems({ diagnostics, onJump }: { diagnostics: readonly Diagnostic[]; onJump: (diagnostic: Diagnostic) => void }) {
  if (diagnostics.length === 0) return null;
  return (
    <ul className="pawl-problems" aria-label="Problems">
      {diagnostics.slice(0, kShownMax).map((each, index) => (
        <li key={index}>
          <button type="button" className="pawl-problem" onClick={() => onJump(each)}>
            <span className={each.severity === "ERROR" ? "pawl-problem-error" : "pawl-problem-warning"} aria-label={each.severity === "ERROR" ? "Error" : "Warning"} role="img">
              {each.severity === "ERROR" ? "●" : "▲"}
            </span>
            <span className="pawl-wrap">
              <bdi>{each.message}</bdi>
            </span>
            <span className="pawl-problem-where pawl-mono">
              <bdi>{whereOf(each)}</bdi>
            </span>
          </button>
        </li>
      ))}
      {diagnostics.length > kShownMax && <li className="pawl-problem-where">{`and ${diagnostics.length - kShownMax} more`}</li>}
    </ul>
  );
}
