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
      EXPECT_EQ(event_types(child.id),
                (std::vector<std::string>{"ExecutionStarted", "WaitStateEntered", "WaitStateExited",
                                          "PassStateEntered", "PassStateExited",
                                          "ExecutionSucceeded"}));
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

TEST_F(PartitionMapRunsTest, ExpressChildrenSurviveACrashAtAnyBatch) { crash_everywhere("EXPRESS"); }

}  // namespace
}  // namespace pawl::engine
