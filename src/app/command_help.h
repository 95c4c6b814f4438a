// SPDX-License-Identifier: Apache-2.0
// What stands below each command's help: what goes where, exit codes, examples.
#pragma once

namespace pawl::app {

inline constexpr const char* kOverview = R"(Examples:
  pawl run hello.json --input '{"name": "Ada"}'
  pawl run order.yaml --input @order.json --function price=functions/price.py:handler
  pawl run nightly.json --virtual-time --history=table
  pawl validate machines/*.json
  pawl graph order.yaml -o order.svg
  pawl query '$sum(items.price)' --input order.json
  pawl serve --data ./data
  pawl deploy template.yaml --stack-name shop
  eval $(pawl env)

Each command has its own help: pawl run --help)";

inline constexpr const char* kRunFooter = R"(What goes where:
  stdout  the output, indented; with --history the events instead
  stderr  the tree of states while it runs, what functions print, errors
  Exit code 0: succeeded. 1: failed, timed out or aborted. 2: nothing was run.
  Ctrl-C stops the execution (ABORTED); a second Ctrl-C ends pawl at once.

Functions:
  NAME=PATH:HANDLER runs the handler for arn:aws:lambda:...:function:NAME, whatever its
  region, account and version, and for lambda:invoke of NAME. PATH is a Python (.py) or
  Node.js (.js, .mjs, .cjs) file, or a folder: then HANDLER is module.function.
  A function sees the variables that Lambda sets and those you give it, no others.

Examples:
  pawl run hello.json
  pawl run resize.json --input @event.json --function resize=resize.py:lambda_handler
  pawl run resize.json --function resize=resize.mjs:handler --env STAGE=test \
           --function-env resize:BUCKET=pictures --function-timeout 30
  echo '[1, 2, 3]' | pawl run sum.yaml --input - --quiet | jq .total
  pawl run wait-a-month.json --virtual-time --history=table)";

inline constexpr const char* kValidateFooter =
    R"(Every mistake is named with file, line and column and the code that AWS gives it.
With --json the answer of the API ValidateStateMachineDefinition is printed.
Exit code 0: valid. 2: invalid, or a file cannot be read.

Examples:
  pawl validate order.yaml
  pawl validate --json order.json | jq '.diagnostics[].code')";

inline constexpr const char* kGraphFooter =
    R"(FILE.svg and FILE.png are pictures, FILE.json their positions; "-" writes SVG to stdout.
A PNG needs librsvg and a font (Debian: librsvg2-2, fonts-dejavu-core).

Examples:
  pawl graph order.yaml -o order.svg
  pawl graph order.yaml -o order.png --dark --scale 3
  pawl graph --execution ARN -o execution.png
  aws stepfunctions get-execution-history --execution-arn ARN > history.json
  pawl graph order.yaml --events history.json -o execution.svg)";

inline constexpr const char* kQueryFooter =
    R"(JSONata is the current version of the language; with --states it is what state machines
have: version 2.0.6, the functions and bounds of AWS, and no context of its own.
Exit code 1: the evaluation failed. 2: the expression or the input cannot be read.

Examples:
  pawl query '$sum(items.price)' --input order.json
  pawl query --explain 'items[qty > 2].{"id": id, "total": price * qty}' --input order.json
  pawl query --jsonpath '$.items[?(@.qty > 2)].id' --input order.json
  echo '[3, 1, 2]' | pawl query '$sort($)' --input -)";

inline constexpr const char* kServeFooter =
    R"(Prints "Pawl is ready on URL" when requests are answered. SIGTERM and Ctrl-C stop it;
what is under way is answered first. A second signal ends it at once.
The console, for browsers, is at /_pawl/console/.
Plain HTTP and TLS on one port. GET /_pawl/health tells its health, GET /metrics its numbers.
Each option may also stand in the environment (PAWL_DATA for --data) or in a file (--config);
the command line wins, then the environment.

Examples:
  pawl serve
  pawl serve --data ./data --port 4566
  pawl serve --in-memory --port 0
  pawl serve --host 0.0.0.0 --credentials /etc/pawl/credentials --log-format json)";

inline constexpr const char* kEnvFooter =
    R"(Lines for a POSIX shell: endpoint, region, credentials, and the certificate authority that pawl
serve has made, beside those that this computer trusts, for curl, the AWS CLI, boto3 and Node.js:
the https URLs that services hand out then work as they are. --tls: API calls go by https, too.

Examples:
  eval $(pawl env)
  eval $(pawl env --tls --data ./data)
  eval $(pawl env --unset))";

inline constexpr const char* kAdminFooter = R"(What it can do:
  check         verify every checksum and every record, count, name each fault
  backup TO     copy the data of this moment to the folder TO, which must not exist
  restore FROM  copy a backup, once verified, to a data folder that has no data yet
While a server uses the data, only backup works, and with --endpoint; not of a server with
--credentials or on other than a loopback address.
Exit code 0: all is well. 1: faults, or the copy failed. 2: nothing was done.

Examples:
  pawl admin check --data ./data
  pawl admin backup /backups/monday --data ./data
  pawl admin backup /backups/tuesday --endpoint http://127.0.0.1:4566
  pawl admin restore /backups/monday --data ./data-of-monday)";

inline constexpr const char* kReplayFooter =
    R"(Shows where each line of the execution (the machine, branches, iterations) stood at an event:
state, input, variables, retries, waits. Then it runs the steps up to there again, with the
answers that the history has, and says where the events come out otherwise.
Exit code 0: nothing differs. 1: an event differs. 2: nothing could be shown.

Examples:
  pawl replay arn:aws:states:us-east-1:000000000000:execution:order:one --data ./data
  pawl replay arn:aws:states:us-east-1:000000000000:execution:order:one --until 12 \
    --endpoint http://127.0.0.1:4566 --json | jq .lines)";

inline constexpr const char* kTopFooter =
    R"(Rates are of the time between two frames. Ctrl-C ends it.

Examples:
  pawl top
  pawl top --endpoint http://127.0.0.1:4567 --interval 5
  pawl top --once)";

inline constexpr const char* kMailboxFooter =
    R"(The embedded SNS sends no mail by itself: what would reach people is kept here.

Examples:
  pawl mailbox
  pawl mailbox --to someone@example.com
  pawl mailbox 7
  pawl mailbox --json | jq '.Mails[0].Text')";

inline constexpr const char* kImageFooter =
    R"(Builds with buildah, or with Docker where a daemon answers. Names are ECR's; one without a
registry is in the default account. A repository that is not there is made by a push.

Examples:
  pawl image build . -t resize:v1 --push
  pawl image push 000000000000.dkr.ecr.us-east-1.amazonaws.com/resize:v1
  pawl image list
  pawl image run resize:v1 --env SIZE=100 -- python3 -c 'print(1)')";

inline constexpr const char* kCompletionFooter = R"(Examples:
  source <(pawl completion bash)       # in ~/.bashrc
  source <(pawl completion zsh)        # in ~/.zshrc, after compinit
  pawl completion fish | source        # in ~/.config/fish/config.fish)";

inline constexpr const char* kDeployFooter =
    R"(TEMPLATE is one of CloudFormation or AWS SAM, JSON or YAML. Local files that it names go to a bucket
first: folders of code as ZIP archives (with what their requirements.txt asks for), API and state
machine definitions, nested templates. Then a change set is made, shown and executed.
What goes where:
  stdout  the stack's outputs
  stderr  the changes, the resources while they are made, errors
Exit code 0: deployed, or nothing to change. 1: the stack failed. 2: wrong template or options.
Ctrl-C ends the watching; the stack goes on.

Examples:
  pawl deploy shop.yaml
  pawl deploy template.yaml --stack-name shop --capabilities CAPABILITY_IAM
  pawl deploy template.yaml --stack-name shop --parameter-overrides Stage=test Size=2
  pawl deploy template.yaml --stack-name shop --no-execute-changeset)";

inline constexpr const char* kStacksFooter = R"(Examples:
  pawl stacks list
  pawl stacks show shop
  pawl stacks show shop --json | jq .Outputs
  pawl stacks delete shop)";

}  // namespace pawl::app
