// SPDX-License-Identifier: Apache-2.0
// Answers a task that waits for its token: success, failure, or a sign of life.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { asApiError, type ApiError } from "../../api/api-error";
import { call } from "../../api/console-api";
import { useFrame } from "../../app/frame";
import { isJson, JsonField } from "./JsonField";

type Answer = "success" | "failure" | "heartbeat";

export function AnswerToken({ state, token, onClose }: { state: string; token: string | undefined; onClose: () => void }) {
  const { succeeded } = useFrame();
  const [answer, setAnswer] = useState<Answer>("success");
  const [given, setGiven] = useState("");
  const [output, setOutput] = useState("{}");
  const [error, setError] = useState("");
  const [cause, setCause] = useState("");
  const [refused, setRefused] = useState<ApiError>();
  const [isBusy, setBusy] = useState(false);
  const taskToken = token ?? given.trim();
  const isWrong = answer === "success" && !isJson(output);

  const send = async () => {
    setBusy(true);
    setRefused(undefined);
    try {
      if (answer === "success") await call("stepfunctions", "SendTaskSuccess", { taskToken, output });
      else if (answer === "failure") await call("stepfunctions", "SendTaskFailure", { taskToken, ...(error === "" ? {} : { error }), ...(cause === "" ? {} : { cause }) });
      else await call("stepfunctions", "SendTaskHeartbeat", { taskToken });
      succeeded({ success: "The task succeeded.", failure: "The task failed.", heartbeat: "The task's heartbeat was sent." }[answer]);
      onClose();
    } catch (failure) {
      setRefused(asApiError(failure));
      setBusy(false);
    }
  };

  return (
    <Modal
      visible
      header={
        <>
          Answer the task token of <bdi>{state}</bdi>
        </>
      }
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button variant="primary" loading={isBusy} disabled={taskToken === "" || isWrong} onClick={() => void send()}>
              {{ success: "Send success", failure: "Send failure", heartbeat: "Send heartbeat" }[answer]}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {refused !== undefined && (
          <Alert type="error" header={refused.code}>
            <span className="pawl-wrap">{refused.message}</span>
          </Alert>
        )}
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
      </SpaceBetween>
    </Modal>
  );
}
