// SPDX-License-Identifier: Apache-2.0
// State machines that pages are tested with: both query languages, both types, every kind of state.

export const kRole = "arn:aws:iam::000000000000:role/console";

/** What pages must show as it is: markup, a right-to-left name with marks, emoji, the longest name there may be. */
export const kHostile = {
  markup: `<img src=x onerror="window.pwned=1">`,
  script: `</script><script>window.pwned=2</script>`,
  rtl: "\u05e2\u05d1\u05e8\u05d9\u05ea-\u202eabc\u202c",
  emoji: "👩‍🚀🦜",
  long: "a-name-of-eighty-characters-".repeat(3).slice(0, 80),
};

const states = (first, all, more = {}) => JSON.stringify({ StartAt: first, ...more, States: all });
const pass = (more = {}) => ({ Type: "Pass", ...more });

export const kDefinitions = {
  /** JSONPath: a choice, parallel branches with a Map inside, a catcher. */
  orders: states("Validate", {
    Validate: pass({ Parameters: { "order.$": "$.order", "total.$": "States.MathAdd($.order.price, 5)" }, ResultPath: "$.checked", Next: "In stock?" }),
    "In stock?": {
      Type: "Choice",
      Choices: [
        { Variable: "$.order.quantity", NumericGreaterThan: 100, Next: "Too many" },
        { Variable: "$.order.quantity", NumericGreaterThan: 0, Next: "Fulfil" },
      ],
      Default: "Nothing to do",
    },
    Fulfil: {
      Type: "Parallel",
      Next: "Settle",
      ResultPath: "$.done",
      Branches: [
        { StartAt: "Charge", States: { Charge: pass({ Result: { charged: true }, End: true }) } },
        {
          StartAt: "Pack items",
          States: {
            "Pack items": {
              Type: "Map",
              ItemsPath: "$.order.items",
              MaxConcurrency: 2,
              End: true,
              ItemProcessor: {
                ProcessorConfig: { Mode: "INLINE" },
                StartAt: "Pick",
                States: { Pick: pass({ Next: "Pack" }), Pack: pass({ End: true }) },
              },
            },
          },
        },
      ],
    },
    Settle: {
      Type: "Task",
      Resource: "arn:aws:states:::dynamodb:putItem",
      Parameters: { TableName: "no-such-table", Item: { id: { "S.$": "$.order.id" } } },
      Catch: [{ ErrorEquals: ["States.ALL"], ResultPath: "$.error", Next: "Settle by hand" }],
      Next: "Done",
    },
    "Settle by hand": pass({ Next: "Done" }),
    Done: { Type: "Succeed" },
    "Nothing to do": { Type: "Succeed" },
    "Too many": { Type: "Fail", Error: "Orders.TooMany", Cause: "Nobody orders more than 100." },
  }),

  /** JSONata with variables; counts up to `input.until`: four events each turn. */
  loop: states(
    "Begin",
    {
      Begin: pass({ Assign: { i: 0, until: "{% $states.input.until %}" }, Next: "More?" }),
      "More?": { Type: "Choice", Choices: [{ Condition: "{% $i < $until %}", Next: "Count" }], Default: "Enough" },
      Count: pass({ Assign: { i: "{% $i + 1 %}" }, Output: { i: "{% $i %}" }, Next: "More?" }),
      Enough: { Type: "Succeed", Output: { counted: "{% $i %}" } },
    },
    { QueryLanguage: "JSONata" },
  ),

  /** A Map in the execution itself; `input.count` items, four events each. */
  inline: states(
    "Each",
    {
      Each: {
        Type: "Map",
        Items: "{% [1..$states.input.count] %}",
        End: true,
        ItemProcessor: {
          ProcessorConfig: { Mode: "INLINE" },
          StartAt: "Square",
          States: { Square: pass({ Output: "{% $states.input * $states.input %}", End: true }) },
        },
        Output: { count: "{% $count($states.result) %}" },
      },
    },
    { QueryLanguage: "JSONata" },
  ),

  /** A Map Run of `input.count` child executions; each item that 7 divides fails. */
  distributed: states(
    "Each",
    {
      Each: {
        Type: "Map",
        Label: "Each",
        Items: "{% [1..$states.input.count] %}",
        ToleratedFailurePercentage: 100,
        MaxConcurrency: 500,
        End: true,
        ItemProcessor: {
          ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
          StartAt: "Fine?",
          States: {
            "Fine?": { Type: "Choice", Choices: [{ Condition: "{% $states.input % 7 = 0 %}", Next: "Refuse" }], Default: "Take" },
            Refuse: { Type: "Fail", Error: "Items.Seven", Cause: "{% 'Seven divides ' & $string($states.input) %}" },
            Take: pass({ Output: { item: "{% $states.input %}" }, End: true }),
          },
        },
        Output: {},
      },
    },
    { QueryLanguage: "JSONata" },
  ),

  fails: states("Work", {
    Work: pass({ Next: "Give up" }),
    "Give up": { Type: "Fail", Error: "Work.Impossible", Cause: "It cannot be done." },
  }),

  /** Fails until there is a table "ledger"; then a redrive succeeds. */
  ledger: states("Prepare", {
    Prepare: pass({ Result: "entry-1", Next: "Write" }),
    Write: {
      Type: "Task",
      Resource: "arn:aws:states:::dynamodb:putItem",
      Parameters: { TableName: "ledger", Item: { id: { "S.$": "$" } } },
      End: true,
    },
  }),

  /** Waits for its second attempt for an hour. */
  retries: states("Write", {
    Write: {
      Type: "Task",
      Resource: "arn:aws:states:::dynamodb:putItem",
      Parameters: { TableName: "never-made", Item: { id: { S: "1" } } },
      Retry: [{ ErrorEquals: ["States.ALL"], IntervalSeconds: 3600, MaxAttempts: 3, BackoffRate: 2 }],
      End: true,
    },
  }),

  /** Waits for somebody who has read the queue "approvals". */
  approval: states("Ask", {
    Ask: {
      Type: "Task",
      Resource: "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
      Parameters: { "QueueUrl.$": "$.queue", MessageBody: { "token.$": "$$.Task.Token", "what.$": "$.what" } },
      TimeoutSeconds: 86400,
      Next: "Approved",
    },
    Approved: { Type: "Succeed" },
  }),

  waits: states("Sleep", { Sleep: { Type: "Wait", Seconds: 90_000, Next: "Awake" }, Awake: { Type: "Succeed" } }),

  /** Starts another and waits for its end. */
  parent: (child) =>
    states("Child", {
      Child: {
        Type: "Task",
        Resource: "arn:aws:states:::states:startExecution.sync:2",
        Parameters: { StateMachineArn: child, "Input.$": "$" },
        End: true,
      },
    }),

  hostile: states(kHostile.markup, {
    [kHostile.markup]: pass({ Comment: kHostile.script, Result: kHostile, Next: kHostile.rtl }),
    [kHostile.rtl]: pass({ Next: kHostile.emoji }),
    [kHostile.emoji]: pass({ Next: kHostile.long }),
    [kHostile.long]: { Type: "Fail", Error: kHostile.markup, Cause: `${kHostile.script} ${kHostile.rtl}` },
  }),
};

/** The ARN of a new state machine. */
export async function makeMachine(server, name, definition, more = {}) {
  const made = await server.call("stepfunctions", "CreateStateMachine", { name, definition, roleArn: kRole, ...more });
  return made.stateMachineArn;
}
