// SPDX-License-Identifier: Apache-2.0
// What is stored of a Map Run reads back as it was, and no broken bytes bring the reader down.
#include "engine/map_run_record.h"

#include <gtest/gtest.h>

#include "json/parse.h"
#include "json/write.h"
#include "store/memory/memory_store.h"

namespace pawl::engine {
namespace {

MapRunRecord full_record() {
  MapRunRecord record;
  record.arn = "arn:aws:states:us-east-1:000000000000:mapRun:m/l:u";
  record.parent = 77;
  record.execution_arn = "arn:execution";
  record.state_machine_arn = "arn:machine";
  record.status = MapRunStatus::Failed;
  record.phase = MapRunPhase::Writing;
  record.started_at = {1'700'000'000'000};
  record.stopped_at = {1'700'000'000'001};
  record.max_concurrency = 5;
  record.tolerated_failure_count = 3;
  record.tolerated_failure_percentage = 12.5;
  record.failure_percentage_is_updated = true;
  record.seed = UINT64_MAX;
  record.children_started = 9;
  record.items = {.total = 20,
                  .running = 1,
                  .succeeded = 2,
                  .failed = 3,
                  .timed_out = 4,
                  .aborted = 5,
                  .results_written = 6};
  record.children = {.total = 10,
                     .running = 0,
                     .succeeded = 1,
                     .failed = 2,
                     .timed_out = 3,
                     .aborted = 4,
                     .results_written = 5};
  record.etag = "\"e\"";
  record.error = asl::ExecutionError{.error = "E", .cause = std::nullopt};
  record.redrive_count = 2;
  record.redriven_at = {5};
  return record;
}

TEST(MapRunRecord, ReadsBackAsItWas) {
  std::string bytes;
  encode_map_run_record(full_record(), bytes);
  const auto read = decode_map_run_record(bytes);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->tolerated_failure_percentage, 12.5);
  EXPECT_EQ(read->items.pending(), 5u);
  EXPECT_EQ(read->error->error, "E");
  EXPECT_FALSE(read->error->cause);
  EXPECT_FALSE(read->failure_count_is_updated);
  EXPECT_TRUE(read->failure_percentage_is_updated);
  std::string again;
  encode_map_run_record(*read, again);
  EXPECT_EQ(again, bytes);
}

TEST(MapRunRecord, BrokenBytesAreAnError) {
  std::string bytes;
  encode_map_run_record(full_record(), bytes);
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(decode_map_run_record(std::string_view(bytes).substr(0, size))) << size;
  bytes[0] = 2;
  EXPECT_FALSE(decode_map_run_record(bytes));
  EXPECT_FALSE(decode_map_run_command("[]"));
  EXPECT_FALSE(decode_map_run_command("{"));
  EXPECT_FALSE(decode_child_result(""));
  EXPECT_FALSE(decode_child_result("\x09\x01\x01"));
}

TEST(MapRunRecord, TheCommandReadsBackAsItWas) {
  interpreter::StartMapRun command;
  command.task = {4, 2};
  command.state = 3;
  command.items = *json::parse("[1.50,{\"a\":1e5}]");
  command.state_input = *json::parse("{\"in\":[]}");
  command.max_concurrency = 7;
  command.tolerated_failure_count = 1;
  command.tolerated_failure_percentage = 0.1;
  command.reader_parameters = *json::parse("{\"Bucket\":\"b\"}");
  command.reader_max_items = 11;
  const auto read = decode_map_run_command(encode_map_run_command(command));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->task, command.task);
  EXPECT_EQ(read->state, command.state);
  EXPECT_EQ(json::write(read->items), json::write(command.items));
  EXPECT_EQ(json::write(read->state_input), json::write(command.state_input));
  EXPECT_EQ(read->tolerated_failure_percentage, 0.1);
  EXPECT_EQ(read->reader_max_items, 11);
  EXPECT_EQ(json::write(*read->reader_parameters), R"({"Bucket":"b"})");
}

TEST(MapRunStore, ListsNewestFirstInPages) {
  store::MemoryStore store;
  const ExecutionStore executions = ExecutionStore::open(store).value();
  const MapRunStore map_runs(executions);
  store::Batch batch;
  const store::Keyspace space = executions.keyspaces().map_runs;
  for (const uint64_t id : {10, 20, 30}) {
    MapRunRecord record = full_record();
    record.arn += std::to_string(id);
    std::string value;
    encode_map_run_record(record, value);
    batch.put(space, MapRunStore::record_key(id), value);
    batch.put(space, MapRunStore::parent_key(record.parent, id), {});
    batch.put(space, MapRunStore::arn_key(record.arn), ExecutionStore::id_key(id));
  }
  ASSERT_TRUE(store.commit(batch, store::Sync::No));
  const auto first = map_runs.list(77, UINT64_MAX, 2);
  ASSERT_EQ(first->size(), 2u);
  EXPECT_EQ(first->at(0).id, 30u);
  const auto second = map_runs.list(77, first->at(1).id, 2);
  ASSERT_EQ(second->size(), 1u);
  EXPECT_EQ(second->at(0).id, 10u);
  EXPECT_TRUE(map_runs.list(76, UINT64_MAX, 2)->empty());
  EXPECT_EQ(*map_runs.find(full_record().arn + "20"), 20u);
  EXPECT_FALSE(*map_runs.find(full_record().arn));
}

}  // namespace
}  // namespace pawl::engine
