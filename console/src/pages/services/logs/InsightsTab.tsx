// SPDX-License-Identifier: Apache-2.0
// A query of CloudWatch Logs Insights: groups, a time range, the query; the rows it finds.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Multiselect from "@cloudscape-design/components/multiselect";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useEffect, useRef, useState } from "react";
import { type ApiError, asApiError } from "../../../api/api-error";
import { call } from "../../../api/console-api";
import { useCall } from "../../../api/use-call";
import { Empty } from "../../../components/Empty";
import { ErrorBox } from "../../../components/ErrorBox";
import { JsonView } from "../../../components/JsonView";
import { VirtualTable } from "../../../components/VirtualTable";
import { useQueryState } from "../shared/query-state";
import "../shared/shared.css";
import { kRanges, type LogGroup, rangeStart } from "./log-types";

const kFirstQuery = "fields @timestamp, @logStream, @message\n| sort @timestamp desc\n| limit 200";
const kPollMs = 400;
const kRangeOptions = kRanges.map(({ id, text }) => ({ value: id, label: text }));

type Row = { field: string; value: string }[];

interface Results {
  status: string;
  results?: Row[];
  statistics?: { recordsMatched?: number; recordsScanned?: number; bytesScanned?: number };
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export function InsightsTab() {
  const [chosen, setChosen] = useQueryState("groups");
  const [query, setQuery] = useQueryState("query", kFirstQuery);
  const [range, setRange] = useQueryState("range", "1d");
  const [results, setResults] = useState<Results>();
  const [error, setError] = useState<ApiError>();
  const [isRunning, setRunning] = useState(false);
  const run = useRef(0);
  useEffect(() => () => void (run.current += 1), []);
  const groups = useCall<{ logGroups?: LogGroup[] }>("logs", "DescribeLogGroups", { limit: 50 });
  const names = chosen === "" ? [] : chosen.split("\n");

  const start = async () => {
    const mine = (run.current += 1);
    setRunning(true);
    setError(undefined);
    try {
      const now = Date.now();
      const { queryId } = await call<{ queryId: string }>("logs", "StartQuery", {
        logGroupNames: names,
        queryString: query,
        startTime: Math.floor(rangeStart(range, now) / 1000),
        endTime: Math.ceil(now / 1000),
      });
      while (run.current === mine) {
        const answer = await call<Results>("logs", "GetQueryResults", { queryId });
        if (run.current !== mine) return;
        setResults(answer);
        if (answer.status !== "Running" && answer.status !== "Scheduled") break;
        await wait(kPollMs);
      }
    } catch (failure) {
      if (run.current === mine) setError(asApiError(failure));
    }
    if (run.current === mine) setRunning(false);
  };

  return (
    <SpaceBetween size="m">
      <Container>
        <SpaceBetween size="s">
          <div className="pawl-filters">
            <div className="pawl-filter-text">
              <Multiselect
                ariaLabel="Log groups"
                placeholder="Choose log groups"
                filteringType="auto"
                keepOpen={false}
                statusType={groups.data === undefined ? (groups.error === undefined ? "loading" : "error") : "finished"}
                options={(groups.data?.logGroups ?? []).map(({ logGroupName }) => ({ value: logGroupName, label: logGroupName }))}
                selectedOptions={names.map((name) => ({ value: name, label: name }))}
                onChange={({ detail }) => setChosen(detail.selectedOptions.map(({ value }) => value ?? "").join("\n"))}
              />
            </div>
            <Select
              ariaLabel="Time range"
              options={kRangeOptions}
              selectedOption={kRangeOptions.find(({ value }) => value === range) ?? null}
              onChange={({ detail }) => setRange(detail.selectedOption.value ?? "1d")}
            />
            <Button variant="primary" loading={isRunning} disabled={names.length === 0} onClick={() => void start()}>
              Run query
            </Button>
          </div>
          <FormField label="Query" stretch>
            <div className="pawl-code-field">
              <Textarea value={query} rows={4} spellcheck={false} onChange={({ detail }) => setQuery(detail.value)} />
            </div>
          </FormField>
        </SpaceBetween>
      </Container>
      {error !== undefined && <ErrorBox error={error} />}
      {results !== undefined && <QueryResults results={results} />}
    </SpaceBetween>
  );
}

function QueryResults({ results }: { results: Results }) {
  const [selected, setSelected] = useState<number>();
  const rows = results.results ?? [];
  const fields = [...new Set(rows.flatMap((row) => row.map(({ field }) => field)))].filter((field) => field !== "@ptr");
  const valueOf = (row: Row, field: string) => row.find((cell) => cell.field === field)?.value ?? "";
  const row = selected === undefined ? undefined : rows[selected];
  if (results.status === "Failed" || results.status === "Timeout") return <Alert type="error" header={results.status}>The query did not complete.</Alert>;
  return (
    <SpaceBetween size="xs">
      <Box color="text-body-secondary">
        {`${rows.length.toLocaleString("en")} rows; ${(results.statistics?.recordsMatched ?? 0).toLocaleString("en")} events matched of ${(results.statistics?.recordsScanned ?? 0).toLocaleString("en")} scanned`}
      </Box>
      <VirtualTable
        label="Results"
        columns={fields.map((field) => ({
          id: field,
          header: <bdi>{field}</bdi>,
          width: field === "@message" ? "minmax(300px, 3fr)" : "minmax(140px, 1fr)",
          cell: (cells: Row) => <bdi className="pawl-mono">{valueOf(cells, field).slice(0, 500)}</bdi>,
        }))}
        count={rows.length}
        rowAt={(index) => rows[index]}
        height={rows.length < 12 ? Math.max(140, 60 + rows.length * 28) : 480}
        selected={selected}
        onSelect={setSelected}
        empty={<Empty title={results.status === "Running" ? "Running" : "No rows"} />}
      />
      {row !== undefined && <JsonView text={JSON.stringify(Object.fromEntries(row.filter(({ field }) => field !== "@ptr").map(({ field, value }) => [field, value])))} label="Row" />}
    </SpaceBetween>
  );
}
