// SPDX-License-Identifier: Apache-2.0
// The expressions of bench/jsonata_bench.cc in npm's jsonata 2.0.6: microseconds an evaluation, as JSON.
import jsonata from 'jsonata';

const input = {
  a: { b: 42, name: 'x' },
  counter: 5,
  tags: ['a', 'b', 'c'],
  items: [...Array(1000).keys()].map((i) => ({ id: i, group: 'g' + (i % 10), price: (i * 7919) % 1000, qty: i % 7 })),
};
const expressions = {
  path: '$states.input.a.b',
  counter: '$states.input.counter + 1',
  concat: "'Hello ' & $states.input.a.name & '!'",
  object: '{"id": $states.input.a.b, "tags": $states.input.tags, "n": $count($states.input.items)}',
  group: '$states.input.items{group: $sum(price)}',
  filter: '$states.input.items[price > 500 and qty = 3].id',
  map: '$map($states.input.items, function($v){$v.price * $v.qty})',
  sort: '$states.input.items^(price).id',
};

const times = {};
for (const [name, source] of Object.entries(expressions)) {
  const expression = jsonata(source);
  const bindings = { states: { input } };
  for (let i = 0; i < 5; i++) await expression.evaluate(undefined, bindings);
  const start = process.hrtime.bigint();
  let rounds = 0;
  while (process.hrtime.bigint() - start < 500_000_000n) {
    await expression.evaluate(undefined, bindings);
    rounds++;
  }
  times[name] = Number(process.hrtime.bigint() - start) / 1000 / rounds;
}
console.log(JSON.stringify(times));
