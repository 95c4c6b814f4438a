// SPDX-License-Identifier: Apache-2.0
// State machines: made, changed, published, aliased, tagged, validated, deleted.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ROLE, PREFIX, all, call, client, definition, ended, machine, pass, refused, sdk, until } from "./client.mjs";

const STARTS = 200;

test("a machine is made, described, changed and listed", async () => {
  const made = await machine("first", pass(1), { tags: [{ key: "team", value: "red" }], tracingConfiguration: { enabled: true } });
  assert.equal(made.stateMachineArn, PREFIX + "stateMachine:first");
  assert.ok(made.creationDate instanceof Date);
  assert.equal(made.stateMachineVersionArn, undefined);
  const again = await machine("first", pass(1), { tracingConfiguration: { enabled: true } });
  assert.deepEqual(again.creationDate, made.creationDate);
  await refused("StateMachineAlreadyExists", "CreateStateMachine", { name: "first", roleArn: ROLE, definition: definition(pass(2)) });

  const { stateMachineArn } = made;
  const before = await call("DescribeStateMachine", { stateMachineArn });
  assert.equal(before.definition, definition(pass(1)));
  assert.deepEqual([before.name, before.status, before.type, before.roleArn], ["first", "ACTIVE", "STANDARD", ROLE]);
  assert.deepEqual(before.loggingConfiguration, { level: "OFF", includeExecutionData: false });
  assert.deepEqual(before.tracingConfiguration, { enabled: true });
  assert.deepEqual(before.encryptionConfiguration, { type: "AWS_OWNED_KEY" });
  assert.equal(before.revisionId, undefined);

  const changed = await call("UpdateStateMachine", { stateMachineArn, definition: definition(pass(2)), publish: true, versionDescription: "two" });
  assert.equal(changed.stateMachineVersionArn, stateMachineArn + ":1");
  const after = await call("DescribeStateMachine", { stateMachineArn });
  assert.equal(after.revisionId, changed.revisionId);
  assert.equal(after.definition, definition(pass(2)));
  const without = await call("DescribeStateMachine", { stateMachineArn, includedData: "METADATA_ONLY" });
  assert.equal(without.definition, "{}");
  await refused("MissingRequiredParameter", "UpdateStateMachine", { stateMachineArn });

  for (const name of ["list-a", "list-b", "list-c"]) await machine(name, pass(0));
  const { found, count } = await all(sdk.paginateListStateMachines({ client, pageSize: 2 }, {}), "stateMachines");
  assert.ok(count >= 2);
  const names = found.map((each) => each.name);
  for (const name of ["first", "list-a", "list-b", "list-c"]) assert.equal(names.filter((each) => each === name).length, 1);
  await call("ListStateMachines", { maxResults: 1 });
});

test("what may not be a machine is refused by name", async () => {
  const good = { name: "bad", roleArn: ROLE, definition: definition(pass(1)) };
  await refused("InvalidName", "CreateStateMachine", { ...good, name: "no spaces" });
  await refused("InvalidArn", "CreateStateMachine", { ...good, roleArn: "nobody" });
  const error = await refused("InvalidDefinition", "CreateStateMachine", { ...good, definition: '{"StartAt":"X","States":{}}' });
  assert.match(error.message, /Invalid State Machine Definition/);
  await refused("InvalidLoggingConfiguration", "CreateStateMachine", { ...good, loggingConfiguration: { level: "ALL" } });
  await refused("InvalidEncryptionConfiguration", "CreateStateMachine", { ...good, encryptionConfiguration: { type: "CUSTOMER_MANAGED_KMS_KEY" } });
  await refused("ValidationException", "CreateStateMachine", { ...good, versionDescription: "without publish" });
  await refused("StateMachineDoesNotExist", "DescribeStateMachine", { stateMachineArn: PREFIX + "stateMachine:nobody" });
  await refused("InvalidArn", "DescribeStateMachine", { stateMachineArn: "nonsense" });
  await refused("InvalidToken", "ListStateMachines", { nextToken: "invented" });
});

test("versions are published, described, listed and deleted", async () => {
  const { stateMachineArn } = await machine("versions", pass(1));
  const first = await call("PublishStateMachineVersion", { stateMachineArn, description: "the first" });
  assert.equal(first.stateMachineVersionArn, stateMachineArn + ":1");
  const same = await call("PublishStateMachineVersion", { stateMachineArn, description: "the first" });
  assert.equal(same.stateMachineVersionArn, first.stateMachineVersionArn);
  const { revisionId } = await call("UpdateStateMachine", { stateMachineArn, definition: definition(pass(2)) });
  await refused("ConflictException", "PublishStateMachineVersion", { stateMachineArn, revisionId: "another" });
  const second = await call("PublishStateMachineVersion", { stateMachineArn, revisionId });
  const listed = await call("ListStateMachineVersions", { stateMachineArn });
  assert.deepEqual(listed.stateMachineVersions.map((each) => each.stateMachineVersionArn), [second, first].map((each) => each.stateMachineVersionArn));
  const described = await call("DescribeStateMachine", { stateMachineArn: first.stateMachineVersionArn });
  assert.deepEqual([described.definition, described.description], [definition(pass(1)), "the first"]);
  const page = await call("ListStateMachineVersions", { stateMachineArn, maxResults: 1 });
  const rest = await call("ListStateMachineVersions", { stateMachineArn, maxResults: 1, nextToken: page.nextToken });
  assert.equal(rest.stateMachineVersions[0].stateMachineVersionArn, first.stateMachineVersionArn);
  await call("DeleteStateMachineVersion", { stateMachineVersionArn: first.stateMachineVersionArn });
  await call("UpdateStateMachine", { stateMachineArn, definition: definition(pass(3)) });
  const third = await call("PublishStateMachineVersion", { stateMachineArn });
  assert.equal(third.stateMachineVersionArn, stateMachineArn + ":3");
});

test("an alias routes by weight", async () => {
  const { stateMachineArn, stateMachineVersionArn } = await machine("routed", pass("one"), { publish: true });
  const second = (await call("UpdateStateMachine", { stateMachineArn, definition: definition(pass("two")), publish: true })).stateMachineVersionArn;
  const route = (one, two) => [{ stateMachineVersionArn, weight: one }, { stateMachineVersionArn: second, weight: two }];
  const { stateMachineAliasArn } = await call("CreateStateMachineAlias", { name: "live", description: "d", routingConfiguration: route(25, 75) });
  assert.equal(stateMachineAliasArn, stateMachineArn + ":live");
  await refused("ConflictException", "CreateStateMachineAlias", { name: "live", routingConfiguration: route(50, 50) });
  await refused("ValidationException", "CreateStateMachineAlias", { name: "wrong", routingConfiguration: route(50, 60) });
  const described = await call("DescribeStateMachineAlias", { stateMachineAliasArn });
  assert.deepEqual([described.name, described.description, described.routingConfiguration], ["live", "d", route(25, 75)]);

  const start = async (stateMachineArn) => ended((await call("StartExecution", { stateMachineArn })).executionArn);
  const runs = await Promise.all(Array.from({ length: STARTS }, () => start(stateMachineAliasArn)));
  const ones = runs.filter((run) => run.stateMachineVersionArn === stateMachineVersionArn);
  // 200 throws of 1 in 4: outside 50 +- 6 standard deviations once in 500 million runs.
  assert.ok(ones.length > 13 && ones.length < 87, `${ones.length} of ${STARTS}`);
  for (const run of runs) {
    assert.equal(run.stateMachineAliasArn, stateMachineAliasArn);
    assert.equal(run.stateMachineArn, stateMachineArn);
    assert.equal(run.output, run.stateMachineVersionArn === second ? '"two"' : '"one"');
  }
  assert.equal((await call("ListExecutions", { stateMachineArn: stateMachineAliasArn, maxResults: 1000 })).executions.length, STARTS);
  assert.equal((await call("ListExecutions", { stateMachineArn: stateMachineVersionArn, maxResults: 1000 })).executions.length, ones.length);

  await call("UpdateStateMachineAlias", { stateMachineAliasArn, routingConfiguration: [{ stateMachineVersionArn: second, weight: 100 }] });
  for (let i = 0; i < 10; i += 1) assert.equal((await start(stateMachineAliasArn)).output, '"two"');
  const aliases = await call("ListStateMachineAliases", { stateMachineArn });
  assert.deepEqual(aliases.stateMachineAliases.map((each) => each.stateMachineAliasArn), [stateMachineAliasArn]);
  await refused("ConflictException", "DeleteStateMachineVersion", { stateMachineVersionArn: second });
  await call("DeleteStateMachineAlias", { stateMachineAliasArn });
  await refused("ResourceNotFound", "DescribeStateMachineAlias", { stateMachineAliasArn });
});

test("tags are put, read and taken away", async () => {
  const { stateMachineArn: resourceArn } = await machine("tagged", pass(1), { tags: [{ key: "a", value: "1" }] });
  await call("TagResource", { resourceArn, tags: [{ key: "b", value: "2" }, { key: "a", value: "3" }] });
  const tags = async () => Object.fromEntries((await call("ListTagsForResource", { resourceArn })).tags.map(({ key, value }) => [key, value]));
  assert.deepEqual(await tags(), { a: "3", b: "2" });
  await call("UntagResource", { resourceArn, tagKeys: ["a", "none"] });
  assert.deepEqual(await tags(), { b: "2" });
  const many = Array.from({ length: 50 }, (_, i) => ({ key: `k${i}`, value: "" }));
  const error = await refused("TooManyTags", "TagResource", { resourceArn, tags: many });
  assert.equal(error.resourceName, resourceArn);
  await refused("ResourceNotFound", "ListTagsForResource", { resourceArn: PREFIX + "stateMachine:nobody" });
});

test("a definition is validated", async () => {
  const good = await call("ValidateStateMachineDefinition", { definition: definition(pass(1)), type: "EXPRESS" });
  assert.deepEqual([good.result, good.diagnostics], ["OK", []]);
  const text = definition({ A: { Type: "Pass", Next: "Nowhere" }, B: { Type: "Teapot", End: true } });
  const bad = await call("ValidateStateMachineDefinition", { definition: text });
  assert.equal(bad.result, "FAIL");
  assert.ok(bad.diagnostics.length >= 2);
  for (const each of bad.diagnostics) assert.ok(each.code && each.message && each.severity);
  assert.ok(bad.diagnostics.some((each) => each.location?.startsWith("/States/A")));
  const one = await call("ValidateStateMachineDefinition", { definition: text, maxResults: 1 });
  assert.deepEqual([one.diagnostics.length, one.truncated], [1, true]);
});

test("a machine that is deleted lets what runs go on", async () => {
  const { activityArn } = await call("CreateActivity", { name: "deleted-worker" });
  const { stateMachineArn } = await machine("deleted", { T: { Type: "Task", Resource: activityArn, End: true } });
  const { executionArn } = await call("StartExecution", { stateMachineArn });
  await call("DeleteStateMachine", { stateMachineArn });
  await refused("StateMachineDeleting", "StartExecution", { stateMachineArn });
  assert.equal((await call("DescribeStateMachine", { stateMachineArn })).status, "DELETING");
  const { taskToken } = await call("GetActivityTask", { activityArn });
  await call("SendTaskSuccess", { taskToken, output: '"after"' });
  assert.equal((await ended(executionArn)).output, '"after"');
  await until("the end of the machine", () =>
    call("DescribeStateMachine", { stateMachineArn }).then(() => false, (error) => error instanceof sdk.StateMachineDoesNotExist));
  await call("DeleteStateMachine", { stateMachineArn });
});
