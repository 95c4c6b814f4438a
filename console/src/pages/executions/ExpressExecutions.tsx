// SPDX-License-Identifier: Apache-2.0
// Where to look for the executions of an EXPRESS state machine.
import Alert from "@cloudscape-design/components/alert";
import { useCall } from "../../api/use-call";
import { ErrorBox } from "../../components/ErrorBox";
import { Link } from "../../components/Link";
import { paths } from "../services/shared/arn-path";

interface LoggedMachine {
  loggingConfiguration?: { level?: string; destinations?: { cloudWatchLogsLogGroup?: { logGroupArn?: string } }[] };
}

/** The history of EXPRESS executions is not kept: it goes to a log group, if the machine has one. */
export function ExpressExecutions({ arn }: { arn: string }) {
  const machine = useCall<LoggedMachine>("stepfunctions", "DescribeStateMachine", { stateMachineArn: arn });
  if (machine.error !== undefined) return <ErrorBox error={machine.error} onRetry={machine.reload} />;
  const logging = machine.data?.loggingConfiguration;
  const group = logging?.destinations?.[0]?.cloudWatchLogsLogGroup?.logGroupArn?.split(":log-group:")[1]?.replace(/:\*$/, "");
  return (
    <Alert type="info" header="Executions of EXPRESS state machines are not kept">
      {group === undefined || logging?.level === "OFF" ? (
        "Turn on logging for this state machine, and what its executions do is written to a log group."
      ) : (
        <>
          What they do is written to the log group{" "}
          <Link to={paths.logGroup(group)}>
            <bdi>{group}</bdi>
          </Link>{" "}
          at level {logging?.level}.
        </>
      )}
    </Alert>
  );
}
