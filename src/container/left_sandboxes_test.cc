// SPDX-License-Identifier: Apache-2.0
#include "container/left_sandboxes.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace pawl::container {
namespace {

/// A process that calls itself bubblewrap and mounts `source`.
pid_t start(const std::string& source) {
  int input[2] = {-1, -1};
  EXPECT_EQ(pipe(input), 0);  // nobody ever writes
  const pid_t pid = fork();
  if (pid == 0) {
    dup2(input[0], 0);
    execl("/bin/sh", "/usr/bin/bwrap", "-c", "read -r line", "--ro-bind", source.c_str(),
          "/var/task", nullptr);
    _exit(1);
  }
  // Until it has another program's arguments it has ours.
  std::string arguments;
  while (arguments.find("bwrap") == std::string::npos) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/cmdline", std::ios::binary);
    arguments.assign(std::istreambuf_iterator<char>(file), {});
  }
  return pid;
}

TEST(LeftSandboxes, ThoseOfTheFolderEndAndNoOthers) {
  const std::string folder =
      std::filesystem::temp_directory_path().string() + "/pawl-left-" + std::to_string(getpid());
  const pid_t ours = start(folder + "/lambda-code/1");
  const pid_t another = start(folder + "-2/lambda-code/1");
  EXPECT_EQ(end_left_sandboxes(folder), 1U);
  int status = 0;
  EXPECT_EQ(waitpid(ours, &status, 0), ours);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  EXPECT_EQ(waitpid(another, &status, WNOHANG), 0);
  kill(another, SIGKILL);
  waitpid(another, &status, 0);
}

}  // namespace
}  // namespace pawl::container
