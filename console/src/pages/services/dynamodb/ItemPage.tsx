// SPDX-License-Identifier: Apache-2.0
// An item: its attributes with their types, and as JSON, plain or DynamoDB's, to be changed; a new one without ?key.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useEffect, useState } from "react";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { ApiError } from "../../../api/api-error";
import { call } from "../../../api/console-api";
import { useLoaded } from "../../../api/use-call";
import { useCrumbs } from "../../../app/frame";
import { ConfirmButton } from "../../../components/ConfirmButton";
import { Name } from "../../../components/Link";
import { paths } from "../shared/arn-path";
import { JsonField, jsonProblem } from "../shared/JsonField";
import { LoadedView } from "../shared/LoadedView";
import { SimpleTable } from "../shared/SimpleTable";
import { useAct } from "../shared/use-act";
import { cellText, type Item, itemFromPlain, itemToPlain, kTypeNames, typeOf } from "./attribute";
import { keyOf } from "./ItemsTab";
import { keyNames, type TableDescription } from "./table-types";

function titleOf(key: string | null): string {
  if (key === null) return "New item";
  try {
    return Object.values(JSON.parse(key) as Item).map(cellText).join(" · ");
  } catch {
    return key;
  }
}

function firstItem(table: TableDescription): Item {
  const keys = keyNames(table, table.KeySchema);
  const empty = (type: string) => (type === "N" ? { N: "0" } : type === "B" ? { B: "" } : { S: "" });
  return { [keys.hash]: empty(keys.hashType), ...(keys.range === undefined ? {} : { [keys.range]: empty(keys.rangeType) }) };
}

export default function ItemPage() {
  const { table: name = "" } = useParams();
  const [params] = useSearchParams();
  const key = params.get("key");
  const title = titleOf(key);
  useCrumbs(["Tables", "/dynamodb"], [name, paths.table(name)], [title, key === null ? `${paths.table(name)}/item` : paths.item(name, key)]);
  const loaded = useLoaded(JSON.stringify(["item", name, key]), async (signal) => {
    const { Table: table } = await call<{ Table: TableDescription }>("dynamodb", "DescribeTable", { TableName: name }, signal);
    if (key === null) return { table, item: firstItem(table) };
    const { Item: item } = await call<{ Item?: Item }>("dynamodb", "GetItem", { TableName: name, Key: JSON.parse(key) as Item, ConsistentRead: true }, signal);
    if (item === undefined) throw new ApiError("NotFound", "There is no such item (any more).", 404);
    return { table, item };
  });
  return (
    <LoadedView loaded={loaded}>
      {({ table, item }) => <ItemEditor key={key ?? ""} table={table} item={item} isNew={key === null} title={title} onSaved={loaded.reload} />}
    </LoadedView>
  );
}

interface Props {
  table: TableDescription;
  item: Item;
  isNew: boolean;
  title: string;
  onSaved: () => void;
}

type Form = "plain" | "typed";

function textOf(item: Item, form: Form): string {
  return JSON.stringify(form === "plain" ? itemToPlain(item) : item, null, 2);
}

function ItemEditor({ table, item, isNew, title, onSaved }: Props) {
  const act = useAct();
  const navigate = useNavigate();
  const [form, setForm] = useState<Form>("plain");
  const [text, setText] = useState(() => textOf(item, "plain"));
  useEffect(() => setText(textOf(item, form)), [item]);
  const isValid = jsonProblem(text) === undefined;
  const read = (): Item => (form === "plain" ? itemFromPlain(JSON.parse(text) as Record<string, unknown>, item) : (JSON.parse(text) as Item));
  const shown = isValid ? read() : item;
  const isChanged = text !== textOf(item, form);
  const change = (next: Form) => {
    if (isValid) setText(textOf(read(), next));
    setForm(next);
  };
  const save = async () => {
    const next = read();
    const condition = isNew ? { ConditionExpression: "attribute_not_exists(#k)", ExpressionAttributeNames: { "#k": table.KeySchema[0]?.AttributeName ?? "" } } : {};
    const isDone = await act({ failed: "The item could not be saved", succeeded: "The item was saved." }, () => call("dynamodb", "PutItem", { TableName: table.TableName, Item: next, ...condition }));
    if (!isDone) return;
    if (keyOf(table, next) === keyOf(table, item)) onSaved();
    else void navigate(paths.item(table.TableName, keyOf(table, next)), { replace: isNew });
  };
  const remove = async () => {
    const Key = JSON.parse(keyOf(table, item)) as Item;
    const isDone = await act({ failed: "The item could not be deleted", succeeded: "The item was deleted." }, () => call("dynamodb", "DeleteItem", { TableName: table.TableName, Key }));
    if (isDone) void navigate(paths.table(table.TableName));
  };
  const isOtherKey = !isNew && isValid && keyOf(table, shown) !== keyOf(table, item);
  return (
    <SpaceBetween size="m">
      <Header
        variant="h1"
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            {!isNew && (
              <ConfirmButton text="Delete" title="Delete item" onConfirm={remove}>
                <Box>
                  Delete the item <b><Name>{title}</Name></b>? This cannot be undone.
                </Box>
              </ConfirmButton>
            )}
            <Button disabled={!isChanged || isNew} onClick={() => setText(textOf(item, form))}>
              Discard changes
            </Button>
            <Button variant="primary" disabled={!isValid || (!isChanged && !isNew)} onClick={() => void save()}>
              {isNew ? "Create item" : isOtherKey ? "Save as a new item" : "Save"}
            </Button>
          </SpaceBetween>
        }
      >
        <Name>{title}</Name>
      </Header>
      <Container
        header={
          <Header
            variant="h2"
            actions={
              <SegmentedControl
                label="Form of JSON"
                selectedId={form}
                onChange={({ detail }) => change(detail.selectedId === "typed" ? "typed" : "plain")}
                options={[
                  { id: "plain", text: "JSON" },
                  { id: "typed", text: "DynamoDB JSON" },
                ]}
              />
            }
          >
            Item
          </Header>
        }
      >
        <JsonField
          label="Attributes"
          description={form === "plain" ? "Sets, binary values and long numbers stay what they are while they are not changed." : "Each value with its type."}
          rows={Math.min(26, Math.max(8, text.split("\n").length + 1))}
          value={text}
          onChange={setText}
        />
      </Container>
      <Container header={<Header variant="h2" counter={`(${Object.keys(shown).length})`}>Attributes</Header>}>
        <SimpleTable
          label="Attributes"
          items={Object.entries(shown)}
          empty="No attributes"
          columns={[
            { id: "name", header: "Name", cell: ([name]) => <Name>{name}</Name>, isRowHeader: true, width: "25%" },
            { id: "type", header: "Type", cell: ([, value]) => kTypeNames[typeOf(value)] ?? typeOf(value), width: "120px" },
            { id: "value", header: "Value", cell: ([, value]) => <Name>{cellText(value)}</Name> },
          ]}
        />
      </Container>
    </SpaceBetween>
  );
}
