// SPDX-License-Identifier: Apache-2.0
// For tests: a partition over a store in memory and a virtual clock, that can die at any moment and
// come back. Not part of the library.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/execution_store.h"
#include "engine/partition.h"
#include "engine/program_builder_for_test.h"
#include "engine/virtual_clock.h"
#include "interpreter/task_token.h"
#include "store/faulting/faulting_store.h"

namespace pawl::engine {

class FixedRevisions final : public RevisionSource {
 public:
  std::shared_ptr<const MachineRevision> add(std::shared_ptr<const asl::Program> program) {
    auto revision = std::make_shared<MachineRevision>();
    revision->id = revisions_.size() + 1;
    revision->program = std::move(program);
    revision->role_arn = "arn:aws:iam::000000000000:role/test";
    revisions_[revision->id] = revision;
    return revision;
  }
  base::Result<std::shared_ptr<const MachineRevision>> find_revision(uint64_t id) override {
    return revisions_.at(id);
  }

 private:
  std::map<uint64_t, std::shared_ptr<const MachineRevision>> revisions_;
};

class PartitionFixture : public testing::Test {
 protected:
  PartitionFixture() { boot(); }

  /// Posts what a task answers, as the engine does.
  class Sink final : public TaskSink {
   public:
    explicit Sink(PartitionFixture& fixture) : fixture_(fixture) {}
    void post(ExecutionId execution, Answer answer) override {
      fixture_.partition_->post(EventMessage{execution, std::move(answer)});
    }

   private:
    PartitionFixture& fixture_;
  };

  void boot() {
    auto opened = ExecutionStore::open(store_);
    ASSERT_TRUE(opened) << opened.error().message;
    executions_ = std::make_unique<ExecutionStore>(*std::move(opened));
    partition_ =
        std::make_unique<Partition>(Partition::Options{.executions = *executions_,
                                                       .clock = clock_,
                                                       // The entropy's numbers lie as far apart as
                                                       // a generator's own steps.
                                                       .seed = base::Random(entropy_.next()).next(),
                                                       .revisions = revisions_,
                                                       .dispatcher = dispatcher_,
                                                       .sink = sink_,
                                                       .watch = watch_,
                                                       .feed = feed_,
                                                       .limits = limits_,
                                                       .objects = objects_});
    ASSERT_TRUE(partition_->recover());
  }
  /// The process dies; what was committed stays. Whatever was dispatched is forgotten.
  void crash() {
    partition_.reset();
    executions_.reset();
    store_.process_crash();
    dispatcher_.requests.clear();
    boot();
  }
  /// Runs until nothing is to do at this time.
  void run() {
    for (int i = 0; i < 100'000; ++i) {
      const auto worked = partition_->run();
      ASSERT_TRUE(worked) << worked.error().message;
      if (!*worked && !partition_->has_work()) return;
    }
    FAIL() << "the partition never rests";
  }
  void advance_ms(int64_t ms) {
    clock_.advance_by_ms(ms);
    run();
  }

  StartMessage start_message(const std::shared_ptr<const MachineRevision>& revision,
                             std::string name, std::string input = "{}") {
    StartMessage message;
    message.record.scope = "us-east-1:000000000000:machine";
    message.record.name = std::move(name);
    message.record.revision = revision->id;
    message.revision = revision;
    message.input = text_payload(std::move(input));
    message.done = [this](const StartOutcome& outcome) { outcomes_.push_back(outcome); };
    return message;
  }
  /// Starts and runs; the id.
  ExecutionId start(const std::shared_ptr<const MachineRevision>& revision, std::string name,
                    std::string input = "{}") {
    partition_->post(start_message(revision, std::move(name), std::move(input)));
    run();
    return outcomes_.empty() ? 0 : outcomes_.back().id;
  }
  interpreter::ExecutionStatus status(ExecutionId id) {
    const auto record = executions_->record(id);
    EXPECT_TRUE(record && *record);
    return record && *record ? (*record)->status : interpreter::ExecutionStatus::Running;
  }
  std::vector<std::string> event_types(ExecutionId id) {
    std::vector<std::string> types;
    const auto events = executions_->history(id, 1, INT64_MAX - 1, 100'000, false);
    EXPECT_TRUE(events);
    for (size_t i = 0; events && i < events->size(); ++i) {
      EXPECT_EQ((*events)[i].id, static_cast<int64_t>(i) + 1);
      types.emplace_back(interpreter::history_event_type_name((*events)[i].type));
    }
    return types;
  }
  void succeed(const TaskRequest& request, std::string output) {
    sink_.post(request.execution,
               interpreter::TaskSucceeded{request.command.task, text_payload(std::move(output))});
    run();
  }

  PartitionLimits limits_;
  store::FaultingStore store_{store::FaultPlan{}};
  VirtualClock clock_{{1'700'000'000'000}};
  CountingEntropy entropy_;
  FixedRevisions revisions_;
  ScriptedDispatcher dispatcher_;
  items::ObjectStore* objects_ = nullptr;
  StatusWatch* watch_ = nullptr;
  ExecutionFeed* feed_ = nullptr;
  Sink sink_{*this};
  std::unique_ptr<ExecutionStore> executions_;
  std::unique_ptr<Partition> partition_;
  std::vector<StartOutcome> outcomes_;
};

}  // namespace pawl::engine
