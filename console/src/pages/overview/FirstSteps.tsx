// SPDX-License-Identifier: Apache-2.0
// For a server with nothing in it: how to begin.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useNavigate } from "react-router";
import { CopyText } from "../../components/CopyText";

export function FirstSteps() {
  const navigate = useNavigate();
  const endpoint = location.origin;
  return (
    <Container header={<Header variant="h2" description="There are no state machines in this region yet.">Begin here</Header>}>
      <ColumnLayout columns={3} borders="vertical">
        <SpaceBetween size="s">
          <Box variant="h3">Write a state machine</Box>
          <Box color="text-body-secondary">In the editor, beside its graph. Mistakes are shown as you type.</Box>
          <Button variant="primary" onClick={() => void navigate("/state-machines/new")}>
            Create state machine
          </Button>
        </SpaceBetween>
        <SpaceBetween size="s">
          <Box variant="h3">Deploy what you have</Box>
          <Box color="text-body-secondary">A CloudFormation or SAM template, or anything that calls the AWS API: CLI, SDKs, CDK, Terraform.</Box>
          <Command text={`pawl deploy template.yaml --endpoint ${endpoint}`} />
          <Command text={`export AWS_ENDPOINT_URL=${endpoint}`} />
        </SpaceBetween>
        <SpaceBetween size="s">
          <Box variant="h3">Try single expressions</Box>
          <Box color="text-body-secondary">JSONPath and JSONata on an input of yours, without a state machine.</Box>
          <Button onClick={() => void navigate("/playground")}>Open the playground</Button>
        </SpaceBetween>
      </ColumnLayout>
    </Container>
  );
}

function Command({ text }: { text: string }) {
  return (
    <span className="pawl-mono">
      <CopyText text={text} label="the command" />
    </span>
  );
}
