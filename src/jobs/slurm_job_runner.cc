// SPDX-License-Identifier: Apache-2.0
#include "jobs/slurm_job_runner.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>
#include <utility>

#include "jobs/command.h"
#include "jobs/container_step.h"
#include "jobs/records.h"
#include "json/parse.h"

namespace pawl::jobs {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using base::Result;

namespace {

constexpr int kCommandTimeoutMs = 30'000;
/// Of one job at one poll.
constexpr size_t kOutputBytesAtOnce = size_t{1} << 20;
/// Polls after which a job of which nothing is seen any more is lost: the folder's file system may
/// lag behind.
constexpr int kMissingMax = 3;
/// A folder stays for as long: whoever was told of the end may die before it is written down.
constexpr int64_t kFolderKeptMs = 60'000;
constexpr std::string_view kNamePrefix = "pawl-";

std::string job_name(const std::string& id) { return std::string(kNamePrefix) + id; }

/// Slurm's words for jobs that do not run any more (squeue(1), "JOB STATE CODES").
bool is_over(std::string_view state) {
  static constexpr std::string_view kOver[] = {
      "BOOT_FAIL", "CANCELLED",     "COMPLETED", "DEADLINE", "FAILED",
      "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED", "REVOKED",  "TIMEOUT"};
  return std::find(std::begin(kOver), std::end(kOver), state) != std::end(kOver);
}

bool is_running(std::string_view state) { return state == "RUNNING" || state == "COMPLETING"; }

Result<void> write_file(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) return Error(ErrorKind::Io, path + ": cannot be written");
  return {};
}

std::optional<std::string> read_file(const std::string& path, uint64_t from, size_t most) {
  std::ifstream file(path, std::ios::binary);
  if (!file || !file.seekg(static_cast<std::streamoff>(from))) return std::nullopt;
  std::string text(most, '\0');
  file.read(text.data(), static_cast<std::streamsize>(most));
  text.resize(static_cast<size_t>(file.gcount()));
  return text;
}

/// For the shell.
std::string shell_word(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

/// Of a job that is over and has left no exit status.
JobExit exit_without_status(const std::string& slurm_id, const std::string& state,
                            const std::string& reason, bool has_started, bool is_stopped) {
  if (state == "OUT_OF_MEMORY") {
    return {JobExit::Kind::Exited, 137, "OutOfMemoryError: Container killed due to memory usage"};
  }
  if (is_stopped) return {JobExit::Kind::Exited, 137, ""};
  const std::string what = "Slurm job " + slurm_id + ": " + (state.empty() ? "gone" : state) +
                           (reason.empty() || reason == "None" ? "" : ", " + reason);
  if (!has_started) return {JobExit::Kind::NotStarted, 0, "CannotStartContainerError: " + what};
  return {JobExit::Kind::Lost, 0, "Host EC2 (" + what + ") terminated."};
}

}  // namespace

std::optional<std::string> slurm_partition(std::string_view setting) {
  if (setting == "slurm") return "";
  if (!setting.starts_with("slurm=") || setting.size() == 6) return std::nullopt;
  return std::string(setting.substr(6));
}

void SlurmJobRunner::start(JobSpec spec, JobEvents events) {
  {
    const std::lock_guard lock(mutex_);
    auto job = std::make_shared<Job>();
    job->events = std::move(events);
    jobs_.insert_or_assign(spec.id, std::move(job));
  }
  options_.loop.work([this, spec = std::move(spec)] { submit(spec); });
}

/// On a worker thread.
void SlurmJobRunner::submit(const JobSpec& spec) {
  const Result<std::string> slurm_id = submitted(spec);
  if (!slurm_id) {
    options_.loop.post([this, id = spec.id, reason = slurm_id.error().message] {
      end(id, {JobExit::Kind::NotStarted, 0, reason});
    });
    return;
  }
  bool is_stopped = false;
  {
    const std::lock_guard lock(mutex_);
    const auto found = jobs_.find(spec.id);
    if (found == jobs_.end()) return;
    found->second->slurm_id = *slurm_id;
    found->second->is_submitted = true;
    is_stopped = found->second->is_stopped;
    poll_soon();
  }
  if (is_stopped) cancel(spec.id, true);
}

Result<std::string> SlurmJobRunner::submitted(const JobSpec& spec) {
  if (!spec.mounts.empty()) {
    return Error(ErrorKind::Unsupported,
                 "CannotStartContainerError: volumes are not there on a cluster");
  }
  const std::string folder = folder_of(spec.id);
  std::error_code failure;
  fs::create_directories(folder, failure);
  fs::permissions(folder, fs::perms::owner_all, failure);
  if (failure) {
    return Error(ErrorKind::Io, "CannotStartContainerError: " + folder + ": " + failure.message());
  }
  const Result<void> image = options_.export_image(spec.image, folder + "/image");
  if (!image)
    return Error(image.error().kind, "CannotPullContainerError: " + image.error().message);
  const auto in_words = [](const Error& error) {
    return Error(error.kind, "CannotStartContainerError: " + error.message);
  };
  const Result<void> step = write_file(folder + "/" + kStepFile, encode_step(spec));
  if (!step) return in_words(step.error());
  const std::string script = "#!/bin/sh\nexec " + shell_word(options_.program) + " container run " +
                             shell_word(folder) + " >" + shell_word(folder + "/" + kOutputFile) +
                             "\n";
  const Result<void> written = write_file(folder + "/script", script);
  if (!written) return in_words(written.error());
  std::vector<std::string> words = {
      options_.commands + "sbatch",
      "--parsable",
      "--no-requeue",
      "--job-name=" + job_name(spec.id),
      "--output=" + folder + "/slurm.out",
      "--chdir=" + folder,
      "--ntasks=1",
      "--cpus-per-task=" +
          std::to_string(std::max<int64_t>((spec.demand.millicpus + 999) / 1'000, 1)),
      "--mem=" + std::to_string(std::max<int64_t>(spec.demand.memory_mib, 1)) + "M",
  };
  if (!options_.partition.empty()) words.push_back("--partition=" + options_.partition);
  words.push_back(folder + "/script");
  const Result<CommandOutput> output = run_command(words, kCommandTimeoutMs);
  if (!output) return in_words(output.error());
  if (output->code != 0) {
    return Error(ErrorKind::Io, "CannotStartContainerError: " + output->errors);
  }
  // "ID" or "ID;CLUSTER".
  return output->text.substr(0, output->text.find_first_of(";\n"));
}

void SlurmJobRunner::adopt(const std::string& id, const std::string& handle, uint64_t output_read,
                           JobEvents events) {
  auto job = std::make_shared<Job>();
  job->events = std::move(events);
  job->slurm_id = handle;
  job->is_submitted = true;
  job->is_adopted = true;
  job->output_read = output_read;
  const std::lock_guard lock(mutex_);
  jobs_.insert_or_assign(id, std::move(job));
  poll_soon();
}

void SlurmJobRunner::stop(const std::string& id, int64_t grace_ms) {
  bool may_run = false;
  {
    const std::lock_guard lock(mutex_);
    const auto found = jobs_.find(id);
    if (found == jobs_.end()) return;
    Job& job = *found->second;
    job.is_stopped = true;
    may_run = job.has_started || job.is_adopted;
    if (may_run && job.kill_at_ms == 0) job.kill_at_ms = options_.loop.now().ms + grace_ms;
    if (!job.is_submitted) return;  // submit() stops it
  }
  options_.loop.work([this, id, may_run] { cancel(id, !may_run); });
}

/// On a worker thread. Slurm's signals reach all processes of a job at once, also the sandbox: a
/// container that is to end by itself is asked by its step, for which there is a file.
void SlurmJobRunner::cancel(const std::string& id, bool is_kill) {
  // What fails is seen at the next poll, and then the job is killed.
  if (is_kill) {
    (void)run_command({options_.commands + "scancel", "--name=" + job_name(id)}, kCommandTimeoutMs);
  } else {
    (void)write_file(folder_of(id) + "/" + kStopFile, "");
  }
}

/// The mutex is held.
void SlurmJobRunner::poll_soon() {
  if (jobs_.empty() || std::exchange(is_poll_due_, true)) return;
  options_.loop.run_at({options_.loop.now().ms + options_.poll_ms},
                       [this] { options_.loop.work([this] { poll(); }); });
}

/// On a worker thread.
void SlurmJobRunner::poll() {
  std::vector<std::pair<std::string, uint64_t>> ids;
  std::vector<std::string> to_kill;
  const int64_t now = options_.loop.now().ms;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, job] : jobs_) {
      if (!job->is_submitted) continue;
      ids.emplace_back(id, job->output_read);
      if (job->kill_at_ms != 0 && job->kill_at_ms <= now) to_kill.push_back(id);
    }
  }
  for (const std::string& id : to_kill) cancel(id, true);
  bool is_known = false;
  const std::map<std::string, Seen> seen = ask_queue(is_known);
  for (const auto& [id, output_read] : ids) {
    News news = look(id, output_read);
    if (const auto found = seen.find(id); found != seen.end()) news.seen = found->second;
    options_.loop.post(
        [this, id = id, news = std::move(news), is_known] { take(id, news, is_known); });
  }
  options_.loop.post([this] {
    const std::lock_guard lock(mutex_);
    is_poll_due_ = false;
    poll_soon();
  });
}

std::map<std::string, SlurmJobRunner::Seen> SlurmJobRunner::ask_queue(bool& is_known) const {
  std::map<std::string, Seen> seen;
  const Result<CommandOutput> output = run_command(
      {options_.commands + "squeue", "--noheader", "--states=all", "--format=%j|%T|%r|%i"},
      kCommandTimeoutMs);
  is_known = output && output->code == 0;
  if (!is_known) return seen;
  std::istringstream lines(output->text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(kNamePrefix)) continue;
    std::istringstream fields(line.substr(kNamePrefix.size()));
    std::string id;
    Seen job;
    std::getline(fields, id, '|');
    std::getline(fields, job.state, '|');
    std::getline(fields, job.reason, '|');
    std::getline(fields, job.slurm_id, '|');
    seen.insert_or_assign(id, std::move(job));
  }
  return seen;
}

SlurmJobRunner::News SlurmJobRunner::look(const std::string& id, uint64_t output_read) const {
  const std::string folder = folder_of(id);
  News news;
  // The exit first: all output was there before it.
  const auto exit = read_file(folder + "/" + kExitFile, 0, 64 * 1'024);
  if (exit) news.exit = decode_exit(*exit);
  news.output_read = output_read;
  while (true) {
    const auto more = read_file(folder + "/" + kOutputFile, news.output_read, kOutputBytesAtOnce);
    if (!more || more->empty()) break;
    news.output += *more;
    news.output_read += more->size();
    if (!news.exit && news.output.size() >= kOutputBytesAtOnce) break;
  }
  return news;
}

/// On the loop's thread.
void SlurmJobRunner::take(const std::string& id, const News& news, bool is_known) {
  std::shared_ptr<Job> job;
  bool begins = false;
  {
    const std::lock_guard lock(mutex_);
    const auto found = jobs_.find(id);
    if (found == jobs_.end()) return;
    job = found->second;
    if (news.seen && !news.seen->slurm_id.empty()) job->slurm_id = news.seen->slurm_id;
    const bool ran = (news.seen && is_running(news.seen->state)) || !news.output.empty() ||
                     (news.exit && news.exit->kind == JobExit::Kind::Exited);
    begins = ran && !std::exchange(job->has_started, job->has_started || ran);
    job->output_read = news.output_read;
    const bool is_there = news.seen && !is_over(news.seen->state);
    if (is_known) job->missing = is_there ? 0 : job->missing + 1;
  }
  const bool waits = news.seen && news.seen->state == "PENDING";
  if (waits && job->is_stopped) options_.loop.work([this, id] { cancel(id, true); });
  if (begins) job->events.on_started(job->slurm_id);
  if (!news.output.empty()) job->events.on_output(news.output);
  if (news.exit) return end(id, *news.exit);
  if (job->missing < kMissingMax) return;
  const std::string state = news.seen ? news.seen->state : "";
  const std::string reason = news.seen ? news.seen->reason : "";
  end(id, exit_without_status(job->slurm_id, state, reason, job->has_started, job->is_stopped));
}

/// On the loop's thread.
void SlurmJobRunner::end(const std::string& id, const JobExit& exit) {
  std::shared_ptr<Job> job;
  {
    const std::lock_guard lock(mutex_);
    const auto found = jobs_.find(id);
    if (found == jobs_.end()) return;
    job = std::move(jobs_.extract(found).mapped());
  }
  job->events.on_exit(exit);
  options_.loop.run_at({options_.loop.now().ms + kFolderKeptMs}, [this, folder = folder_of(id)] {
    options_.loop.work([folder] {
      std::error_code ignored;
      fs::remove_all(folder, ignored);
    });
  });
}

}  // namespace pawl::jobs
