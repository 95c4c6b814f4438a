// SPDX-License-Identifier: Apache-2.0
// The command line alone: what a sandbox keeps from workers is tested with one of Lambda's.
#include "container/sandbox.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace pawl::container {
namespace {

namespace fs = std::filesystem;

class SandboxCommandTest : public testing::Test {
 protected:
  void SetUp() override {
    home_ = fs::temp_directory_path() / ("pawl-sandbox-" + std::to_string(getpid()));
    fs::create_directories(home_ / "bin");
    fs::create_directories(home_ / "share" / "pawl");
    std::ofstream(home_ / "bin" / "python3") << "#!/bin/sh\n";
  }
  void TearDown() override { fs::remove_all(home_); }

  bool hides(const fs::path& folder, const fs::path& interpreter) const {
    const std::vector<std::string> command =
        Sandbox().command(SystemView{.task_folder = "/usr",
                                     .opt_folder = "",
                                     .runtime_folder = "/usr",
                                     .interpreter = interpreter,
                                     .hidden_folder = folder,
                                     .temporary_bytes = 1 << 20});
    const auto at = std::find(command.begin(), command.end(), folder.string());
    return at != command.end() && at != command.begin() && *std::prev(at) == "--tmpfs";
  }

  fs::path home_;
};

TEST_F(SandboxCommandTest, HidesTheDataInTheTreeOfAnInterpreter) {
  EXPECT_TRUE(hides(home_ / "share" / "pawl", home_ / "bin" / "python3"));
  EXPECT_FALSE(hides(home_ / "share" / "pawl", "/usr/bin/python3")) << "it is not shown at all";
}

TEST_F(SandboxCommandTest, AlsoIfTheDataIsNamedFromWhereTheServerWasStarted) {
  const fs::path before = fs::current_path();
  fs::current_path(home_);
  const std::vector<std::string> command =
      Sandbox().command(SystemView{.task_folder = "/usr",
                                   .opt_folder = "",
                                   .runtime_folder = "/usr",
                                   .interpreter = home_ / "bin/python3",
                                   .hidden_folder = "share/pawl",
                                   .temporary_bytes = 1 << 20});
  fs::current_path(before);
  const std::string hidden = fs::canonical(home_ / "share" / "pawl");
  EXPECT_NE(std::find(command.begin(), command.end(), hidden), command.end());
}

TEST_F(SandboxCommandTest, CommandsOverTheToolsSeeNamesThatStandForPrograms) {
  const std::vector<std::string> command = Sandbox().command(
      ToolsView{.interpreters = {home_ / "bin/python3"},
                .hidden_folder = home_ / "share" / "pawl",
                .programs = {{"python3.12", home_ / "bin/python3"}},
                .mounts = {{.source = home_, .target = "/asset-input"},
                           {.source = home_, .target = "/asset-output", .is_read_only = false}},
                .environment = {{"HOME", "/tmp"}},
                .has_network = false});
  const auto has = [&command](std::vector<std::string> words) {
    return std::search(command.begin(), command.end(), words.begin(), words.end()) != command.end();
  };
  EXPECT_TRUE(has({"--symlink", home_ / "bin/python3", "/run/programs/python3.12"}));
  EXPECT_TRUE(has({"--ro-bind", home_, home_})) << "the interpreter's tree";
  EXPECT_TRUE(has({"--tmpfs", fs::canonical(home_ / "share" / "pawl")}));
  EXPECT_TRUE(has({"--ro-bind", home_, "/asset-input"}));
  EXPECT_TRUE(has({"--bind", home_, "/asset-output"}));
  EXPECT_TRUE(has({"--unshare-net"}));
  EXPECT_TRUE(
      has({"--clearenv", "--setenv", "PATH", "/run/programs:/usr/local/bin:/usr/bin:/bin"}));
  EXPECT_EQ(command.back(), "--");
}

}  // namespace
}  // namespace pawl::container
