// SPDX-License-Identifier: Apache-2.0
// Each attempt of a task, with what it failed with.
import Button from "@cloudscape-design/components/button";
import { formatDuration } from "../../components/Timestamp";
import { Failure } from "./Failure";
import type { Scene } from "./scene";
import type { Attempt } from "./visit-data";

const kDots: Record<Attempt["outcome"], string> = { Running: "Running", Succeeded: "Succeeded", Failed: "Failed", "Timed out": "Failed" };

export function Attempts({ attempts, scene }: { attempts: Attempt[]; scene: Scene }) {
  return (
    <ol className="pawl-attempts">
      {attempts.map((attempt, index) => {
        const before = attempts[index - 1];
        return (
          <li key={attempt.beginEvent}>
            <div className="pawl-attempt-head">
              <b className="pawl-digits">{attempt.number}</b>
              <span className={`pawl-dot pawl-dot-${kDots[attempt.outcome]}`}>
                <span aria-hidden className="pawl-dot-mark" />
                {attempt.outcome}
              </span>
              {attempt.endMs > 0 && <span className="pawl-digits">{formatDuration(attempt.endMs - attempt.beginMs)}</span>}
              {before !== undefined && before.endMs > 0 && <span className="pawl-quiet">{`after a wait of ${formatDuration(attempt.beginMs - before.endMs)}`}</span>}
              <span className="pawl-panel-end">
                <Button variant="inline-link" onClick={() => scene.selectEvent(attempt.endEvent || attempt.beginEvent)}>
                  {`Event ${(attempt.endEvent || attempt.beginEvent).toLocaleString("en")}`}
                </Button>
              </span>
            </div>
            {attempt.outcome !== "Running" && attempt.outcome !== "Succeeded" && <Failure failure={{ error: attempt.error, cause: attempt.cause }} isCaught={index + 1 < attempts.length} />}
          </li>
        );
      })}
    </ol>
  );
}
