// SPDX-License-Identifier: Apache-2.0
// The same machines in npm's aws-local-stepfunctions (in memory, no history): transitions a second, as JSON.
import { StateMachine } from 'aws-local-stepfunctions';

const chain = {};
for (let i = 0; i < 1000; i++) chain[`P${i}`] = { Type: 'Pass', ...(i < 999 ? { Next: `P${i + 1}` } : { End: true }) };

const machines = {
  pass_chain_1000: { transitions: 1000, input: { a: 1 }, definition: { StartAt: 'P0', States: chain } },
  choice_loop: {
    transitions: 2000,
    input: { n: 0 },
    definition: {
      StartAt: 'C',
      States: {
        C: { Type: 'Choice', Choices: [{ Variable: '$.n', NumericGreaterThanEquals: 1000, Next: 'E' }], Default: 'P' },
        P: { Type: 'Pass', Parameters: { 'n.$': 'States.MathAdd($.n, 1)' }, Next: 'C' },
        E: { Type: 'Succeed' },
      },
    },
  },
};

const rates = {};
for (const [name, { transitions, input, definition }] of Object.entries(machines)) {
  const machine = new StateMachine(definition);
  let best = 0;
  for (let round = 0; round < 5; round++) {
    const start = process.hrtime.bigint();
    await machine.run(input).result;
    best = Math.max(best, transitions / (Number(process.hrtime.bigint() - start) / 1e9));
  }
  rates[name] = best;
}
console.log(JSON.stringify(rates));
