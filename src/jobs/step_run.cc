// SPDX-License-Identifier: Apache-2.0
#include "jobs/step_run.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <optional>
#include <sstream>
#include <system_error>
#include <utility>

#include "container/image_cache.h"
#include "container/registry_client.h"
#include "container/remove_tree.h"
#include "container/runner.h"
#include "jobs/container_step.h"
#include "jobs/image_layout.h"

namespace pawl::jobs {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using base::Result;

constexpr int kNotStarted = 125;  // as `docker run`
constexpr int64_t kMebibyte = int64_t{1} << 20;
/// Whoever asked the job to end sees to it that it does.
constexpr int64_t kGraceMs = int64_t{24} * 3'600'000;

/// Between looks at whether the container is to end.
constexpr timespec kLook = {0, 300'000'000};

class TemporaryFolder {
 public:
  TemporaryFolder() {
    const char* parent = getenv("TMPDIR");
    path_ =
        std::string(parent != nullptr && *parent == '/' ? parent : "/tmp") + "/pawl-step-XXXXXX";
    if (mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  ~TemporaryFolder() {
    if (!path_.empty()) container::remove_tree(path_);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

Result<JobSpec> read_step(const std::string& folder) {
  std::ifstream file(folder + "/" + kStepFile, std::ios::binary);
  if (!file) return Error(ErrorKind::NotFound, folder + "/" + kStepFile + ": is not there");
  std::stringstream text;
  text << file.rdbuf();
  return decode_step(text.str());
}

/// Whole or not at all.
void leave_exit(const std::string& folder, const JobExit& exit) {
  const std::string path = folder + "/" + kExitFile;
  {
    std::ofstream file(path + ".part", std::ios::binary | std::ios::trunc);
    file << encode_exit(exit);
  }
  std::error_code ignored;
  fs::rename(path + ".part", path, ignored);
}

void write_out(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (count <= 0) return;  // a full disk ends nobody's job
    bytes.remove_prefix(static_cast<size_t>(count));
  }
}

container::ContainerSpec container_of(const JobSpec& spec) {
  container::ContainerSpec made;
  made.image = spec.image;
  if (!spec.entry_point.empty()) made.entry_point = spec.entry_point;
  if (!spec.command.empty()) made.command = spec.command;
  made.environment.insert(spec.environment.begin(), spec.environment.end());
  if (!spec.working_directory.empty()) made.working_directory = spec.working_directory;
  if (!spec.user.empty()) made.user = spec.user;
  made.memory_bytes = spec.demand.memory_mib * kMebibyte;
  made.has_read_only_root = spec.has_read_only_root;
  return made;
}

/// Blocks the signals for all threads that will be made: the main thread takes them.
sigset_t taken_signals() {
  sigset_t taken;
  sigemptyset(&taken);
  for (const int each : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) sigaddset(&taken, each);
  pthread_sigmask(SIG_BLOCK, &taken, nullptr);
  return taken;
}

Result<JobExit> run(const std::string& folder, const std::string& temporary) {
  const JobSpec spec = PAWL_TRY(read_step(folder));
  ImageLayout layout(folder + "/image");
  // Images of other registries than the server's do not come along.
  container::RegistryClient registries({.folder = temporary + "/pulls"});
  const auto images = PAWL_TRY(container::ImageCache::open(
      {.folder = temporary + "/images", .sources = {&layout, &registries}}));
  const sigset_t taken = taken_signals();
  const auto runner =
      PAWL_TRY(container::Runner::open({.folder = temporary + "/runs", .images = images.get()}));
  std::mutex mutex;
  std::optional<container::ExitStatus> status;  // guarded by mutex
  const container::ContainerEvents events = {
      .on_started = {},
      .on_output = [](container::OutputStream, std::string_view bytes) { write_out(bytes); },
      .on_exit =
          [&mutex, &status](container::ExitStatus ended) {
            {
              const std::lock_guard lock(mutex);
              status = std::move(ended);
            }
            kill(getpid(), SIGUSR1);
          }};
  const container::RunningId id = PAWL_TRY(runner->start(container_of(spec), events));
  bool is_stopping = false;
  std::error_code ignored;
  while (true) {
    const int signal = sigtimedwait(&taken, nullptr, &kLook);
    const bool is_asked = signal == SIGTERM || signal == SIGINT || signal == SIGHUP ||
                          fs::exists(folder + "/" + kStopFile, ignored);
    if (is_asked && !std::exchange(is_stopping, true)) runner->stop(id, kGraceMs);
    const std::lock_guard lock(mutex);
    if (!status) continue;
    if (!status->code) return JobExit{JobExit::Kind::NotStarted, 0, status->reason};
    return JobExit{JobExit::Kind::Exited, *status->code, status->reason};
  }
}

}  // namespace

int run_container_step(const std::string& folder) {
  const TemporaryFolder temporary;
  Result<JobExit> exit = Error(ErrorKind::Io, "no temporary folder");
  if (!temporary.path().empty()) exit = run(folder, temporary.path());
  if (!exit) {
    exit =
        JobExit{JobExit::Kind::NotStarted, 0, "CannotStartContainerError: " + exit.error().message};
  }
  if (exit->kind != JobExit::Kind::Exited) std::fprintf(stderr, "%s\n", exit->reason.c_str());
  leave_exit(folder, *exit);
  return exit->kind == JobExit::Kind::Exited ? exit->code : kNotStarted;
}

}  // namespace pawl::jobs
