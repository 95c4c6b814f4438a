// SPDX-License-Identifier: Apache-2.0
// Questions to begin with: AWS's functions in both languages.
import { kFirst, type Kind, type Language, type Question } from "./question";

export interface Example {
  id: string;
  text: string;
  question: Question;
}

const example = (language: Language, kind: Kind, name: string, text: string, more: Partial<Question> = {}): Example => ({
  id: `${language} ${name}`,
  text: name,
  question: { ...kFirst, language, kind, text, ...more },
});

const path = (name: string, text: string) => example("JSONPath", "path", name, text);
const jsonata = (name: string, text: string) => example("JSONata", "expression", name, text);

export const kExamples: { text: string; items: Example[] }[] = [
  {
    text: "JSONata",
    items: [
      jsonata("Filter and shape", kFirst.text),
      jsonata("Sum", "$sum($states.input.orders.total)"),
      jsonata("Group", "$states.input.orders{ $string(total > 20): $count(id) }"),
      jsonata("Sort and join", "$join($sort($states.input.orders.items), ', ')"),
      jsonata("$partition", "$partition($states.input.orders.id, 2)"),
      jsonata("$range", "$range(1, 10, 3)"),
      jsonata("$hash", "$hash($states.input.customer, 'SHA-256')"),
      jsonata("$parse", "$parse('{\"a\": 1}').a"),
      jsonata("$uuid and $random", "{ 'id': $uuid(), 'dice': $floor($random() * 6) + 1 }"),
      jsonata("Time", "$now() & ' is ' & $millis()"),
      jsonata("Context Object", "$states.context.Execution.Name & '/' & $states.context.State.Name"),
      example("JSONata", "expression", "Result of a task", "$states.result.StatusCode = 200 ? $states.result.Payload : 'failed'", { states: '{\n  "result": { "StatusCode": 200, "Payload": "done" }\n}' }),
      example("JSONata", "template", "Arguments", '{\n  "FunctionName": "bill",\n  "Payload": {\n    "to": "{% $states.input.customer %}",\n    "orders": "{% $count($states.input.orders) %}"\n  }\n}'),
      example("JSONata", "condition", "Condition", "$sum($states.input.orders.total) > 100 and $states.context.State.RetryCount = 0"),
    ],
  },
  {
    text: "JSONPath",
    items: [
      path("Path", "$.orders[0].id"),
      path("Filter", "$.orders[?(@.total > 20)].id"),
      path("Deep scan", "$..items"),
      path("Slice", "$.orders[-2:]"),
      path("Context Object", "$$.Execution.Name"),
      path("Variable", "$rate"),
      path("States.Format", "States.Format('{} has {} orders', $.customer, States.ArrayLength($.orders))"),
      path("States.JsonMerge", "States.JsonMerge($.orders[0], $.orders[1], false)"),
      path("States.ArrayPartition", "States.ArrayPartition($.orders, 2)"),
      path("States.ArrayRange", "States.ArrayRange(1, 9, 2)"),
      path("States.ArrayUnique", "States.ArrayUnique(States.Array(1, 2, 2, 3))"),
      path("States.StringSplit", "States.StringSplit($.orders[0].id, '-')"),
      path("States.Hash", "States.Hash($.customer, 'SHA-256')"),
      path("States.Base64Encode", "States.Base64Encode($.customer)"),
      path("States.StringToJson", "States.StringToJson('[1, 2]')"),
      path("States.MathAdd and States.MathRandom", "States.MathAdd(States.MathRandom(1, 6), 100)"),
      path("States.UUID", "States.UUID()"),
      example("JSONPath", "template", "Parameters", '{\n  "name.$": "$.customer",\n  "first": { "id.$": "$.orders[0].id" },\n  "text.$": "States.Format(\'{}!\', $.customer)",\n  "fixed": true\n}'),
      example("JSONPath", "condition", "Choice rule", '{\n  "And": [\n    { "Variable": "$.customer", "StringMatches": "A*" },\n    { "Not": { "Variable": "$.orders[1].total", "NumericLessThan": 20 } }\n  ]\n}'),
    ],
  },
];
