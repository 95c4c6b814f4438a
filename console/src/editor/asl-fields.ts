// SPDX-License-Identifier: Apache-2.0
// Which fields a state may have in its query language: what the language service's schema does not tell apart. ASL "States",
// the tables of fields; values are what is written to begin with.
import { namesOf, parseTree, placeOf, pointerAt, statePointerOf } from "./places";

interface Field {
  name: string;
  /** In CodeMirror's snippets. */
  begin: string;
  info: string;
  types: string;
}

const kJsonata: Field[] = [
  { name: "Assign", begin: "{\n  \"${1:name}\": \"{% ${2:\\$states.result} %}\"\n}", info: "Sets variables that the states after this one can read.", types: "Task Pass Wait Choice Parallel Map" },
  { name: "Output", begin: "\"{% ${1:\\$states.result} %}\"", info: "The state's output: any JSON, with JSONata between {% and %}.", types: "Task Pass Wait Choice Parallel Map Succeed" },
  { name: "Arguments", begin: "{\n  \"${1:name}\": \"{% ${2:\\$states.input} %}\"\n}", info: "What is sent to the resource, or to each branch.", types: "Task Parallel" },
  { name: "Items", begin: "\"{% ${1:\\$states.input.items} %}\"", info: "The array, or JSONata that gives one, whose items are worked on.", types: "Map" },
];

const kPath: Field[] = [
  { name: "Assign", begin: "{\n  \"${1:name}.$\": \"${2:$.value}\"\n}", info: "Sets variables that the states after this one can read.", types: "Task Pass Wait Choice Parallel Map" },
  { name: "InputPath", begin: "\"${1:$}\"", info: "What of the input the state sees.", types: "Task Pass Wait Choice Parallel Map Succeed" },
  { name: "OutputPath", begin: "\"${1:$}\"", info: "What of the result goes on.", types: "Task Pass Wait Choice Parallel Map Succeed" },
  { name: "ResultPath", begin: "\"${1:$.result}\"", info: "Where in the input the result is put.", types: "Task Pass Parallel Map" },
  { name: "ResultSelector", begin: "{\n  \"${1:name}.$\": \"${2:$}\"\n}", info: "What of the raw result is kept.", types: "Task Parallel Map" },
  { name: "Parameters", begin: "{\n  \"${1:name}.$\": \"${2:$}\"\n}", info: "What is sent to the resource, or to each branch.", types: "Task Pass Parallel" },
  { name: "ItemsPath", begin: "\"${1:$.items}\"", info: "Where in the input the array is.", types: "Map" },
];

const kOnlyJsonata = new Set(["Output", "Arguments", "Items", "Condition"]);
const kOnlyPath = new Set(["InputPath", "OutputPath", "ResultPath", "ResultSelector", "Parameters", "ItemsPath", "SecondsPath", "TimestampPath", "TimeoutSecondsPath", "HeartbeatSecondsPath", "ErrorPath", "CausePath", "MaxConcurrencyPath", "ToleratedFailurePercentagePath", "ToleratedFailureCountPath"]);

export interface StateFields {
  /** Fields that may stand here and do not yet. */
  add: { name: string; insert: string; info: string }[];
  /** Fields of the other query language. */
  isForeign: (name: string) => boolean;
}

/** What may stand at a name directly in a state; null elsewhere. */
export function fieldsAt(text: string, offset: number): StateFields | null {
  const tree = parseTree(text, "JSON");
  const slice = (from: number, to: number) => text.slice(from, to);
  const pointer = pointerAt(tree, slice, offset);
  const state = statePointerOf(pointer);
  if (state === null || namesOf(pointer).length > namesOf(state).length + 1) return null;
  const textAt = (name: string): string | undefined => {
    const place = placeOf(tree, slice, name);
    return place === null ? undefined : slice(place.value.from, place.value.to).replaceAll('"', "");
  };
  const type = textAt(`${state}/Type`) ?? "";
  const isJsonata = (textAt(`${state}/QueryLanguage`) ?? textAt("/QueryLanguage")) === "JSONata";
  const add = (isJsonata ? kJsonata : kPath)
    .filter((field) => field.types.split(" ").includes(type) && textAt(`${state}/${field.name}`) === undefined)
    .map((field) => ({ name: field.name, insert: `"${field.name}": ${field.begin}`, info: field.info }));
  return { add, isForeign: (name) => (isJsonata ? kOnlyPath : kOnlyJsonata).has(name) };
}
