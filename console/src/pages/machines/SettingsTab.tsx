// SPDX-License-Identifier: Apache-2.0
// Logging, tracing and encryption of a machine.
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import { useNavigate } from "react-router";
import { CopyText } from "../../components/CopyText";
import { Link, Name } from "../../components/Link";
import { statusWord } from "../../components/StatusBadge";
import { paths } from "../services/shared/arn-path";
import { type Machine, pathOfMachine } from "./api";

/** "arn:aws:logs:r:a:log-group:NAME:*" to NAME. */
function logGroupOf(arn: string): string {
  return arn.split(":").slice(6).join(":").replace(/:\*$/, "");
}

export function SettingsTab({ machine }: { machine: Machine }) {
  const navigate = useNavigate();
  const { loggingConfiguration: logging, tracingConfiguration: tracing, encryptionConfiguration: encryption } = machine;
  const groups = (logging?.destinations ?? []).flatMap((each) => each.cloudWatchLogsLogGroup?.logGroupArn ?? []);
  const isOwnKey = encryption?.type === "CUSTOMER_MANAGED_KMS_KEY";
  return (
    <Container header={<Header variant="h2" actions={<Button onClick={() => void navigate(pathOfMachine(machine.stateMachineArn, "/edit"))}>Edit</Button>}>Logging and encryption</Header>}>
      <KeyValuePairs
        columns={3}
        items={[
          { label: "Log level", value: statusWord(logging?.level ?? "OFF") },
          { label: "Execution data in the log", value: logging?.includeExecutionData === true ? "Included" : "Left out" },
          {
            label: "Log group",
            value: groups.length === 0 ? "-" : groups.map((arn) => <div key={arn}><Link to={paths.logGroup(logGroupOf(arn))}><Name>{logGroupOf(arn)}</Name></Link></div>),
          },
          { label: "Tracing", value: tracing?.enabled === true ? "On" : "Off" },
          { label: "Encryption", value: isOwnKey ? "A key of KMS" : "AWS owned key" },
          { label: "Key", value: isOwnKey ? <CopyText text={encryption.kmsKeyId ?? ""} label="the key" /> : "-" },
          ...(isOwnKey ? [{ label: "Data key is used for", value: `${encryption.kmsDataKeyReusePeriodSeconds ?? 300} s` }] : []),
        ]}
      />
    </Container>
  );
}
