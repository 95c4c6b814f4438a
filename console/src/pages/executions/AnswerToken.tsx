// SPDX-License-Identifier: Apache-2.0
// Answers a task that waits for its token: success, failure, or a sign of life.
import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { call } from "../../api/console-api";
import { useFrame } from "../../app/frame";
import { ActionModal } from "../../components/ActionModal";
import { isJson, JsonField } from "./JsonField";

type Answer = "success" | "failure" | "heartbeat";

export function AnswerToken({ state, token, onClose }: { state: string; token: string | undefined; onClose: () => void }) {
  const { succeeded } = useFrame();
  const [answer, setAnswer] = useState<Answer>("success");
  const [given, setGiven] = useState("");
  const [output, setOutput] = useState("{}");
  const [error, setError] = useState("");
  const [cause, setCause] = useState("");
  const taskToken = token ?? given.trim();
  const isWrong = answer === "success" && !isJson(output);

  const send = async () => {
    if (answer === "success") await call("stepfunctions", "SendTaskSuccess", { taskToken, output });
    else if (answer === "failure") await call("stepfunctions", "SendTaskFailure", { taskToken, ...(error === "" ? {} : { error }), ...(cause === "" ? {} : { cause }) });
    else await call("stepfunctions", "SendTaskHeartbeat", { taskToken });
    succeeded({ success: "The task succeeded.", failure: "The task failed.", heartbeat: "The task's heartbeat was sent." }[answer]);
  };

  return (
    <ActionModal
      title={
        <>
          Answer the task token of <bdi>{state}</bdi>
        </>
      }
      submitText={{ success: "Send success", failure: "Send failure", heartbeat: "Send heartbeat" }[answer]}
      isDisabled={taskToken === "" || isWrong}
      onSubmit={send}
      onClose={onClose}
    >
      <SegmentedControl
        label="Answer"
        selectedId={answer}
        onChange={({ detail }) => setAnswer(detail.selectedId as Answer)}
        options={[
          { id: "success", text: "Success" },
          { id: "failure", text: "Failure" },
          { id: "heartbeat", text: "Heartbeat" },
        ]}
      />
      {token === undefined && (
        <FormField label="Task token" description="It does not stand in the arguments as it is: whoever was asked has it.">
          <Input value={given} onChange={({ detail }) => setGiven(detail.value)} spellcheck={false} />
        </FormField>
      )}
      {answer === "success" && (
        <FormField label="Output" stretch>
          <JsonField value={output} label="Output" height={180} onChange={setOutput} />
        </FormField>
      )}
      {answer === "failure" && (
        <>
          <FormField label="Error">
            <Input value={error} onChange={({ detail }) => setError(detail.value)} spellcheck={false} />
          </FormField>
          <FormField label="Cause">
            <Textarea value={cause} rows={3} onChange={({ detail }) => setCause(detail.value)} />
          </FormField>
        </>
      )}
      {answer === "heartbeat" && <Box color="text-body-secondary">The task goes on waiting; its heartbeat timeout begins anew.</Box>}
    </ActionModal>
  );
}
