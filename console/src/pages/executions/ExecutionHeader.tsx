// SPDX-License-Identifier: Apache-2.0
// Name, status and times of an execution, and what can be done with it.
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Popover from "@cloudscape-design/components/popover";
import { useState } from "react";
import { useNavigate } from "react-router";
import { useFrame } from "../../app/frame";
import { Link } from "../../components/Link";
import { StatusBadge } from "../../components/StatusBadge";
import { Timestamp, toDate } from "../../components/Timestamp";
import { paths } from "../services/shared/arn-path";
import { baseMachineArn, executionName, machineName, type Execution } from "./api";
import { call } from "../../api/console-api";
import { saveFile } from "./download";
import { Duration } from "./Duration";
import { historyJson } from "./history-file";
import type { Scene } from "./scene";
import { StartAgain } from "./StartAgain";
import { StopExecution } from "./StopExecution";

export function ExecutionHeader({ scene }: { scene: Scene }) {
  const { live, arn } = scene;
  const { execution } = live;
  const { succeeded, failed } = useFrame();
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<"stop" | "start" | "edit">();
  const [isBusy, setBusy] = useState(false);
  const isRunning = execution?.status === "RUNNING";

  const redrive = async () => {
    setBusy(true);
    try {
      await call("stepfunctions", "RedriveExecution", { executionArn: arn });
      succeeded("The execution goes on where it failed.");
      live.reopen();
    } catch (failure) {
      failed("The execution was not redriven", failure);
    } finally {
      setBusy(false);
    }
  };
  const download = async () => {
    try {
      saveFile(`${executionName(arn)}.json`, "application/json", await historyJson(arn, scene.history.last));
    } catch (failure) {
      failed("The history was not downloaded", failure);
    }
  };

  return (
    <header className="pawl-exec-head">
      <div className="pawl-exec-title">
        <h1>
          <bdi>{executionName(arn)}</bdi>
        </h1>
        <Button variant="inline-icon" iconName="copy" ariaLabel="Copy ARN" onClick={() => void navigator.clipboard?.writeText(arn).then(() => succeeded("The ARN was copied."))} />
        {execution !== undefined && <StatusBadge status={live.isGone ? "DELETED" : execution.status} />}
        <div className="pawl-exec-actions">
          {isRunning && !live.isGone && <Button onClick={() => setDialog("stop")}>Stop</Button>}
          {execution !== undefined && !isRunning && execution.status !== "SUCCEEDED" && <Redrive execution={execution} isBusy={isBusy || live.isGone} onRedrive={() => void redrive()} />}
          <Button disabled={execution === undefined} onClick={() => setDialog("start")}>
            Start again
          </Button>
          <ButtonDropdown
            ariaLabel="More actions"
            variant="normal"
            items={[
              { id: "edit", text: "Start again with edited input", disabled: execution === undefined },
              { id: "copy", text: "Copy ARN" },
              { id: "history", text: "Download history as JSON" },
            ]}
            onItemClick={({ detail }) => {
              if (detail.id === "edit") setDialog("edit");
              else if (detail.id === "copy") void navigator.clipboard?.writeText(arn);
              else void download();
            }}
          >
            Actions
          </ButtonDropdown>
        </div>
      </div>
      <dl className="pawl-facts">
        <Facts scene={scene} execution={execution} />
      </dl>
      {dialog === "stop" && <StopExecution arn={arn} onClose={() => setDialog(undefined)} />}
      {(dialog === "start" || dialog === "edit") && execution !== undefined && (
        <StartAgain execution={execution} isEditing={dialog === "edit"} onClose={() => setDialog(undefined)} onStarted={(started) => void navigate(paths.execution(started))} />
      )}
    </header>
  );
}

function Facts({ scene, execution }: { scene: Scene; execution: Execution | undefined }) {
  const { live } = scene;
  if (execution === undefined) return null;
  const machineArn = baseMachineArn(execution.stateMachineArn);
  const beginMs = toDate(execution.startDate).getTime();
  const endMs = execution.stopDate === undefined ? undefined : toDate(execution.stopDate).getTime();
  const child = execution.mapRunArn;
  return (
    <>
      <Fact term="Duration">
        <Duration beginMs={beginMs} endMs={endMs} />
      </Fact>
      <Fact term="State machine">
        <Link to={paths.stateMachine(machineArn)}>
          <bdi>{machineName(execution.stateMachineArn).split("/")[0]}</bdi>
        </Link>
      </Fact>
      {execution.stateMachineVersionArn !== undefined && <Fact term="Version">{execution.stateMachineVersionArn.split(":").at(-1)}</Fact>}
      {execution.stateMachineAliasArn !== undefined && <Fact term="Alias">{execution.stateMachineAliasArn.split(":").at(-1)}</Fact>}
      {child !== undefined && (
        <Fact term="Map Run">
          <Link to={paths.mapRun(child)}>{child.split(":").at(-1)}</Link>
        </Fact>
      )}
      <Fact term="Started">
        <Timestamp value={execution.startDate} />
      </Fact>
      {execution.stopDate !== undefined && (
        <Fact term="Ended">
          <Timestamp value={execution.stopDate} />
        </Fact>
      )}
      {(execution.redriveCount ?? 0) > 0 && <Fact term="Redrives">{execution.redriveCount}</Fact>}
      {live.mapRuns.length > 0 && (
        <Fact term="Map Runs">
          {live.mapRuns.slice(0, 3).map((run) => (
            <span key={run.mapRunArn}>
              <Link to={paths.mapRun(run.mapRunArn)}>{run.mapRunArn.split(":")[6]?.split("/")[1] ?? run.mapRunArn}</Link>{" "}
            </span>
          ))}
        </Fact>
      )}
    </>
  );
}

export function Fact({ term, children }: { term: string; children: React.ReactNode }) {
  return (
    <div className="pawl-fact">
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Redrive({ execution, isBusy, onRedrive }: { execution: Execution; isBusy: boolean; onRedrive: () => void }) {
  const isRedrivable = execution.redriveStatus === undefined || execution.redriveStatus === "REDRIVABLE";
  if (isRedrivable)
    return (
      <Button loading={isBusy} onClick={onRedrive}>
        Redrive
      </Button>
    );
  return (
    <Popover dismissButton={false} triggerType="custom" content={<span className="pawl-wrap">{execution.redriveStatusReason ?? "It cannot be redriven."}</span>}>
      <Button disabled disabledReason={execution.redriveStatusReason ?? "It cannot be redriven."}>
        Redrive
      </Button>
    </Popover>
  );
}
