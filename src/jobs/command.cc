// SPDX-License-Identifier: Apache-2.0
#include "jobs/command.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace pawl::jobs {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;

constexpr size_t kOutputBytesMax = size_t{16} << 20;

class Pipe {
 public:
  Pipe() {
    if (pipe2(ends_.data(), O_CLOEXEC) != 0) ends_ = {-1, -1};
  }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  bool is_open() const { return ends_[0] >= 0; }
  int end(size_t which) const { return ends_[which]; }
  void close_end(size_t which) {
    if (ends_[which] >= 0) close(std::exchange(ends_[which], -1));
  }

 private:
  std::array<int, 2> ends_{};
};

int64_t monotonic_ms() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1'000 + now.tv_nsec / 1'000'000;
}

std::vector<std::string> shown_environment() {
  std::vector<std::string> shown;
  for (const char* name : {"PATH", "HOME", "USER", "LANG", "TZ", "SLURM_CONF"}) {
    if (const char* value = std::getenv(name)) shown.push_back(std::string(name) + "=" + value);
  }
  return shown;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// Reads both until they end. False if the time is over.
bool read_all(Pipe& out, Pipe& errors, int64_t deadline_ms, CommandOutput& output) {
  std::array<Pipe*, 2> pipes = {&out, &errors};
  std::array<std::string*, 2> texts = {&output.text, &output.errors};
  std::array<char, 65'536> buffer{};
  while (out.is_open() || errors.is_open()) {
    const int64_t left = deadline_ms - monotonic_ms();
    if (left <= 0) return false;
    std::array<pollfd, 2> watched = {pollfd{out.end(0), POLLIN, 0},
                                     pollfd{errors.end(0), POLLIN, 0}};
    if (poll(watched.data(), watched.size(), static_cast<int>(left)) < 0 && errno != EINTR) {
      return false;
    }
    for (size_t i = 0; i < pipes.size(); ++i) {
      if (watched[i].fd < 0 || watched[i].revents == 0) continue;
      const ssize_t count = read(pipes[i]->end(0), buffer.data(), buffer.size());
      if (count > 0 && texts[i]->size() < kOutputBytesMax) {
        texts[i]->append(buffer.data(), static_cast<size_t>(count));
      }
      if (count == 0 || (count < 0 && errno != EINTR)) pipes[i]->close_end(0);
    }
  }
  return true;
}

}  // namespace

Result<CommandOutput> run_command(const std::vector<std::string>& words, int timeout_ms) {
  const int64_t deadline = monotonic_ms() + timeout_ms;
  Pipe out;
  Pipe errors;
  if (!out.is_open() || !errors.is_open()) return Error(ErrorKind::Io, "no pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.end(1), 1);
  posix_spawn_file_actions_adddup2(&actions, errors.end(1), 2);
  std::vector<std::string> texts = words;
  std::vector<std::string> environment = shown_environment();
  pid_t pid = -1;
  const int failure = posix_spawnp(&pid, words.front().c_str(), &actions, nullptr,
                                   pointers_to(texts).data(), pointers_to(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) return Error(ErrorKind::Io, words.front() + ": " + std::strerror(failure));
  out.close_end(1);
  errors.close_end(1);
  CommandOutput output;
  const bool is_whole = read_all(out, errors, deadline, output);
  if (!is_whole) kill(pid, SIGKILL);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!is_whole) return Error(ErrorKind::LimitExceeded, words.front() + ": no answer in time");
  output.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return output;
}

}  // namespace pawl::jobs
