// SPDX-License-Identifier: Apache-2.0
// What can be done with an execution of a list.
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import { useState } from "react";
import { useNavigate } from "react-router";
import { call } from "../../api/console-api";
import { useFrame } from "../../app/frame";
import { paths } from "../services/shared/arn-path";
import type { Execution, ExecutionItem } from "./api";
import { StartAgain } from "./StartAgain";
import { StopExecution } from "./StopExecution";

export function RowActions({ item }: { item: ExecutionItem }) {
  const { succeeded, failed } = useFrame();
  const navigate = useNavigate();
  const [execution, setExecution] = useState<Execution>();
  const [isStopping, setStopping] = useState(false);
  const isRunning = item.status === "RUNNING";

  const act = async (action: string) => {
    try {
      if (action === "open") void navigate(paths.execution(item.executionArn));
      else if (action === "stop") setStopping(true);
      else if (action === "copy") await navigator.clipboard?.writeText(item.executionArn);
      else if (action === "redrive") {
        await call("stepfunctions", "RedriveExecution", { executionArn: item.executionArn });
        succeeded("The execution goes on where it failed.");
      } else setExecution(await call<Execution>("stepfunctions", "DescribeExecution", { executionArn: item.executionArn }));
    } catch (failure) {
      failed(action === "redrive" ? "The execution was not redriven" : "The execution was not loaded", failure);
    }
  };
  return (
    <>
      <ButtonDropdown
        variant="inline-icon"
        expandToViewport
        ariaLabel={`Actions for ${item.name}`}
        items={[
          { id: "open", text: "Open" },
          { id: "again", text: "Start again with edited input" },
          ...(isRunning ? [{ id: "stop", text: "Stop" }] : item.status === "SUCCEEDED" ? [] : [{ id: "redrive", text: "Redrive" }]),
          { id: "copy", text: "Copy ARN" },
        ]}
        onItemClick={({ detail }) => void act(detail.id)}
      />
      {isStopping && <StopExecution arn={item.executionArn} onClose={() => setStopping(false)} />}
      {execution !== undefined && <StartAgain execution={execution} isEditing onClose={() => setExecution(undefined)} onStarted={(arn) => void navigate(paths.execution(arn))} />}
    </>
  );
}
