// SPDX-License-Identifier: Apache-2.0
#include "app/python_requirements.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "app/text_file.h"

namespace pawl::app {
namespace {

namespace fs = std::filesystem;

constexpr size_t kRequirementsBytesMax = 1u << 20u;
constexpr size_t kSaidBytesMax = 4'000;

struct Ended {
  int status = -1;  ///< exit status; -1: could not be started
  std::string said;
};

/// Runs a program to its end; what it writes to stdout and stderr is kept.
Ended run_program(const std::vector<std::string>& words) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return {};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], STDERR_FILENO);
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t child = 0;
  const int error =
      ::posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(pipe[1]);
  Ended ended;
  std::array<char, 4096> buffer;
  for (ssize_t count = 0;
       error == 0 && (count = ::read(pipe[0], buffer.data(), buffer.size())) > 0;)
    ended.said.append(buffer.data(), static_cast<size_t>(count));
  ::close(pipe[0]);
  int status = 0;
  if (error == 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status))
    ended.status = WEXITSTATUS(status);
  return ended;
}

base::Result<BuiltFolder> copy_of(const std::string& folder) {
  std::string name = (fs::temp_directory_path() / "pawl-build-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr)
    return base::Error(base::ErrorKind::Io, name + ": cannot be made");
  BuiltFolder built(name);
  std::error_code error;
  fs::copy(folder, name, fs::copy_options::recursive, error);
  if (error) return base::Error(base::ErrorKind::Io, folder + ": " + error.message());
  return built;
}

}  // namespace

BuiltFolder::~BuiltFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

bool has_python_requirements(const std::string& folder) {
  const auto text = read_text_file(folder + "/requirements.txt", kRequirementsBytesMax);
  if (!text) return false;
  size_t at = 0;
  while (at < text->size()) {
    const size_t end = std::min(text->find('\n', at), text->size());
    const size_t first = text->find_first_not_of(" \t\r", at);
    if (first < end && (*text)[first] != '#') return true;
    at = end + 1;
  }
  return false;
}

base::Result<BuiltFolder> build_python_folder(const std::string& folder,
                                              const std::string& runtime) {
  BuiltFolder built = PAWL_TRY(copy_of(folder));
  // The runtime's own Python first: what pip chooses depends on the version.
  const Ended asked = run_program({runtime, "-m", "pip", "--version"});
  const std::string python = asked.status == 0 ? runtime : "python3";
  if (asked.status != 0 && run_program({python, "-m", "pip", "--version"}).status != 0)
    return base::Error(base::ErrorKind::NotFound,
                       folder +
                           " has a requirements.txt, and this computer has no pip to install "
                           "it with (python3 -m pip; Debian: apt install python3-pip)");
  const Ended installed = run_program(
      {python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile",
       "--requirement", built.path() + "/requirements.txt", "--target", built.path()});
  if (installed.status == 0) return built;
  const size_t from = installed.said.size() - std::min(installed.said.size(), kSaidBytesMax);
  return base::Error(base::ErrorKind::Io, folder + "/requirements.txt cannot be installed:\n" +
                                              installed.said.substr(from));
}

}  // namespace pawl::app
