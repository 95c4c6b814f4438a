// SPDX-License-Identifier: Apache-2.0
// The form of a new or an existing state machine: definition, settings, comparison with what is saved.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { startTransition, useCallback, useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { asApiError } from "../../api/api-error";
import { useFrame } from "../../app/frame";
import { Name } from "../../components/Link";
import { convert, languageOf } from "../../editor/convert";
import { formatJson } from "../../editor/json-scan";
import type { Language } from "../../editor/places";
import { type DefinitionCheck, useDefinitionCheck } from "../../editor/use-definition-check";
import { type Machine, pathOfMachine, states } from "./api";
import { CompareTab } from "./CompareTab";
import { createRequest, type FieldError, fieldErrorOf, loggingProblem, type MachineDraft, nameProblem, type Publishing, roleProblem, updateRequest } from "./machine-draft";
import { MainFields, SettingsFields } from "./MachineSettings";
import { QueryLanguageBadge } from "./QueryLanguageBadge";
import StartExecution from "./StartExecution";
import { hasTagProblems } from "./TagsTab";
import { TemplatePicker } from "./TemplatePicker";
import { type Template, textOf } from "./templates";
import { useUnsavedGuard } from "./use-unsaved-guard";
import { Workbench } from "./Workbench";

interface Props {
  /** Absent: a new one. */
  machine?: Machine;
  initial: MachineDraft;
  text: string;
  /** Of the template. */
  input?: string | undefined;
}

type Pane = "definition" | "settings" | "compare";

export function MachineEditor({ machine, initial, text: initialText, input: initialInput }: Props) {
  const navigate = useNavigate();
  const frame = useFrame();
  const [search] = useSearchParams();
  const [draft, setDraft] = useState(initial);
  const [text, setText] = useState(initialText);
  const [language, setLanguage] = useState<Language>(() => languageOf(initialText));
  const [saved, setSaved] = useState({ text: initialText, draft: initial, json: initialText });
  const [input, setInput] = useState(initialInput);
  const [pane, setPane] = useState<Pane>("definition");
  const [selected, setSelected] = useState<string | null>(() => search.get("state"));
  const [picks, setPicks] = useState(false);
  const [asksVersion, setAsksVersion] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [refused, setRefused] = useState<FieldError | null>(null);
  const [starts, setStarts] = useState<string | null>(null);
  const check = useDefinitionCheck(text, language, draft.type);
  const isNew = machine === undefined;
  const isChanged = text !== saved.text || JSON.stringify(draft) !== JSON.stringify(saved.draft);
  const guard = useUnsavedGuard(isChanged);

  const isReady = check.isCurrent && check.error === undefined && !check.hasErrors && check.json !== undefined;
  const isFormGood = draft.name !== "" && nameProblem(draft.name) === "" && roleProblem(draft.roleArn) === "" && loggingProblem(draft) === "" && !hasTagProblems(draft.tags);
  const canSave = isReady && isFormGood && (isNew || isChanged);

  const change = useCallback((part: Partial<MachineDraft>) => {
    setDraft((old) => ({ ...old, ...part }));
    setRefused(null);
  }, []);
  const type = (next: string) => {
    // The editor shows it already; the page follows when there is time.
    startTransition(() => setText(next));
    setRefused((old) => (old?.field === "definition" ? null : old));
    // Somebody who pastes YAML into an empty page means YAML.
    if (text.trim() === "" || next.trim() === "") setLanguage(languageOf(next));
  };
  const switchLanguage = (to: Language) => {
    if (to === language) return;
    const converted = convert(text, language, to);
    if (text.trim() !== "" && converted.text === undefined) {
      frame.failed(`It stays ${language}`, new Error(converted.mistake.message));
      return;
    }
    setText(converted.text ?? text);
    // What was not changed stays unchanged: only its spelling is another.
    if (!isChanged && converted.text !== undefined) setSaved((old) => ({ ...old, text: converted.text }));
    setLanguage(to);
  };
  const format = () => {
    const formatted = language === "JSON" ? formatJson(text) : reformatYaml(text);
    if (formatted !== null) setText(formatted);
  };
  const pick = (template: Template) => {
    setPicks(false);
    setLanguage("JSON");
    setText(textOf(template));
    setInput(template.input);
    if (isNew) change({ type: template.type });
  };

  const save = async (after: "stay" | "start", publishing: Publishing = {}) => {
    if (!canSave && !(publishing.publish === true && isReady && isFormGood)) return;
    if (check.json === undefined) return;
    setBusy(true);
    setRefused(null);
    try {
      if (isNew) {
        const { stateMachineArn } = await states<{ stateMachineArn: string }>("CreateStateMachine", createRequest(draft, check.json, publishing));
        guard.release();
        frame.succeeded("The state machine was created.");
        if (after === "start") setStarts(stateMachineArn);
        else void navigate(pathOfMachine(stateMachineArn, "?tab=definition"));
      } else {
        const answer = await states<{ stateMachineVersionArn?: string }>("UpdateStateMachine", updateRequest(machine.stateMachineArn, draft, check.json, publishing));
        frame.succeeded(answer.stateMachineVersionArn === undefined ? "The state machine was saved." : `The state machine was saved, version ${answer.stateMachineVersionArn.split(":").at(-1)} was published.`);
        setSaved({ text, draft, json: check.json });
        if (after === "start") setStarts(machine.stateMachineArn);
      }
    } catch (failure) {
      const error = fieldErrorOf(asApiError(failure));
      setRefused(error);
      if (error.field === "logging" || error.field === "tags") setPane("settings");
    }
    setBusy(false);
  };

  return (
    <SpaceBetween size="s">
      <Header
        variant="h1"
        actions={
          <SpaceBetween direction="horizontal" size="xs" alignItems="center">
            {isChanged && !isNew && <Box color="text-body-secondary">Not saved yet</Box>}
            <Button variant="link" onClick={() => void navigate(isNew ? "/state-machines" : pathOfMachine(machine.stateMachineArn))}>
              {isChanged ? "Cancel" : "Close"}
            </Button>
            <Button disabled={!canSave || isBusy} onClick={() => void save("start")}>
              {isNew ? "Create and start" : "Save and start"}
            </Button>
            <ButtonDropdown
              variant="primary"
              mainAction={{ text: isNew ? "Create" : "Save", disabled: !canSave, loading: isBusy, onClick: () => void save("stay") }}
              items={[{ id: "publish", text: isNew ? "Create and publish a version…" : "Save and publish a version…", disabled: !isReady || !isFormGood }]}
              onItemClick={() => setAsksVersion(true)}
              ariaLabel="More ways to save"
            />
          </SpaceBetween>
        }
      >
        {isNew ? "Create state machine" : <>{"Edit "}<Name>{machine.name}</Name></>}
      </Header>
      {refused !== null && (refused.field === "general" || refused.field === "definition") && (
        <Alert type="error" dismissible onDismiss={() => setRefused(null)}>
          <span className="pawl-wrap">{refused.text}</span>
        </Alert>
      )}
      <MainFields draft={draft} onChange={change} isNew={isNew} refused={refused} />
      <div className="pawl-workbench-bar">
        <div className="pawl-row">
          <SegmentedControl
            label="What is shown"
            selectedId={pane}
            onChange={({ detail }) => setPane(detail.selectedId as Pane)}
            options={[
              { id: "definition", text: "Definition" },
              { id: "settings", text: isNew ? "Logging and tags" : "Logging" },
              ...(isNew ? [] : [{ id: "compare", text: "What changed" }]),
            ]}
          />
          {pane === "definition" && (
            <>
              <SegmentedControl
                label="Language of the source"
                selectedId={language}
                onChange={({ detail }) => switchLanguage(detail.selectedId as Language)}
                options={[
                  { id: "JSON", text: "JSON" },
                  { id: "YAML", text: "YAML" },
                ]}
              />
              <Button onClick={format} disabled={check.json === undefined}>
                Format
              </Button>
              <Button onClick={() => setPicks(true)}>Templates</Button>
            </>
          )}
        </div>
        {pane === "definition" && (
          <div className="pawl-row">
            <CheckStatus check={check} />
            <QueryLanguageBadge definition={check.json ?? text} />
          </div>
        )}
      </div>
      {pane === "definition" && (
        <Workbench
          value={text}
          onChange={type}
          language={language}
          check={check}
          selected={selected}
          onSelect={setSelected}
          height="max(400px, calc(100vh - 276px))"
          graphLabel={`The states of ${draft.name === "" ? "the new state machine" : draft.name}`}
        />
      )}
      {pane === "settings" && <SettingsFields draft={draft} onChange={change} isNew={isNew} refused={refused} />}
      {pane === "compare" && machine !== undefined && <CompareTab machine={{ ...machine, definition: saved.json }} edited={check.json ?? text} />}
      {picks && <TemplatePicker onPick={pick} onClose={() => setPicks(false)} />}
      {asksVersion && (
        <VersionQuestion
          onDone={(versionDescription) => {
            setAsksVersion(false);
            if (versionDescription !== null) void save("stay", { publish: true, ...(versionDescription === "" ? {} : { versionDescription }) });
          }}
        />
      )}
      {starts !== null && (
        <StartExecution
          stateMachineArn={starts}
          initialInput={input}
          onClose={() => {
            setStarts(null);
            if (isNew) void navigate(pathOfMachine(starts));
          }}
        />
      )}
      {guard.question}
    </SpaceBetween>
  );
}

function reformatYaml(text: string): string | null {
  const json = convert(text, "YAML", "JSON").text;
  return json === undefined ? null : (convert(json, "JSON", "YAML").text ?? null);
}

/** One glance: good, or how many mistakes. */
function CheckStatus({ check }: { check: DefinitionCheck }) {
  if (check.error !== undefined) return <StatusIndicator type="warning">Not checked</StatusIndicator>;
  const errors = check.diagnostics.filter((each) => each.severity === "ERROR").length;
  const warnings = check.diagnostics.length - errors;
  const words = [errors > 0 ? `${errors} ${errors === 1 ? "mistake" : "mistakes"}` : "", warnings > 0 ? `${warnings} ${warnings === 1 ? "warning" : "warnings"}` : ""].filter((each) => each !== "");
  // It stays while the next text is checked: what flickers is not read.
  if (words.length === 0) return check.json === undefined ? null : <StatusIndicator type="success">No mistakes</StatusIndicator>;
  return <StatusIndicator type={errors > 0 ? "error" : "warning"}>{words.join(", ")}</StatusIndicator>;
}

function VersionQuestion({ onDone }: { onDone: (description: string | null) => void }) {
  const [description, setDescription] = useState("");
  return (
    <Modal
      visible
      header="Publish a version"
      onDismiss={() => onDone(null)}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={() => onDone(null)}>
              Cancel
            </Button>
            <Button variant="primary" disabled={description.length > 256} onClick={() => onDone(description)}>
              Save and publish
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <FormField label="Description of the version" errorText={description.length > 256 ? `At most 256 characters; these are ${description.length}.` : undefined}>
        <Input value={description} onChange={({ detail }) => setDescription(detail.value)} autoFocus />
      </FormField>
    </Modal>
  );
}
