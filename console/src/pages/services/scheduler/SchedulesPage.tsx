// SPDX-License-Identifier: Apache-2.0
// Schedules of all groups: list, enable, disable, delete.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import { call } from "../../../api/console-api";
import { useCrumbs } from "../../../app/frame";
import { ConfirmButton } from "../../../components/ConfirmButton";
import { Empty } from "../../../components/Empty";
import { Link, Name } from "../../../components/Link";
import { StatusBadge } from "../../../components/StatusBadge";
import { Timestamp } from "../../../components/Timestamp";
import { ArnLink } from "../shared/ArnLink";
import { paths } from "../shared/arn-path";
import { useListing } from "../shared/list-pages";
import { ListTable } from "../shared/ListTable";
import { useAct } from "../shared/use-act";
import { type ScheduleSummary, setState } from "./schedule";

export default function SchedulesPage() {
  useCrumbs(["Schedules", "/scheduler"]);
  const act = useAct();
  const pages = useListing<{ Schedules?: ScheduleSummary[] }, ScheduleSummary>({
    service: "scheduler",
    operation: "ListSchedules",
    input: { MaxResults: 50 },
    itemsOf: (output) => output.Schedules,
  });
  const change = async ({ GroupName, Name: name }: ScheduleSummary, isOn: boolean) => {
    await act({ failed: "The schedule could not be changed", succeeded: isOn ? "Enabled." : "Disabled." }, () => setState(GroupName, name, isOn));
    pages.reload();
  };
  const remove = async (schedules: ScheduleSummary[]) => {
    await act({ failed: "The schedule could not be deleted", succeeded: "Deleted." }, async () => {
      for (const { GroupName, Name: name } of schedules) await call("scheduler", "DeleteSchedule", { GroupName, Name: name });
    });
    pages.reload();
  };
  return (
    <ListTable
      title="Schedules"
      noun="schedules"
      variant="full-page"
      pages={pages}
      idOf={(schedule) => `${schedule.GroupName}/${schedule.Name}`}
      textOf={(schedule) => `${schedule.GroupName} ${schedule.Name} ${schedule.Target?.Arn ?? ""}`}
      selection="multi"
      actions={(selected) => {
        const [first] = selected;
        const isOne = selected.length === 1 && first !== undefined;
        return (
          <>
            <Button disabled={!isOne} onClick={() => first && void change(first, first.State !== "ENABLED")}>
              {isOne && first.State === "ENABLED" ? "Disable" : "Enable"}
            </Button>
            <ConfirmButton text="Delete" title="Delete schedules" disabled={selected.length === 0} onConfirm={() => remove(selected)}>
              <Box>{`Delete ${selected.length === 1 ? "this schedule" : `these ${selected.length} schedules`}? This cannot be undone.`}</Box>
            </ConfirmButton>
          </>
        );
      }}
      empty={<Empty title="No schedules">Create one by aws scheduler create-schedule, CloudFormation or Terraform.</Empty>}
      columns={[
        { id: "name", header: "Name", cell: (item) => <Link to={paths.schedule(item.GroupName, item.Name)}><Name>{item.Name}</Name></Link>, sortingField: "Name", isRowHeader: true },
        { id: "group", header: "Group", cell: (item) => <Name>{item.GroupName}</Name>, sortingField: "GroupName" },
        { id: "state", header: "Status", cell: (item) => <StatusBadge status={item.State ?? ""} />, sortingField: "State" },
        { id: "target", header: "Target", cell: (item) => <ArnLink arn={item.Target?.Arn ?? "-"} short /> },
        { id: "modified", header: "Last modified", cell: (item) => <Timestamp value={item.LastModificationDate} />, sortingField: "LastModificationDate" },
      ]}
    />
  );
}
