// SPDX-License-Identifier: Apache-2.0
// What is asked of a table: Scan or Query, of what, with which key and filters.
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import Select, { type SelectProps } from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { type Filter, type ItemQuery, kFilterOperators, kKeyOperators, kWholeTable, needsValue } from "./item-query";
import { indexesOf, keyNames, type TableDescription } from "./table-types";

interface Props {
  table: TableDescription;
  query: ItemQuery;
  isRunning: boolean;
  onRun: (query: ItemQuery) => void;
}

const kTypes: SelectProps.Option[] = [
  { value: "S", label: "String" },
  { value: "N", label: "Number" },
  { value: "BOOL", label: "Boolean" },
  { value: "NULL", label: "Null" },
];

const kNewFilter: Filter = { name: "", operator: "=", type: "S", value: "" };

export function QueryForm({ table, query, isRunning, onRun }: Props) {
  const [draft, setDraft] = useState(query);
  const change = (changes: Partial<ItemQuery>) => setDraft({ ...draft, ...changes });
  const setFilter = (at: number, changes: Partial<Filter>) =>
    change({ filters: draft.filters.map((filter, index) => (index === at ? { ...filter, ...changes } : filter)) });
  const sources: SelectProps.Option[] = [
    { value: "", label: table.TableName, description: "Table" },
    ...indexesOf(table).map(({ IndexName }) => ({ value: IndexName, label: IndexName, description: "Index" })),
  ];
  const isQuery = draft.operation === "Query";
  const isReady = !isQuery || draft.hash !== "";
  const run = () => isReady && onRun(draft);
  return (
    <Container>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
      >
        <SpaceBetween size="s">
          <div className="pawl-query-row">
            <div className="pawl-fixed">
              <SegmentedControl
                label="Scan or query"
                selectedId={draft.operation}
                onChange={({ detail }) => change({ operation: detail.selectedId === "Query" ? "Query" : "Scan" })}
                options={[
                  { id: "Scan", text: "Scan" },
                  { id: "Query", text: "Query" },
                ]}
              />
            </div>
            <Select
              ariaLabel="Table or index"
              options={sources}
              selectedOption={sources.find(({ value }) => value === draft.index) ?? sources[0] ?? null}
              onChange={({ detail }) => change({ index: detail.selectedOption.value ?? "" })}
            />
            <div className="pawl-fixed">
              <SpaceBetween direction="horizontal" size="xs">
                <Button formAction="none" iconName="add-plus" onClick={() => change({ filters: [...draft.filters, kNewFilter] })}>
                  Filter
                </Button>
                <Button formAction="none" disabled={draft === kWholeTable} onClick={() => onRun(kWholeTable)}>
                  Reset
                </Button>
                <Button variant="primary" formAction="none" loading={isRunning} disabled={!isReady} onClick={run}>
                  Run
                </Button>
              </SpaceBetween>
            </div>
          </div>
          {isQuery && <KeyFields table={table} draft={draft} change={change} />}
          {draft.filters.map((filter, index) => (
            <FilterFields key={index} filter={filter} onChange={(changes) => setFilter(index, changes)} onRemove={() => change({ filters: draft.filters.filter((_, at) => at !== index) })} />
          ))}
        </SpaceBetween>
        <button type="submit" hidden aria-hidden tabIndex={-1} />
      </form>
    </Container>
  );
}

function KeyFields({ table, draft, change }: { table: TableDescription; draft: ItemQuery; change: (changes: Partial<ItemQuery>) => void }) {
  const schema = indexesOf(table).find(({ IndexName }) => IndexName === draft.index)?.KeySchema ?? table.KeySchema;
  const keys = keyNames(table, schema);
  return (
    <div className="pawl-query-row">
      <FormField label={<bdi>{`${keys.hash} (partition key, ${keys.hashType})`}</bdi>}>
        <Input value={draft.hash} placeholder="Value" spellcheck={false} onChange={({ detail }) => change({ hash: detail.value })} />
      </FormField>
      {keys.range !== undefined && (
        <>
          <FormField label={<bdi>{`${keys.range} (sort key, ${keys.rangeType})`}</bdi>}>
            <Choice label="Operator" options={kKeyOperators} value={draft.rangeOperator} onChange={(rangeOperator) => change({ rangeOperator })} />
          </FormField>
          <Input ariaLabel="Sort key" value={draft.range} placeholder="Any value" spellcheck={false} onChange={({ detail }) => change({ range: detail.value })} />
          {draft.rangeOperator === "between" && (
            <Input ariaLabel="To" value={draft.rangeTo} placeholder="To" spellcheck={false} onChange={({ detail }) => change({ rangeTo: detail.value })} />
          )}
          <Checkbox checked={draft.isDescending} onChange={({ detail }) => change({ isDescending: detail.checked })}>
            Descending
          </Checkbox>
        </>
      )}
    </div>
  );
}

function FilterFields({ filter, onChange, onRemove }: { filter: Filter; onChange: (changes: Partial<Filter>) => void; onRemove: () => void }) {
  const hasValue = needsValue(filter.operator);
  return (
    <div className="pawl-query-row">
      <Input ariaLabel="Attribute" placeholder="Attribute" value={filter.name} spellcheck={false} onChange={({ detail }) => onChange({ name: detail.value })} />
      <Choice label="Condition" options={kFilterOperators} value={filter.operator} onChange={(operator) => onChange({ operator })} />
      {hasValue && (
        <Select
          ariaLabel="Type"
          options={kTypes}
          selectedOption={kTypes.find(({ value }) => value === filter.type) ?? null}
          onChange={({ detail }) => onChange({ type: (detail.selectedOption.value ?? "S") as Filter["type"] })}
        />
      )}
      {hasValue && filter.type !== "NULL" && (
        <Input ariaLabel="Value" placeholder={filter.type === "BOOL" ? "true or false" : "Value"} value={filter.value} spellcheck={false} onChange={({ detail }) => onChange({ value: detail.value })} />
      )}
      <div className="pawl-fixed">
        <Button formAction="none" iconName="close" variant="icon" ariaLabel="Remove the filter" onClick={onRemove} />
      </div>
    </div>
  );
}

function Choice<Value extends string>({ label, options, value, onChange }: { label: string; options: readonly Value[]; value: Value; onChange: (value: Value) => void }) {
  const shown = options.map((option) => ({ value: option, label: option.replace("_", " ") }));
  return (
    <Select
      ariaLabel={label}
      options={shown}
      selectedOption={shown.find((option) => option.value === value) ?? null}
      onChange={({ detail }) => onChange(detail.selectedOption.value as Value)}
    />
  );
}
