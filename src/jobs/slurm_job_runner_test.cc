// SPDX-License-Identifier: Apache-2.0
// SlurmJobRunner against commands of the test's own that keep the queue in a file: the real ones
// are in tests/clients/test_batch_slurm.py.
#include "jobs/slurm_job_runner.h"

#include <sys/stat.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "aws/service/recording_caller_for_test.h"
#include "aws/service/virtual_loop_for_test.h"
#include "jobs/container_step.h"
#include "jobs/job_log.h"
#include "json/members.h"
#include "store/memory/memory_store.h"
#include "store/temporary_folder_for_test.h"

namespace pawl::jobs {
namespace {

class SlurmTest : public testing::Test {
 protected:
  void SetUp() override {
    write_program("sbatch", "echo \"$@\" >>" + path("sbatch.log") + "\necho 17\n");
    write_program("squeue", "cat " + path("queue") + "\n");
    write_program("scancel", "echo \"$@\" >>" + path("scancel.log") + "\n");
    write("queue", "");
    restart();
  }
  void restart() {
    loop_ = std::make_unique<aws::VirtualLoop>();
    runner_ = std::make_unique<SlurmJobRunner>(SlurmJobRunner::Options{
        .loop = *loop_,
        .folder = path("jobs"),
        .program = "/opt/it's/pawl",
        .partition = "night",
        .export_image =
            [this](const std::string& image, const std::string&) {
              return image == "none"
                         ? base::Result<void>(base::Error(base::ErrorKind::NotFound, "gone"))
                         : base::Result<void>();
            },
        .commands = path("")});
  }
  std::string path(const std::string& name) const { return folder_.at(name); }
  void write(const std::string& name, const std::string& text) {
    std::ofstream(path(name), std::ios::binary) << text;
  }
  void write_program(const std::string& name, const std::string& text) {
    write(name, "#!/bin/sh\n" + text);
    chmod(path(name).c_str(), 0755);
  }
  std::string read(const std::string& name) const {
    std::stringstream text;
    text << std::ifstream(path(name)).rdbuf();
    return text.str();
  }
  JobEvents events() {
    return {.on_started = [this](const std::string& handle) { told_ += "started " + handle + ";"; },
            .on_output = [this](std::string_view bytes) { output_ += bytes; },
            .on_exit = [this](const JobExit& exit) { exits_.push_back(exit); }};
  }
  void start(const std::string& image = "i") {
    JobSpec spec;
    spec.id = "a";
    spec.image = image;
    spec.command = {"run", "it"};
    spec.demand = {1'500, 64};
    runner_->start(spec, events());
    loop_->run();
  }
  void poll() { loop_->advance_by(1'000); }

  store::TemporaryFolder folder_;
  std::unique_ptr<aws::VirtualLoop> loop_;
  std::unique_ptr<SlurmJobRunner> runner_;
  std::string told_;
  std::string output_;
  std::vector<JobExit> exits_;
};

TEST_F(SlurmTest, AJobIsSubmittedFollowedAndEnded) {
  start();
  const std::string words = read("sbatch.log");
  EXPECT_NE(words.find("--job-name=pawl-a"), std::string::npos);
  EXPECT_NE(words.find("--cpus-per-task=2"), std::string::npos);
  EXPECT_NE(words.find("--mem=64M"), std::string::npos);
  EXPECT_NE(words.find("--partition=night"), std::string::npos);
  EXPECT_EQ(read("jobs/a/script"), "#!/bin/sh\nexec '/opt/it'\\''s/pawl' container run '" +
                                       path("jobs/a") + "' >'" + path("jobs/a/output") + "'\n");
  const auto step = decode_step(read("jobs/a/step.json"));
  ASSERT_TRUE(step);
  EXPECT_EQ(step->command, (std::vector<std::string>{"run", "it"}));
  write("queue", "pawl-a|PENDING|Resources|17\nother|RUNNING|None|18\n");
  poll();
  EXPECT_EQ(told_, "");
  write("queue", "pawl-a|RUNNING|None|17\n");
  write("jobs/a/output", "one\n");
  poll();
  EXPECT_EQ(told_, "started 17;");
  EXPECT_EQ(output_, "one\n");
  write("jobs/a/output", "one\ntwo\n");
  write("jobs/a/exit.json", encode_exit({JobExit::Kind::Exited, 3, ""}));
  poll();
  EXPECT_EQ(output_, "one\ntwo\n");
  ASSERT_EQ(exits_.size(), 1U);
  EXPECT_EQ(exits_[0].code, 3);
  loop_->advance_by(60'000);
  EXPECT_EQ(read("jobs/a/output"), "");  // cleared away
}

TEST_F(SlurmTest, AnImageThatCannotBeHadIsSaid) {
  start("none");
  ASSERT_EQ(exits_.size(), 1U);
  EXPECT_EQ(exits_[0].kind, JobExit::Kind::NotStarted);
  EXPECT_EQ(exits_[0].reason, "CannotPullContainerError: gone");
  EXPECT_EQ(read("sbatch.log"), "");
}

TEST_F(SlurmTest, ARefusedSubmissionIsSaid) {
  write_program("sbatch", "echo 'sbatch: error: invalid partition' >&2\nexit 1\n");
  start();
  ASSERT_EQ(exits_.size(), 1U);
  EXPECT_EQ(exits_[0].reason, "CannotStartContainerError: sbatch: error: invalid partition\n");
}

TEST_F(SlurmTest, StoppingIsAskingFirst) {
  start();
  write("queue", "pawl-a|RUNNING|None|17\n");
  poll();
  runner_->stop("a", 5'000);
  loop_->run();
  EXPECT_TRUE(std::ifstream(path("jobs/a/stop")).good());
  EXPECT_EQ(read("scancel.log"), "");
  loop_->advance_by(7'000);
  const std::string asked = read("scancel.log");
  EXPECT_TRUE(asked.starts_with("--name=pawl-a\n")) << asked;
  write("queue", "pawl-a|CANCELLED|None|17\n");
  loop_->advance_by(4'000);
  ASSERT_EQ(exits_.size(), 1U);
  EXPECT_EQ(exits_[0].kind, JobExit::Kind::Exited);
  EXPECT_EQ(exits_[0].code, 137);
}

TEST_F(SlurmTest, AJobIsFoundAgainAndItsOutputOnce) {
  start();
  write("queue", "pawl-a|RUNNING|None|17\n");
  write("jobs/a/output", "one\n");
  poll();
  restart();
  output_.clear();
  told_.clear();
  runner_->adopt("a", "", 4, events());
  loop_->run();
  write("jobs/a/output", "one\ntwo\n");
  poll();
  EXPECT_EQ(told_, "started 17;");
  EXPECT_EQ(output_, "two\n");
}

/// A job whose output goes to a log; kill() is kill -9 of all but the store and the cluster.
class SlurmLogTest : public SlurmTest {
 protected:
  void SetUp() override {
    SlurmTest::SetUp();
    begin_log();
    JobSpec spec;
    spec.id = "a";
    spec.image = "i";
    runner_->start(spec, logged());
    loop_->run();
    write("queue", "pawl-a|RUNNING|None|17\n");
  }
  void begin_log() { log_ = std::make_unique<JobLog>(*loop_, caller_, *positions_); }
  void kill() {
    restart();
    begin_log();
    runner_->adopt("a", "17", *log_->position("a"), logged());
    loop_->run();
  }
  JobEvents logged() {
    return {.on_started = [this](const std::string&) { log_->open(kStream, "a"); },
            .on_output = [this](std::string_view bytes) { log_->append(kStream, bytes); },
            .on_exit = [this](const JobExit&) { log_->close(kStream, [this] { ++ended_; }); }};
  }
  /// As CloudWatch Logs in this process: lines and position in one commit.
  aws::ApiResult<json::Value> answer(const aws::Call& call) {
    if (call.operation != "PutLogEvents") return json::Value::object();
    const json::Value events = array_member(call.input, "logEvents");
    for (const json::Value& event : events.items()) lines_ += text_member(event, "message") + ";";
    if (is_embedded_) {
      store::Batch batch;
      batch.put(positions_keyspace_, call.completion_key, call.kept_text);
      EXPECT_TRUE(store_.commit(batch, store::Sync::No));
    }
    return json::Value::object();
  }

  static inline const LogStream kStream{{"000000000000", "us-east-1"}, "group", "stream"};
  store::MemoryStore store_;
  store::Keyspace positions_keyspace_ =
      *store_.keyspace(OutputPositions::kKeyspace, OutputPositions::kShape);
  base::Result<OutputPositions> positions_ = OutputPositions::open(store_);
  bool is_embedded_ = true;
  aws::RecordingCaller caller_{[this](const aws::Call& call) { return answer(call); }};
  std::unique_ptr<JobLog> log_;
  std::string lines_;
  int ended_ = 0;
};

TEST_F(SlurmLogTest, WhatWasReadButNotLoggedIsReadAgain) {
  poll();
  write("jobs/a/output", "one\n");
  poll();
  EXPECT_EQ(lines_, "") << "the log gathers lines for a while";
  kill();
  write("jobs/a/output", "one\ntwo\n");
  loop_->advance_by(2'000);
  EXPECT_EQ(lines_, "one;two;");
}

TEST_F(SlurmLogTest, WhatWasLoggedIsNotLoggedAgainAndPartsOfLinesBecomeOne) {
  write("jobs/a/output", "one\n\r\ntw");
  loop_->advance_by(2'000);
  EXPECT_EQ(lines_, "one;");
  kill();
  write("jobs/a/output", "one\n\r\ntwo\nthr");
  loop_->advance_by(2'000);
  EXPECT_EQ(lines_, "one;two;");
  kill();
  write("jobs/a/output", "one\n\r\ntwo\nthree");
  write("jobs/a/exit.json", encode_exit({JobExit::Kind::Exited, 0, ""}));
  loop_->advance_by(2'000);
  EXPECT_EQ(lines_, "one;two;three;");
  EXPECT_EQ(ended_, 1);
  kill();  // the end was not written down
  loop_->advance_by(2'000);
  EXPECT_EQ(lines_, "one;two;three;");
  EXPECT_EQ(ended_, 2);
}

TEST_F(SlurmLogTest, AKillAtAnyMomentLosesAndRepeatsNothing) {
  std::string all;
  std::string expected;
  for (int i = 0; i < 40; ++i) {
    const std::string line = "line " + std::to_string(i);
    all += line + "\n";
    expected += line + ";";
    write("jobs/a/output", all);
    loop_->advance_by(i * 97 % 1'500);
    if (i % 3 == 0) kill();
  }
  loop_->advance_by(5'000);
  EXPECT_EQ(lines_, expected);
}

TEST_F(SlurmLogTest, APositionIsKeptForALogThatLivesElsewhere) {
  is_embedded_ = false;
  write("jobs/a/output", "one\n");
  loop_->advance_by(2'000);
  EXPECT_EQ(*positions_->find("a"), 4U);
  kill();
  loop_->advance_by(2'000);
  EXPECT_EQ(lines_, "one;");
}

TEST_F(SlurmTest, AJobFoundAgainIsAskedToEndIfItMayRun) {
  start();
  restart();
  runner_->adopt("a", "17", 0, events());
  loop_->run();
  runner_->stop("a", 5'000);
  loop_->run();
  EXPECT_TRUE(std::ifstream(path("jobs/a/stop")).good());
  EXPECT_EQ(read("scancel.log"), "");
  write("queue", "pawl-a|PENDING|Resources|17\n");
  poll();
  loop_->run();
  EXPECT_EQ(read("scancel.log"), "--name=pawl-a\n");
}

TEST_F(SlurmTest, AJobThatIsGoneIsLost) {
  start();
  write("queue", "pawl-a|RUNNING|None|17\n");
  poll();
  write("queue", "pawl-a|NODE_FAIL|None|17\n");
  poll();
  poll();
  EXPECT_TRUE(exits_.empty());  // its status may be on the way
  poll();
  ASSERT_EQ(exits_.size(), 1U);
  EXPECT_EQ(exits_[0].kind, JobExit::Kind::Lost);
  EXPECT_EQ(exits_[0].reason, "Host EC2 (Slurm job 17: NODE_FAIL) terminated.");
}

TEST_F(SlurmTest, ASilentControllerIsNoReason) {
  start();
  write("queue", "pawl-a|RUNNING|None|17\n");
  poll();
  write_program("squeue", "exit 1\n");
  loop_->advance_by(10'000);
  EXPECT_TRUE(exits_.empty());
}

TEST(SlurmSetting, NamesAPartition) {
  EXPECT_EQ(slurm_partition("slurm"), "");
  EXPECT_EQ(slurm_partition("slurm=night"), "night");
  EXPECT_EQ(slurm_partition("slurm="), std::nullopt);
  EXPECT_EQ(slurm_partition("sge"), std::nullopt);
}

}  // namespace
}  // namespace pawl::jobs
