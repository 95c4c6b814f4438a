// SPDX-License-Identifier: Apache-2.0
// The playground: an expression of either language on data, answered as one types.
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Grid from "@cloudscape-design/components/grid";
import Header from "@cloudscape-design/components/header";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import Tabs from "@cloudscape-design/components/tabs";
import { useEffect, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import { useCrumbs, useFrame } from "../../app/frame";
import { ErrorBox } from "../../components/ErrorBox";
import { JsonEditor } from "../../editor/JsonEditor";
import "../../components/json-view.css";
import "../../travel/travel.css";
import { kExamples } from "./examples";
import { ExpressionEditor } from "./ExpressionEditor";
import { LoadFromExecution } from "./LoadFromExecution";
import "./playground.css";
import { fromAddress, kFirst, kKinds, type Kind, type Language, type Question, toAddress, withLanguage } from "./question";
import { Result } from "./Result";
import { useAnswer } from "./use-answer";

const kBytesMax = 5_000_000;
const kAddressDelayMs = 400;

export default function PlaygroundPage() {
  useCrumbs(["Playground", "/playground"]);
  const { succeeded, failed } = useFrame();
  const [params, setParams] = useSearchParams();
  const [question, setQuestion] = useState<Question>(() => fromAddress(params.get("q")) ?? kFirst);
  const [tab, setTab] = useState("input");
  const [isLoading, setLoading] = useState(params.get("execution") !== null);
  const { answer, of, error, wrong } = useAnswer(question);
  const isStale = of !== question;
  const change = (more: Partial<Question>) => setQuestion((old) => ({ ...old, ...more }));

  // The address is the question, as long as it fits. The first question needs none.
  const written = useRef(question);
  useEffect(() => {
    if (written.current === question) return;
    const timer = setTimeout(() => {
      written.current = question;
      const packed = toAddress(question);
      setParams(packed === undefined ? {} : { q: packed }, { replace: true });
    }, kAddressDelayMs);
    return () => clearTimeout(timer);
  }, [question, setParams]);

  const share = async () => {
    const packed = toAddress(question);
    if (packed === undefined) return failed("This is too long for an address", new Error("Shorten the input to share it."));
    const url = new URL(location.href);
    url.search = new URLSearchParams({ q: packed }).toString();
    try {
      await navigator.clipboard.writeText(url.toString());
      succeeded("The address of this question was copied");
    } catch {
      setParams({ q: packed }, { replace: true });
      succeeded("The address of this page is the question");
    }
  };
  const examples = kExamples.flatMap((group) => group.items);

  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description="Paths, intrinsic functions and JSONata as state machines evaluate them."
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <ButtonDropdown
                items={kExamples.map((group) => ({ text: group.text, items: group.items.map(({ id, text }) => ({ id, text })) }))}
                expandableGroups
                onItemClick={({ detail }) => {
                  const found = examples.find((each) => each.id === detail.id);
                  if (found !== undefined) setQuestion(found.question);
                }}
              >
                Examples
              </ButtonDropdown>
              <Button onClick={() => setLoading(true)}>Load from execution</Button>
              <Button iconName="share" onClick={() => void share()}>
                Share
              </Button>
            </SpaceBetween>
          }
        >
          Playground
        </Header>
      }
    >
      <Grid gridDefinition={[{ colspan: { default: 12, m: 7 } }, { colspan: { default: 12, m: 5 } }]}>
        <Container header={<Header variant="h2" actions={<Choice question={question} onChange={setQuestion} />}>Expression</Header>}>
          <SpaceBetween size="s">
            <ExpressionEditor question={question} answer={isStale ? undefined : answer} height={200} onChange={(text) => change({ text })} />
            {error !== undefined && <ErrorBox error={error} />}
            {wrong !== undefined && <p className="pawl-travel-error">{wrong === "input" ? "The input is no JSON yet." : `The ${wrong === "states" ? "members of $states" : wrong} must be a JSON object.`}</p>}
            {answer === undefined ? error === undefined && wrong === undefined && <Spinner /> : <Result answer={answer} isStale={isStale} />}
          </SpaceBetween>
        </Container>
        <Container>
          <Tabs
            ariaLabel="Data"
            i18nStrings={{ scrollLeftAriaLabel: "Earlier tabs", scrollRightAriaLabel: "Later tabs" }}
            activeTabId={tab}
            onChange={({ detail }) => setTab(detail.activeTabId)}
            tabs={[
              { id: "input", label: "Input", content: <Data name="input" question={question} change={change} /> },
              { id: "variables", label: "Variables", content: <Data name="variables" question={question} change={change} /> },
              { id: "context", label: "Context", content: <Data name="context" question={question} change={change} /> },
              ...(question.language === "JSONata" ? [{ id: "states", label: "$states", content: <Data name="states" question={question} change={change} /> }] : []),
            ]}
          />
        </Container>
      </Grid>
      {isLoading && (
        <LoadFromExecution
          executionArn={params.get("execution") ?? undefined}
          onClose={() => setLoading(false)}
          onLoad={(data) => setQuestion((old) => ({ ...withLanguage(old, data.language), ...data }))}
        />
      )}
    </ContentLayout>
  );
}

function Choice({ question, onChange }: { question: Question; onChange: (question: Question) => void }) {
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <SegmentedControl
        label="Language"
        selectedId={question.language}
        options={[
          { id: "JSONata", text: "JSONata" },
          { id: "JSONPath", text: "JSONPath" },
        ]}
        onChange={({ detail }) => onChange(withLanguage(question, detail.selectedId as Language))}
      />
      <SegmentedControl label="Kind" selectedId={question.kind} options={kKinds[question.language]} onChange={({ detail }) => onChange({ ...question, kind: detail.selectedId as Kind })} />
    </SpaceBetween>
  );
}

const kWhat = {
  input: "$ in JSONPath, $states.input in JSONata",
  variables: "An object: name to value, read as $name",
  context: "The Context Object: $$ in JSONPath, $states.context in JSONata",
  states: 'Further members of $states: "result" of a task, "errorOutput" of a Catcher',
};

function Data({ name, question, change }: { name: keyof typeof kWhat; question: Question; change: (more: Partial<Question>) => void }) {
  return (
    <SpaceBetween size="xs">
      <span className="pawl-travel-quiet">{kWhat[name]}</span>
      <JsonEditor value={question[name]} label={name} height={460} bytesMax={kBytesMax} allowsEmpty onChange={(text) => change({ [name]: text })} />
    </SpaceBetween>
  );
}
