// SPDX-License-Identifier: Apache-2.0
// Real containers: busybox in an image. Skipped where the kernel gives no namespaces or busybox is
// not installed.
#include "container/runner.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "container/image_for_test.h"
#include "container/remove_tree.h"

namespace pawl::container {
namespace {

namespace fs = std::filesystem;

/// What one container says; waits for its end.
class Heard {
 public:
  ContainerEvents events() {
    return {.on_started =
                [this](const std::string&) {
                  const std::lock_guard lock(mutex_);
                  is_started_ = true;
                  changed_.notify_all();
                },
            .on_output =
                [this](OutputStream stream, std::string_view bytes) {
                  const std::lock_guard lock(mutex_);
                  (stream == OutputStream::Out ? out_ : error_) += bytes;
                  changed_.notify_all();
                },
            .on_exit =
                [this](ExitStatus status) {
                  const std::lock_guard lock(mutex_);
                  status_ = std::move(status);
                  changed_.notify_all();
                }};
  }
  ExitStatus wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return status_.has_value(); });
    return *status_;
  }
  void wait_for_output(const std::string& text) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return out_.find(text) != std::string::npos || status_; });
  }
  std::string out() {
    const std::lock_guard lock(mutex_);
    return out_;
  }
  std::string error() {
    const std::lock_guard lock(mutex_);
    return error_;
  }
  bool is_started() {
    const std::lock_guard lock(mutex_);
    return is_started_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string out_;
  std::string error_;
  bool is_started_ = false;
  std::optional<ExitStatus> status_;
};

class RunnerTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists("/bin/busybox")) GTEST_SKIP() << "busybox-static is not installed";
    std::string name = (fs::temp_directory_path() / "pawl-runner-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    std::vector<TestEntry> files =
        busybox_entries({"sh", "cat", "ls", "id", "sleep", "ps", "mkdir", "env", "pwd", "head",
                         "tail", "wc", "rm", "touch", "hostname", "stat", "test", "kill"});
    files.push_back(
        {"etc/passwd", "root:x:0:0:r:/root:/bin/sh\napp:x:1000:1001:a:/home/app:/bin/sh\n"});
    files.push_back({"data/given", "from the image"});
    source_.add("box", {make_layer(files)},
                {R"({"Entrypoint":["/bin/sh","-c"],"Cmd":["echo default"],"Env":["FROM=image"],
                    "WorkingDir":"/work"})"});
    images_ = *ImageCache::open({.folder = folder_ / "images", .sources = {&source_}});
    runner_ = *Runner::open({.folder = folder_ / "runs", .images = images_.get()});
    if (!runner_->failure().empty()) GTEST_SKIP() << runner_->failure();
  }
  void TearDown() override {
    runner_.reset();
    images_.reset();
    if (!folder_.empty()) {
      EXPECT_TRUE(remove_tree(folder_));
    }
  }

  ContainerSpec shell(const std::string& script) const {
    return {.image = "test.local/box", .command = std::vector<std::string>{script}};
  }
  ExitStatus run(ContainerSpec spec, Heard& heard) {
    const auto id = runner_->start(std::move(spec), heard.events());
    EXPECT_TRUE(id) << id.error().message;
    return heard.wait();
  }

  fs::path folder_;
  TestImageSource source_;
  std::unique_ptr<ImageCache> images_;
  std::unique_ptr<Runner> runner_;
};

TEST_F(RunnerTest, RunsWhatTheImageSays) {
  Heard heard;
  const ExitStatus status = run({.image = "test.local/box"}, heard);
  EXPECT_EQ(status.code, 0) << status.reason << heard.error();
  EXPECT_TRUE(status.succeeded());
  EXPECT_TRUE(heard.is_started());
  EXPECT_EQ(heard.out(), "default\n");
  EXPECT_EQ(heard.error(), "");
}

TEST_F(RunnerTest, OverridesEnvironmentFolderAndUser) {
  Heard heard;
  ContainerSpec spec = shell("echo $FROM $MINE; pwd; id -u; id -g; echo err >&2; exit 7");
  spec.environment = {{"MINE", "own"}, {"LD_PRELOAD", "/nowhere/evil.so"}};
  spec.user = "app";
  const ExitStatus status = run(spec, heard);
  EXPECT_EQ(status.code, 7) << heard.error();
  EXPECT_EQ(status.reason, "");
  EXPECT_EQ(heard.out(), "image own\n/work\n1000\n1001\n");
  EXPECT_EQ(heard.error(), "err\n") << "and not the sandbox, which knows nothing of LD_PRELOAD";
}

TEST_F(RunnerTest, TheRootIsItsOwnAndForgotten) {
  for (int turn = 0; turn < 2; ++turn) {
    Heard heard;
    const ExitStatus status =
        run(shell("cat /data/given; test ! -e /new && touch /new && rm /data/given && echo ' ok'"),
            heard);
    EXPECT_EQ(status.code, 0) << heard.error();
    EXPECT_EQ(heard.out(), "from the image ok\n");
  }
  EXPECT_EQ(source_.blobs_asked(), 3U) << "two configurations, one layer: it is unpacked once";
}

TEST_F(RunnerTest, WithoutOverlaysTheImageIsCopied) {
  runner_ =
      *Runner::open({.folder = folder_ / "runs", .images = images_.get(), .may_overlay = false});
  for (int turn = 0; turn < 2; ++turn) {
    Heard heard;
    const ExitStatus status =
        run(shell("cat /data/given; test ! -e /new && touch /new && rm /data/given && id"), heard);
    EXPECT_EQ(status.code, 0) << heard.error();
    EXPECT_EQ(heard.out().find("from the image"), 0U);
  }
}

TEST_F(RunnerTest, SeesNothingOfTheMachine) {
  std::ofstream(folder_ / "secret") << "s";
  Heard heard;
  const ExitStatus status =
      run(shell("test -e '" + (folder_ / "secret").string() + "' && echo seen; ls /; ps | wc -l"),
          heard);
  EXPECT_EQ(status.code, 0);
  EXPECT_EQ(heard.out().find("seen"), std::string::npos);
  EXPECT_EQ(heard.out().find("home"), std::string::npos) << heard.out();
}

TEST_F(RunnerTest, MountsAreWhatTheyAre) {
  fs::create_directories(folder_ / "shared");
  std::ofstream(folder_ / "shared" / "in") << "hello";
  Heard heard;
  ContainerSpec spec = shell("cat /mnt/ro/in; touch /mnt/ro/x; touch /mnt/rw/made");
  spec.mounts = {{folder_ / "shared", "/mnt/ro", true}, {folder_ / "shared", "/mnt/rw", false}};
  EXPECT_EQ(run(spec, heard).code, 0) << heard.error();
  EXPECT_EQ(heard.out(), "hello");
  EXPECT_NE(heard.error().find("Read-only"), std::string::npos);
  EXPECT_TRUE(fs::exists(folder_ / "shared" / "made"));
  Heard nested;
  spec.mounts = {{folder_ / "shared", "/mnt", true}, {folder_ / "shared", "/mnt/x", false}};
  EXPECT_NE(run(spec, nested).reason.find("CannotStartContainerError"), std::string::npos);
}

TEST_F(RunnerTest, StopAsksAndThenKills) {
  Heard polite;
  auto id =
      runner_->start(shell("trap 'echo bye; exit 3' TERM; echo up; while :; do sleep 0.05; done"),
                     polite.events());
  polite.wait_for_output("up");
  runner_->stop(*id, 60'000);
  ExitStatus status = polite.wait();
  EXPECT_EQ(status.code, 3);
  EXPECT_TRUE(status.was_stopped);
  EXPECT_EQ(polite.out(), "up\nbye\n");

  Heard deaf;
  id = runner_->start(
      shell("trap '' TERM; (trap '' TERM; sleep 1000) & echo up; while :; do sleep 1000; done"),
      deaf.events());
  deaf.wait_for_output("up");
  runner_->stop(*id, 50);
  status = deaf.wait();
  EXPECT_EQ(status.code, 137);
  EXPECT_EQ(status.signal, SIGKILL);
}

TEST_F(RunnerTest, WhatHoldsTooMuchMemoryEnds) {
  Heard heard;
  ContainerSpec spec = shell("tail /dev/zero");
  spec.memory_bytes = 64 << 20;
  const ExitStatus status = run(spec, heard);
  EXPECT_EQ(status.code, 137);
  EXPECT_EQ(status.reason, "OutOfMemoryError: Container killed due to memory usage");
  EXPECT_GT(status.peak_memory_bytes, spec.memory_bytes);
}

TEST_F(RunnerTest, WhatForksTooMuchEnds) {
  Heard heard;
  ContainerSpec spec = shell(
      "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do sleep 1000 & done; wait; "
      "sleep 1000");
  spec.processes_max = 10;
  // Without privileges the kernel refuses to fork; for root it is ended.
  const ExitStatus status = run(spec, heard);
  EXPECT_NE(status.code, 0);
}

TEST_F(RunnerTest, SaysWhyItDidNotStart) {
  Heard none;
  EXPECT_NE(run({.image = "test.local/none"}, none).reason.find("CannotPullContainerError"),
            std::string::npos);
  EXPECT_EQ(none.wait().code, std::nullopt);
  Heard program;
  EXPECT_EQ(
      run({.image = "test.local/box", .entry_point = std::vector<std::string>{"nothing"}}, program)
          .reason,
      "CannotStartContainerError: exec: \"nothing\": executable file not found in $PATH");
  Heard user;
  ContainerSpec spec = shell("id");
  spec.user = "ghost";
  EXPECT_NE(run(spec, user).reason.find("unable to find user ghost"), std::string::npos);
  source_.add("arm", {}, {R"({"Cmd":["/x"]})", "sparc"});
  Heard other;
  EXPECT_NE(run({.image = "test.local/arm"}, other).reason.find("matching platform"),
            std::string::npos);
  EXPECT_FALSE(runner_->start({.image = "Not An Image"}, {}));
}

TEST_F(RunnerTest, EndsWithItsOwner) {
  Heard heard;
  ASSERT_TRUE(runner_->start(shell("echo up; sleep 1000"), heard.events()));
  heard.wait_for_output("up");
  runner_.reset();  // returns: nothing is left that it would have to wait for
  EXPECT_FALSE(fs::exists(folder_ / "runs"));
}

}  // namespace
}  // namespace pawl::container
