// SPDX-License-Identifier: Apache-2.0
// What a visit started that has a page of its own: child executions, jobs, Map Runs, functions.
import { Link } from "../../components/Link";
import { pathOf, paths } from "../services/shared/arn-path";
import { Fact } from "./ExecutionHeader";
import { executionName } from "./api";
import { type Started, startedBy, type VisitData } from "./visit-data";

const kTerms: Record<Started["kind"], string> = { execution: "Child execution", job: "Batch job", task: "ECS task", mapRun: "Map Run", function: "Function" };

function pathOfStarted({ kind, id }: Started): string | undefined {
  if (kind === "execution") return paths.execution(id);
  if (kind === "mapRun") return paths.mapRun(id);
  if (kind === "job") return paths.job(id);
  if (kind === "function") return paths.lambda(id);
  return pathOf(id);
}

function nameOf({ kind, id }: Started): string {
  if (kind === "execution") return executionName(id);
  if (kind === "mapRun") return id.split("/").at(-1) ?? id;
  return id.split("/").at(-1) ?? id;
}

export function StartedLinks({ data }: { data: VisitData }) {
  const last = data.attempts.at(-1);
  const started = last === undefined ? [] : startedBy(last);
  if (started.length === 0) return null;
  return (
    <dl className="pawl-facts">
      {started.map((each) => {
        const path = pathOfStarted(each);
        const name = <bdi>{nameOf(each)}</bdi>;
        return (
          <Fact key={each.kind} term={kTerms[each.kind]}>
            {path === undefined ? name : <Link to={path}>{name}</Link>}
          </Fact>
        );
      })}
    </dl>
  );
}
