// SPDX-License-Identifier: Apache-2.0
// A schedule: when it fires, what it calls.
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useNavigate, useParams } from "react-router";
import { call } from "../../../api/console-api";
import { useCall } from "../../../api/use-call";
import { useCrumbs } from "../../../app/frame";
import { JsonView } from "../../../components/JsonView";
import { StatusBadge } from "../../../components/StatusBadge";
import { Timestamp } from "../../../components/Timestamp";
import { ArnLink } from "../shared/ArnLink";
import { paths } from "../shared/arn-path";
import { FactList, Facts } from "../shared/Facts";
import { LoadedView } from "../shared/LoadedView";
import { SwitchableHeader } from "../shared/SwitchableHeader";
import { useAct } from "../shared/use-act";
import { type Schedule, setState } from "./schedule";

export default function SchedulePage() {
  const { group = "default", name = "" } = useParams();
  const navigate = useNavigate();
  const act = useAct();
  useCrumbs(["Schedules", "/scheduler"], [name, paths.schedule(group, name)]);
  const loaded = useCall<Schedule>("scheduler", "GetSchedule", { GroupName: group, Name: name });
  const isOn = loaded.data?.State === "ENABLED";
  const change = async () => {
    await act({ failed: "The schedule could not be changed", succeeded: isOn ? "The schedule is disabled." : "The schedule is enabled." }, () => setState(group, name, !isOn));
    loaded.reload();
  };
  const remove = async () => {
    const isDone = await act({ failed: "The schedule could not be deleted", succeeded: "The schedule was deleted." }, () => call("scheduler", "DeleteSchedule", { GroupName: group, Name: name }));
    if (isDone) void navigate("/scheduler");
  };
  return (
    <SpaceBetween size="m">
      <SwitchableHeader kind="schedule" name={name} arn={loaded.data?.Arn} switchText={isOn ? "Disable" : "Enable"} onSwitch={change} onDelete={remove} />
      <LoadedView loaded={loaded}>{(schedule) => <Details schedule={schedule} />}</LoadedView>
    </SpaceBetween>
  );
}

function Details({ schedule }: { schedule: Schedule }) {
  const { Target: target, FlexibleTimeWindow: flexible } = schedule;
  return (
    <SpaceBetween size="m">
      <Facts
        facts={[
          ["Status", <StatusBadge status={schedule.State ?? ""} />],
          ["Schedule", <span className="pawl-mono">{schedule.ScheduleExpression}</span>],
          ["Time zone", schedule.ScheduleExpressionTimezone ?? "UTC"],
          ["Flexible window", flexible?.Mode === "FLEXIBLE" ? `${flexible.MaximumWindowInMinutes ?? 0} min` : "Off"],
          ["Group", <bdi>{schedule.GroupName}</bdi>],
          ["From", schedule.StartDate === undefined ? undefined : <Timestamp value={schedule.StartDate} />],
          ["Until", schedule.EndDate === undefined ? undefined : <Timestamp value={schedule.EndDate} />],
          ["After completion", schedule.ActionAfterCompletion],
          ["Created", <Timestamp value={schedule.CreationDate} />],
          ["Last modified", <Timestamp value={schedule.LastModificationDate} />],
          ["Description", schedule.Description ? <bdi>{schedule.Description}</bdi> : undefined],
        ]}
      />
      {target !== undefined && (
        <Container header={<Header variant="h2">Target</Header>}>
          <SpaceBetween size="s">
            <FactList
              columns={2}
              facts={[
                ["ARN", <ArnLink arn={target.Arn} />],
                ["Role", target.RoleArn === undefined ? undefined : <ArnLink arn={target.RoleArn} />],
                ["Retries", target.RetryPolicy?.MaximumRetryAttempts ?? 185],
                ["Dead letters", target.DeadLetterConfig?.Arn === undefined ? undefined : <ArnLink arn={target.DeadLetterConfig.Arn} />],
              ]}
            />
            {target.Input !== undefined && <JsonView text={target.Input} label="Input" />}
          </SpaceBetween>
        </Container>
      )}
    </SpaceBetween>
  );
}
