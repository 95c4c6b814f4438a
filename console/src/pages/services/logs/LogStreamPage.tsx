// SPDX-License-Identifier: Apache-2.0
// A log stream: its events, live.
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useParams, useSearchParams } from "react-router";
import { useCrumbs } from "../../../app/frame";
import { Link, Name } from "../../../components/Link";
import { paths } from "../shared/arn-path";
import { LogEventsView } from "./LogEventsView";

export default function LogStreamPage() {
  const { group = "" } = useParams();
  const [params] = useSearchParams();
  const stream = params.get("stream") ?? undefined;
  useCrumbs(["Logs", "/logs"], [group, paths.logGroup(group)], [stream ?? "Events", paths.logStream(group, stream ?? "")]);
  return (
    <SpaceBetween size="m">
      <Header variant="h1" description={<Link to={paths.logGroup(group)}><Name>{group}</Name></Link>}>
        <Name>{stream ?? "Events"}</Name>
      </Header>
      <LogEventsView key={`${group}\n${stream}`} group={group} stream={stream} rangeAtFirst="all" />
    </SpaceBetween>
  );
}
