// SPDX-License-Identifier: Apache-2.0
#include "jobs/container_job_runner.h"

#include <sched.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "base/bytes.h"

namespace pawl::jobs {

using base::Error;
using base::ErrorKind;
using base::Result;

namespace {

constexpr int64_t kMebibyte = int64_t{1} << 20;

JobExit exit_of(const container::ExitStatus& status) {
  if (!status.code) return {JobExit::Kind::NotStarted, 0, status.reason};
  return {JobExit::Kind::Exited, *status.code, status.reason};
}

}  // namespace

Demand machine_capacity() {
  cpu_set_t usable;
  CPU_ZERO(&usable);
  const bool is_known = sched_getaffinity(0, sizeof usable, &usable) == 0;
  const int64_t processors = is_known ? CPU_COUNT(&usable) : sysconf(_SC_NPROCESSORS_ONLN);
  const int64_t bytes = int64_t{sysconf(_SC_PHYS_PAGES)} * sysconf(_SC_PAGESIZE);
  return {processors * 1'000, bytes / kMebibyte};
}

ContainerJobRunner::ContainerJobRunner(Options options)
    : options_(std::move(options)), capacity_(machine_capacity()) {}

void ContainerJobRunner::start(JobSpec spec, JobEvents events) {
  auto job = std::make_shared<Job>();
  job->events = std::move(events);
  {
    const std::lock_guard lock(mutex_);
    jobs_.insert_or_assign(spec.id, std::move(job));
  }
  options_.loop.work([this, spec = std::move(spec)] { hand_over(spec); });
}

void ContainerJobRunner::adopt(const std::string& id, const std::string& /*handle*/,
                               uint64_t /*output_read*/, JobEvents events) {
  // Nothing outlives the process.
  options_.loop.post([id, events = std::move(events)] {
    events.on_exit(
        {JobExit::Kind::Lost, 0, "Host EC2 (instance i-0" + id.substr(0, 16) + ") terminated."});
  });
}

/// Volumes of a host are folders of ours, each by itself: a job sees of this machine what jobs have
/// put there, and no more.
Result<std::vector<container::Mount>> ContainerJobRunner::make_mounts(const JobSpec& spec) {
  std::vector<container::Mount> mounts;
  if (!spec.mounts.empty() && options_.folder.empty()) {
    return Error(ErrorKind::Unsupported, "volumes need a data folder");
  }
  for (const Mount& mount : spec.mounts) {
    const std::string name =
        mount.source.empty()
            ? "/running/" + spec.id + "/" + std::to_string(mounts.size())
            : "/host/" + base::hex_encode(base::digest(
                             base::DigestAlgorithm::Sha1,
                             std::filesystem::path(mount.source).lexically_normal().string()));
    std::error_code failure;
    std::filesystem::create_directories(options_.folder + name, failure);
    if (failure) return Error(ErrorKind::Io, "a volume's folder: " + failure.message());
    mounts.push_back({options_.folder + name, mount.target, mount.is_read_only});
  }
  return mounts;
}

/// On a worker thread.
void ContainerJobRunner::hand_over(const JobSpec& spec) {
  const std::string& id = spec.id;
  const auto fail = [this, &id](const std::string& reason) {
    options_.loop.post([this, id, reason] { ended(id, {JobExit::Kind::NotStarted, 0, reason}); });
  };
  Result<container::Runner*> runner = [this] {
    const std::lock_guard lock(handing_over_);
    return options_.runner();
  }();
  if (!runner) return fail("CannotStartContainerError: " + runner.error().message);
  container::ContainerSpec container;
  container.image = spec.image;
  if (!spec.entry_point.empty()) container.entry_point = spec.entry_point;
  if (!spec.command.empty()) container.command = spec.command;
  container.environment.insert(spec.environment.begin(), spec.environment.end());
  if (!spec.working_directory.empty()) container.working_directory = spec.working_directory;
  if (!spec.user.empty()) container.user = spec.user;
  container.memory_bytes = spec.demand.memory_mib * kMebibyte;
  container.vcpus = static_cast<double>(spec.demand.millicpus) / 1'000;
  container.has_read_only_root = spec.has_read_only_root;
  Result<std::vector<container::Mount>> mounts = make_mounts(spec);
  if (!mounts) return fail("CannotStartContainerError: " + mounts.error().message);
  container.mounts = *std::move(mounts);
  // The runner's thread must not wait for us: all goes on on the loop.
  const auto on_loop = [this, id](auto action) {
    options_.loop.post([this, id, action = std::move(action)] {
      std::shared_ptr<Job> job;
      {
        const std::lock_guard lock(mutex_);
        const auto found = jobs_.find(id);
        if (found != jobs_.end()) job = found->second;
      }
      if (job) action(*job);
    });
  };
  const container::ContainerEvents events = {
      .on_started =
          [on_loop](const std::string&) {
            on_loop([](const Job& job) { job.events.on_started(""); });
          },
      .on_output =
          [on_loop](container::OutputStream, std::string_view bytes) {
            on_loop([text = std::string(bytes)](const Job& job) { job.events.on_output(text); });
          },
      .on_exit =
          [this, id](const container::ExitStatus& status) {
            options_.loop.post([this, id, exit = exit_of(status)] { ended(id, exit); });
          }};
  const Result<container::RunningId> running = (*runner)->start(std::move(container), events);
  if (!running) return fail("CannotPullContainerError: " + running.error().message);
  bool is_stopped = false;
  {
    const std::lock_guard lock(mutex_);
    const auto found = jobs_.find(id);
    if (found == jobs_.end()) return;  // it has ended already
    found->second->running = *running;
    is_stopped = found->second->is_stopped;
  }
  if (is_stopped) (*runner)->stop(*running, 0);
}

void ContainerJobRunner::stop(const std::string& id, int64_t grace_ms) {
  container::RunningId running = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto found = jobs_.find(id);
    if (found == jobs_.end()) return;
    found->second->is_stopped = true;
    running = found->second->running;
  }
  if (running == 0) return;  // hand_over() stops it
  options_.loop.work([this, running, grace_ms] {
    const std::lock_guard lock(handing_over_);
    const Result<container::Runner*> runner = options_.runner();
    if (runner) (*runner)->stop(running, grace_ms);
  });
}

/// On the loop's thread.
void ContainerJobRunner::ended(const std::string& id, const JobExit& exit) {
  if (is_ended_) return;
  std::shared_ptr<Job> job;
  {
    const std::lock_guard lock(mutex_);
    const auto found = jobs_.find(id);
    if (found == jobs_.end()) return;
    job = std::move(jobs_.extract(found).mapped());
  }
  job->events.on_exit(exit);
  options_.loop.work([folder = options_.folder + "/running/" + id] {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  });
}

}  // namespace pawl::jobs
