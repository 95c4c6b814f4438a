// SPDX-License-Identifier: Apache-2.0
// Durable Map Runs: they survive the process at any moment, keep to their limits, and read and
// write objects.
#include "engine/partition_map_runs.h"

#include <set>

#include "asl/compile.h"
#include "engine/partition_fixture_for_test.h"
#include "items/memory_store_for_test.h"

namespace pawl::engine {
namespace {

using interpreter::ExecutionStatus;

std::string numbers(int count) {
  std::string text = "[";
  for (int i = 0; i < count; ++i) text += (i == 0 ? "" : ",") + std::to_string(i);
  return text + "]";
}

/// A Distributed Map with `fields`, the children made of `states`.
std::string map_definition(const std::string& fields, const std::string& kind,
                           const std::string& states) {
  return R"({"StartAt":"M","States":{"M":{"Type":"Map","End":true,"Label":"Each",)" + fields +
         R"("ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":")" + kind +
         R"("},)" + states + "}}}}";
}

constexpr const char* kPass = R"("StartAt":"P","States":{"P":{"Type":"Pass","End":true}})";
constexpr const char* kWait = R"("StartAt":"W","States":{"W":{"Type":"Wait","Seconds":1,"Next":"P"},
                                                        "P":{"Type":"Pass","End":true}})";
/// Items that are false fail.
constexpr const char* kFailIfFalse =
    R"("StartAt":"C","States":{"C":{"Type":"Choice","Default":"P","Choices":[
       {"Variable":"$","BooleanEquals":false,"Next":"F"}]},
       "P":{"Type":"Pass","End":true},"F":{"Type":"Fail","Error":"E","Cause":"C"}})";

const std::vector<std::string> kSucceeded = {
    "ExecutionStarted", "MapStateEntered",   "MapStateStarted", "MapRunStarted",
    "MapRunSucceeded",  "MapStateSucceeded", "MapStateExited",  "ExecutionSucceeded"};

class PartitionMapRunsTest : public PartitionFixture {
 protected:
  std::shared_ptr<const MachineRevision> compiled(const std::string& definition) {
    const asl::Compilation compilation = asl::compile(definition);
    for (const asl::Diagnostic& diagnostic : compilation.diagnostics)
      EXPECT_FALSE(diagnostic.severity == asl::Severity::Error) << diagnostic.message;
    EXPECT_TRUE(compilation.program);
    return revisions_.add(compilation.program);
  }
  /// Second by second until the execution has ended.
  void run_to_end(ExecutionId id) {
    run();
    for (int i = 0; i < 1'000 && status(id) == ExecutionStatus::Running; ++i) advance_ms(1'000);
    ASSERT_NE(status(id), ExecutionStatus::Running);
    run();
  }
  MapRunRecord map_run_of(ExecutionId parent) {
    const auto runs = MapRunStore(*executions_).list(parent, UINT64_MAX, 100);
    EXPECT_TRUE(runs);
    EXPECT_EQ(runs->size(), 1u);
    return runs && runs->size() == 1 ? runs->front() : MapRunRecord{};
  }
  std::vector<ExecutionRecord> children_of(const std::string& map_run_arn) {
    ExecutionStore::ListQuery query;
    query.list = map_run_arn;
    query.records_max = 10'000;
    const auto page = executions_->list(query);
    EXPECT_TRUE(page);
    return page ? page->records : std::vector<ExecutionRecord>{};
  }
  std::string output(ExecutionId id) {
    const auto summary = executions_->summary(id);
    EXPECT_TRUE(summary && *summary);
    if ((*summary)->output) return *(*summary)->output;
    return (*summary)->error.error.value_or("") + ": " + (*summary)->error.cause.value_or("");
  }

  /// A crash after each number of batches; then all must be as if there had been none.
  void crash_everywhere(const std::string& kind) {
    limits_.map_children_per_batch_max = 7;
    crash();
    const auto revision = compiled(map_definition("", kind, kWait));
    bool ended_before = false;
    for (int batches = 1; !ended_before && batches < 200; ++batches) {
      SCOPED_TRACE(kind + ", batches " + std::to_string(batches));
      partition_->post(start_message(revision, "run-" + std::to_string(batches), numbers(50)));
      for (int i = 0; i < batches; ++i) {
        const auto worked = partition_->run();
        ASSERT_TRUE(worked);
        if (!*worked && !partition_->has_work()) clock_.advance_by_ms(1'000);
      }
      const ExecutionId id = outcomes_.back().id;
      ended_before = status(id) != ExecutionStatus::Running;
      crash();
      run_to_end(id);
      EXPECT_EQ(output(id), numbers(50));
      EXPECT_EQ(event_types(id), kSucceeded);
      const MapRunRecord record = map_run_of(id);
      EXPECT_EQ(record.status, MapRunStatus::Succeeded);
      EXPECT_EQ(record.phase, MapRunPhase::Over);
      EXPECT_EQ(record.items.succeeded, 50u);
      EXPECT_EQ(record.items.total, 50u);
      EXPECT_EQ(record.children.succeeded, 50u);
      EXPECT_EQ(record.children.running, 0u);
      check_children(record, kind == "STANDARD" ? 50 : 0);
      if (HasFailure()) return;
    }
    EXPECT_TRUE(ended_before);
    EXPECT_TRUE(MapRunStore(*executions_).open_runs()->empty());
  }
  /// Each ran once, from its first event to its last.
  void check_children(const MapRunRecord& record, size_t expected) {
    const auto children = children_of(record.arn);
    EXPECT_EQ(children.size(), expected);
    std::set<uint32_t> indexes;
    std::set<std::string> names;
    for (const ExecutionRecord& child : children) {
      EXPECT_EQ(child.status, ExecutionStatus::Succeeded);
      EXPECT_EQ(
          event_types(child.id),
          (std::vector<std::string>{"ExecutionStarted", "WaitStateEntered", "WaitStateExited",
                                    "PassStateEntered", "PassStateExited", "ExecutionSucceeded"}));
      indexes.insert(child.map_run_child);
      names.insert(child.name);
      EXPECT_EQ(child.scope, "us-east-1:000000000000:machine/Each");
    }
    EXPECT_EQ(indexes.size(), expected);
    EXPECT_EQ(names.size(), expected);
  }

  items::MemoryStore objects_in_memory_;
};

TEST_F(PartitionMapRunsTest, StandardChildrenSurviveACrashAtAnyBatch) {
  crash_everywhere("STANDARD");
}

TEST_F(PartitionMapRunsTest, ExpressChildrenSurviveACrashAtAnyBatch) {
  crash_everywhere("EXPRESS");
}

TEST_F(PartitionMapRunsTest, FailedChildrenAreTolerated) {
  const auto revision =
      compiled(map_definition(R"("ToleratedFailureCount":2,)", "STANDARD", kFailIfFalse));
  const ExecutionId id = start(revision, "one", "[1,false,2,false]");
  EXPECT_EQ(status(id), ExecutionStatus::Succeeded);
  EXPECT_EQ(event_types(id), kSucceeded);
  const MapRunRecord record = map_run_of(id);
  EXPECT_EQ(record.status, MapRunStatus::Succeeded);
  EXPECT_EQ(record.items.failed, 2u);
  EXPECT_EQ(record.items.succeeded, 2u);
  EXPECT_EQ(record.items.pending(), 0u);
}

TEST_F(PartitionMapRunsTest, OneFailureTooManyEndsTheRunAndStopsItsChildren) {
  // The first item fails after a second; the others would wait for an hour.
  const auto revision = compiled(
      map_definition("", "STANDARD",
                     R"("StartAt":"C","States":{"C":{"Type":"Choice","Default":"Long","Choices":[
           {"Variable":"$","NumericEquals":0,"Next":"Short"}]},
         "Short":{"Type":"Wait","Seconds":1,"Next":"F"},"F":{"Type":"Fail","Error":"E"},
         "Long":{"Type":"Wait","Seconds":3600,"End":true}})"));
  const ExecutionId id = start(revision, "one", numbers(100));
  EXPECT_EQ(map_run_of(id).children.running, 100u);
  advance_ms(1'000);
  EXPECT_EQ(status(id), ExecutionStatus::Failed);
  EXPECT_EQ(output(id),
            "States.ExceedToleratedFailureThreshold: The specified tolerated failure threshold was "
            "exceeded");
  EXPECT_EQ(event_types(id),
            (std::vector<std::string>{"ExecutionStarted", "MapStateEntered", "MapStateStarted",
                                      "MapRunStarted", "MapRunFailed", "MapStateFailed",
                                      "ExecutionFailed"}));
  const MapRunRecord record = map_run_of(id);
  EXPECT_EQ(record.status, MapRunStatus::Failed);
  EXPECT_EQ(record.children.failed, 1u);
  EXPECT_EQ(record.children.aborted, 99u);
  for (const ExecutionRecord& child : children_of(record.arn))
    EXPECT_NE(child.status, ExecutionStatus::Running);
}

TEST_F(PartitionMapRunsTest, StoppingGoesOnAfterACrash) {
  limits_.map_children_per_batch_max = 10;
  crash();
  const auto revision = compiled(map_definition("", "STANDARD", kWait));
  for (int batches = 1; batches < 8; ++batches) {
    const ExecutionId id = start(revision, "run-" + std::to_string(batches), numbers(50));
    partition_->post(StopMessage{id, {.error = "E", .cause = "C"}, {}});
    for (int i = 0; i < batches; ++i) ASSERT_TRUE(partition_->run());
    crash();
    run();
    EXPECT_EQ(status(id), ExecutionStatus::Aborted);
    const MapRunRecord record = map_run_of(id);
    EXPECT_EQ(record.status, MapRunStatus::Aborted);
    EXPECT_EQ(record.stopped_at.ms, clock_.now().ms);
    EXPECT_EQ(record.children.aborted, 50u);
    EXPECT_EQ(record.children.running, 0u);
    for (const ExecutionRecord& child : children_of(record.arn))
      EXPECT_EQ(child.status, ExecutionStatus::Aborted);
    EXPECT_TRUE(MapRunStore(*executions_).open_runs()->empty());
  }
}

TEST_F(PartitionMapRunsTest, ConcurrencyIsABoundThatMayChange) {
  const auto revision = compiled(map_definition(R"("MaxConcurrency":3,)", "EXPRESS", kWait));
  const ExecutionId id = start(revision, "one", numbers(40));
  EXPECT_EQ(map_run_of(id).children.running, 3u);
  EXPECT_EQ(map_run_of(id).items.pending(), 37u);
  bool found = false;
  UpdateMapRunMessage message;
  message.map_run = map_run_of(id).id;
  message.max_concurrency = 10;
  message.done = [&](bool it_was) { found = it_was; };
  partition_->post(message);
  run();
  EXPECT_TRUE(found);
  EXPECT_EQ(map_run_of(id).children.running, 10u);
  EXPECT_EQ(map_run_of(id).max_concurrency, 10u);
  crash();
  run();
  EXPECT_EQ(map_run_of(id).children.running, 10u);
  run_to_end(id);
  EXPECT_EQ(output(id), numbers(40));
  partition_->post(message);
  run();
  EXPECT_FALSE(found) << "what is over is not updated";
}

TEST_F(PartitionMapRunsTest, NoMoreThanTenThousandChildrenAtOnce) {
  const auto revision = compiled(map_definition("", "EXPRESS", kWait));
  const ExecutionId id = start(revision, "one", numbers(12'000));
  EXPECT_EQ(map_run_of(id).children.running, 10'000u);
  run_to_end(id);
  EXPECT_EQ(map_run_of(id).children.succeeded, 12'000u);
}

TEST_F(PartitionMapRunsTest, ExpressChildrenHaveFiveMinutes) {
  const auto revision = compiled(map_definition(
      R"("ToleratedFailurePercentage":50,)", "EXPRESS",
      R"("StartAt":"W","States":{"W":{"Type":"Wait","SecondsPath":"$","End":true}})"));
  const ExecutionId id = start(revision, "one", "[299,301]");
  advance_ms(299'999);
  EXPECT_EQ(map_run_of(id).children.running, 1u);
  advance_ms(1);
  EXPECT_EQ(status(id), ExecutionStatus::Succeeded);
  EXPECT_EQ(map_run_of(id).children.timed_out, 1u);
  EXPECT_EQ(map_run_of(id).items.succeeded, 1u);
}

TEST_F(PartitionMapRunsTest, AMapInAChildHasItsOwnRun) {
  const auto revision = compiled(map_definition(
      "", "STANDARD",
      R"("StartAt":"N","States":{"N":{"Type":"Map","End":true,"Label":"Inner","ItemProcessor":{
           "ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"EXPRESS"},)" +
          std::string(kWait) + "}}}"));
  const ExecutionId id = start(revision, "one", "[[1,2],[3]]");
  crash();
  run_to_end(id);
  EXPECT_EQ(output(id), "[[1,2],[3]]");
  const auto children = children_of(map_run_of(id).arn);
  ASSERT_EQ(children.size(), 2u);
  for (const ExecutionRecord& child : children) {
    EXPECT_EQ(map_run_of(child.id).status, MapRunStatus::Succeeded);
    EXPECT_TRUE(map_run_of(child.id).arn.starts_with(
        "arn:aws:states:us-east-1:000000000000:mapRun:machine/Inner:"));
  }
}

TEST_F(PartitionMapRunsTest, ARedriveRunsWhatWasNotSuccessful) {
  for (const std::string kind : {"STANDARD", "EXPRESS"}) {
    const auto revision =
        compiled(map_definition(R"("MaxConcurrency":1,)", kind,
                                R"("StartAt":"T","States":{"T":{"Type":"Task","End":true,
             "Resource":"arn:aws:lambda:us-east-1:000000000000:function:f"}})"));
    const ExecutionId id = start(revision, kind, "[0,1,2]");
    ASSERT_EQ(dispatcher_.requests.size(), 1u);
    succeed(dispatcher_.requests[0], R"("kept")");
    ASSERT_EQ(dispatcher_.requests.size(), 2u);
    sink_.post(dispatcher_.requests[1].execution,
               interpreter::TaskFailed{interpreter::TaskFailed::Phase::Run,
                                       dispatcher_.requests[1].command.task,
                                       {.error = "E", .cause = "C"}});
    run();
    ASSERT_EQ(status(id), ExecutionStatus::Failed);
    EXPECT_EQ(map_run_of(id).items.pending(), 1u);
    RedriveOutcome outcome;
    partition_->post(RedriveMessage{id, [&](const RedriveOutcome& told) { outcome = told; }});
    run();
    EXPECT_EQ(outcome.kind, RedriveOutcome::Kind::Redriven) << outcome.reason;
    EXPECT_EQ(status(id), ExecutionStatus::Running);
    ASSERT_EQ(dispatcher_.requests.size(), 3u);
    EXPECT_EQ(dispatcher_.requests[2].command.parameters.text(), "1");
    crash();
    run();
    ASSERT_EQ(dispatcher_.requests.size(), 1u);
    EXPECT_EQ(dispatcher_.requests[0].command.parameters.text(), "1");
    succeed(dispatcher_.requests[0], R"("fixed")");
    succeed(dispatcher_.requests[1], R"("third")");
    EXPECT_EQ(output(id), R"(["kept","fixed","third"])");
    const MapRunRecord record = map_run_of(id);
    EXPECT_EQ(record.status, MapRunStatus::Succeeded);
    EXPECT_EQ(record.redrive_count, 1u);
    EXPECT_EQ(record.items.succeeded, 3u);
    EXPECT_EQ(record.items.failed, 0u);
    dispatcher_.requests.clear();
  }
}

TEST_F(PartitionMapRunsTest, ARedriveOfWhatEndedAtOnceKeepsItsFirstEvents) {
  const auto revision = compiled(map_definition("", "STANDARD", kFailIfFalse));
  const ExecutionId id = start(revision, "one", "[true,false]");
  ASSERT_EQ(status(id), ExecutionStatus::Failed);
  partition_->post(RedriveMessage{id, [](const RedriveOutcome&) {}});
  run();
  EXPECT_EQ(status(id), ExecutionStatus::Failed);
  EXPECT_EQ(event_types(id),
            (std::vector<std::string>{"ExecutionStarted", "MapStateEntered", "MapStateStarted",
                                      "MapRunStarted", "MapRunFailed", "MapStateFailed",
                                      "ExecutionFailed", "ExecutionRedriven", "MapRunRedriven",
                                      "MapRunFailed", "MapStateFailed", "ExecutionFailed"}));
  const auto children = children_of(map_run_of(id).arn);
  ASSERT_EQ(children.size(), 2u);
  for (const ExecutionRecord& child : children) {
    if (child.map_run_child == 0) {
      EXPECT_EQ(child.redrive_count, 0);
      continue;
    }
    EXPECT_EQ(child.redrive_count, 1);
    EXPECT_EQ(event_types(child.id),
              (std::vector<std::string>{"ExecutionStarted", "ChoiceStateEntered",
                                        "ChoiceStateExited", "FailStateEntered", "ExecutionFailed",
                                        "ExecutionRedriven", "ExecutionFailed"}));
  }
}

std::string reader(const std::string& more = "") {
  return R"("ItemReader":{"Resource":"arn:aws:states:::s3:getObject",
      "ReaderConfig":{"InputType":"JSON"},"Parameters":{"Bucket":"b","Key":"items.json"}},)" +
         more;
}

TEST_F(PartitionMapRunsTest, WithoutAnObjectStoreReadersFail) {
  const ExecutionId id = start(compiled(map_definition(reader(), "EXPRESS", kPass)), "one");
  EXPECT_TRUE(output(id).starts_with("States.ItemReaderFailed: ")) << output(id);
}

TEST_F(PartitionMapRunsTest, AReaderGoesOnAfterACrash) {
  objects_ = &objects_in_memory_;
  limits_.map_children_per_batch_max = 150;
  crash();
  objects_in_memory_.objects["b/items.json"] = numbers(1'000);
  const auto revision = compiled(
      map_definition(reader(R"("ItemBatcher":{"MaxItemsPerBatch":7},)"), "STANDARD", kWait));
  for (int batches = 1; batches < 12; ++batches) {
    SCOPED_TRACE(batches);
    partition_->post(start_message(revision, "run-" + std::to_string(batches)));
    for (int i = 0; i < batches; ++i) ASSERT_TRUE(partition_->run());
    const ExecutionId id = outcomes_.back().id;
    crash();
    run_to_end(id);
    EXPECT_EQ(event_types(id), kSucceeded);
    EXPECT_TRUE(output(id).starts_with(R"([{"Items":[0,1,2,3,4,5,6]},{"Items":[7,)"));
    EXPECT_TRUE(output(id).ends_with(R"({"Items":[994,995,996,997,998,999]}])"));
    EXPECT_EQ(map_run_of(id).items.total, 1'000u);
    EXPECT_EQ(map_run_of(id).items.succeeded, 1'000u);
    EXPECT_EQ(map_run_of(id).children.succeeded, 143u);
    EXPECT_EQ(children_of(map_run_of(id).arn).size(), 143u);
  }
}

TEST_F(PartitionMapRunsTest, WhatCannotBeReadFailsTheRun) {
  objects_ = &objects_in_memory_;
  crash();
  objects_in_memory_.objects["b/items.json"] = R"({"not":"an array"})";
  const ExecutionId id = start(compiled(map_definition(reader(), "STANDARD", kPass)), "one");
  EXPECT_EQ(output(id), "States.ItemReaderFailed: Attempting to map over non-iterable node.");
  EXPECT_EQ(event_types(id)[4], "MapRunFailed");
}

TEST_F(PartitionMapRunsTest, AWriterWritesEachResultOnceAlsoAfterACrash) {
  objects_ = &objects_in_memory_;
  crash();
  const auto revision = compiled(map_definition(
      R"("ToleratedFailureCount":1,"ResultWriter":{"Resource":"arn:aws:states:::s3:putObject",
          "WriterConfig":{"Transformation":"COMPACT","OutputType":"JSON"},
          "Parameters":{"Bucket":"out","Prefix.$":"$$.Execution.Name"}},)",
      "EXPRESS", kFailIfFalse));
  for (int batches = 1; batches < 5; ++batches) {
    SCOPED_TRACE(batches);
    const std::string name = "run-" + std::to_string(batches);
    partition_->post(start_message(revision, name, "[1,false,2]"));
    for (int i = 0; i < batches; ++i) ASSERT_TRUE(partition_->run());
    const ExecutionId id = outcomes_.back().id;
    crash();
    run_to_end(id);
    EXPECT_EQ(event_types(id), kSucceeded);
    const MapRunRecord record = map_run_of(id);
    const std::string folder = name + "/" + record.arn.substr(record.arn.rfind(':') + 1) + "/";
    EXPECT_EQ(output(id), R"({"MapRunArn":")" + record.arn +
                              R"(","ResultWriterDetails":{"Bucket":"out","Key":")" + folder +
                              R"(manifest.json"}})");
    EXPECT_EQ(objects_in_memory_.objects["out/" + folder + "SUCCEEDED_0.json"], "[1,2]");
    EXPECT_NE(objects_in_memory_.objects["out/" + folder + "FAILED_0.json"].find(R"("Error":"E")"),
              std::string::npos);
    EXPECT_EQ(record.items.results_written, 3u);
    EXPECT_EQ(record.children.results_written, 3u);
  }
}

}  // namespace
}  // namespace pawl::engine
