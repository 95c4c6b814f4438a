// SPDX-License-Identifier: Apache-2.0
// Changes a Map Run while it runs: how many items at once, how many failures it tolerates.
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { call } from "../../api/console-api";
import { useFrame } from "../../app/frame";
import { ActionModal } from "../../components/ActionModal";
import type { MapRun } from "../executions/api";

const isWhole = (text: string) => /^\d+$/.test(text.trim());
const isPercentage = (text: string) => /^\d+(\.\d+)?$/.test(text.trim()) && Number(text) <= 100;

export function EditMapRun({ run, onClose }: { run: MapRun; onClose: () => void }) {
  const { succeeded } = useFrame();
  const [concurrency, setConcurrency] = useState(String(run.maxConcurrency));
  const [count, setCount] = useState(String(run.toleratedFailureCount));
  const [percentage, setPercentage] = useState(String(run.toleratedFailurePercentage));
  const isValid = isWhole(concurrency) && isWhole(count) && isPercentage(percentage);

  const save = async () => {
    await call("stepfunctions", "UpdateMapRun", { mapRunArn: run.mapRunArn, maxConcurrency: Number(concurrency), toleratedFailureCount: Number(count), toleratedFailurePercentage: Number(percentage) });
    succeeded("The Map Run was changed.");
  };
  return (
    <ActionModal title="Edit Map Run" submitText="Save" isDisabled={!isValid} onSubmit={save} onClose={onClose}>
      <FormField label="Maximum concurrency" constraintText="0: no limit" errorText={isWhole(concurrency) ? undefined : "A whole number, 0 or more"}>
        <Input value={concurrency} inputMode="numeric" onChange={({ detail }) => setConcurrency(detail.value)} />
      </FormField>
      <FormField label="Tolerated failure count" errorText={isWhole(count) ? undefined : "A whole number, 0 or more"}>
        <Input value={count} inputMode="numeric" onChange={({ detail }) => setCount(detail.value)} />
      </FormField>
      <FormField label="Tolerated failure percentage" constraintText="0 to 100" errorText={isPercentage(percentage) ? undefined : "A number from 0 to 100"}>
        <Input value={percentage} inputMode="decimal" onChange={({ detail }) => setPercentage(detail.value)} />
      </FormField>
    </ActionModal>
  );
}
