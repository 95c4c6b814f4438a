// SPDX-License-Identifier: Apache-2.0
// Creates a state machine, or changes one: the source beside its picture.
import Box from "@cloudscape-design/components/box";
import Spinner from "@cloudscape-design/components/spinner";
import { useParams, useSearchParams } from "react-router";
import { useLoaded, usePost } from "../../api/use-call";
import { useCrumbs } from "../../app/frame";
import { ErrorBox } from "../../components/ErrorBox";
import { describeMachine, nameOfMachine, pathOfMachine, withoutQualifier } from "./api";
import { readable } from "./DefinitionTab";
import { draftOf, newDraft } from "./machine-draft";
import { MachineEditor } from "./MachineEditor";
import { templates, textOf } from "./templates";

function Waiting() {
  return (
    <Box padding="xxl" textAlign="center">
      <Spinner size="large" />
    </Box>
  );
}

export default function EditMachinePage() {
  const { arn } = useParams();
  return arn === undefined ? <New /> : <Edit arn={withoutQualifier(arn)} />;
}

function New() {
  const [search] = useSearchParams();
  useCrumbs(["State machines", "/state-machines"], ["Create", "/state-machines/new"]);
  const config = usePost<{ account: string }>("config");
  const from = search.get("from");
  const copied = useLoaded(`copy ${from}`, (signal) => describeMachine(from ?? "", signal), { enabled: from !== null });
  const template = templates.find((each) => each.id === search.get("template")) ?? templates[0];
  if (copied.error !== undefined) return <ErrorBox error={copied.error} onRetry={copied.reload} />;
  if (config.isLoading || (from !== null && copied.data === undefined)) return <Waiting />;
  const blank = newDraft(config.data?.account ?? "000000000000");
  if (copied.data !== undefined) return <MachineEditor initial={{ ...draftOf(copied.data), name: "" }} text={readable(copied.data.definition)} />;
  return <MachineEditor initial={{ ...blank, type: template?.type ?? "STANDARD" }} text={template === undefined ? "" : textOf(template)} input={template?.input} />;
}

function Edit({ arn }: { arn: string }) {
  useCrumbs(["State machines", "/state-machines"], [nameOfMachine(arn), pathOfMachine(arn)], ["Edit", pathOfMachine(arn, "/edit")]);
  const machine = useLoaded(arn, (signal) => describeMachine(arn, signal));
  if (machine.data !== undefined) return <MachineEditor key={machine.data.revisionId ?? ""} machine={machine.data} initial={draftOf(machine.data)} text={readable(machine.data.definition)} />;
  if (machine.error !== undefined) return <ErrorBox error={machine.error} onRetry={machine.reload} />;
  return <Waiting />;
}
