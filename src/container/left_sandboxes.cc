// SPDX-License-Identifier: Apache-2.0
#include "container/left_sandboxes.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>
#include <system_error>

namespace pawl::container {
namespace {

namespace fs = std::filesystem;

/// Whether it is a bubblewrap with an argument below `folder`. `command_line`: /proc/PID/cmdline.
bool is_sandbox_of(std::string_view command_line, std::string_view folder) {
  const std::string_view program = command_line.substr(0, command_line.find('\0'));
  if (program != "bwrap" && !program.ends_with("/bwrap")) return false;
  return command_line.find(std::string(1, '\0') + std::string(folder) + "/") !=
         std::string_view::npos;
}

}  // namespace

size_t end_left_sandboxes(const std::string& folder) {
  std::error_code error;
  const std::string whole = fs::weakly_canonical(fs::absolute(folder, error), error).string();
  if (error || whole.empty()) return 0;
  size_t ended = 0;
  for (fs::directory_iterator each("/proc", error), end; !error && each != end;
       each.increment(error)) {
    const std::string name = each->path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    std::ifstream file(each->path() / "cmdline", std::ios::binary);
    // Not by iterators: those throw what read() says when the process has ended meanwhile.
    std::ostringstream command_line;
    command_line << file.rdbuf();
    if (!is_sandbox_of(command_line.str(), whole)) continue;
    if (kill(static_cast<pid_t>(std::stol(name)), SIGKILL) == 0) ++ended;
  }
  return ended;
}

}  // namespace pawl::container
