// SPDX-License-Identifier: Apache-2.0
// Between fork and exec the child makes system calls only: all text is written before the fork.
#include "container/container_process.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "container/remove_tree.h"

namespace pawl::container {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using base::Result;

constexpr int kArgumentsFd = 4;
constexpr int kAboveAll = 16;  ///< where descriptors are out of the way of 0 to 4

Error io_error(const char* what) {
  return Error(ErrorKind::Io, std::string(what) + ": " + strerror(errno));
}

/// What the child needs, ready made.
struct ChildPlan {
  std::string user_map;
  std::string group_map;
  std::string overlay_options;  ///< "": no overlay
  std::string merged;
  rlim_t processes_max = 0;
  bool tells_status = true;
  pid_t parent = 0;
};

bool write_file(const char* path, const std::string& text) {
  const int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool is_written =
      write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  close(file);
  return is_written;
}

/// nullptr, or what did not work (errno says why). Only system calls.
const char* enter_namespaces(const ChildPlan& plan) {
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return "namespaces";
  // Without privileges the group map may be written only after this (user_namespaces(7)).
  write_file("/proc/self/setgroups", "deny");
  if (!write_file("/proc/self/uid_map", plan.user_map)) return "the map of users";
  if (!write_file("/proc/self/gid_map", plan.group_map)) return "the map of groups";
  if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return "private mounts";
  return nullptr;
}

const char* mount_overlay(const ChildPlan& plan) {
  if (plan.overlay_options.empty()) return nullptr;
  const int failed = mount("overlay", plan.merged.c_str(), "overlay", MS_NODEV | MS_NOSUID,
                           plan.overlay_options.c_str());
  return failed == 0 ? nullptr : "overlay mount";
}

ChildPlan plan_of(const Overlay& overlay, const std::array<FileDescriptor, 3>& folders) {
  ChildPlan plan;
  plan.user_map = "0 " + std::to_string(getuid()) + " 1\n";
  plan.group_map = "0 " + std::to_string(getgid()) + " 1\n";
  plan.parent = getpid();
  if (overlay.lower.empty()) return plan;
  // By descriptor: a colon or a comma in a folder's name means something in these options.
  const auto name = [](const FileDescriptor& folder) {
    return "/proc/self/fd/" + std::to_string(folder.get());
  };
  plan.overlay_options = "userxattr,lowerdir=" + name(folders[0]) +
                         ",upperdir=" + name(folders[1]) + ",workdir=" + name(folders[2]);
  plan.merged = overlay.merged;
  return plan;
}

std::array<FileDescriptor, 3> open_folders(const Overlay& overlay) {
  const auto open_one = [](const std::string& path) {
    return FileDescriptor(path.empty() ? -1 : open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  };
  return {open_one(overlay.lower), open_one(overlay.upper), open_one(overlay.work)};
}

struct ChildDescriptors {
  int output;
  int error;
  int status;
  int arguments;
};

[[noreturn]] void fail(int status, const char* step) {
  const int reason = errno;
  std::array<char, 16> digits{};
  size_t at = digits.size();
  for (int rest = reason; at > 0; rest /= 10) {
    digits[--at] = static_cast<char>('0' + rest % 10);
    if (rest < 10) break;
  }
  [[maybe_unused]] ssize_t written = write(status, "failed: ", 8);
  written = write(status, step, strlen(step));
  written = write(status, " ", 1);
  written = write(status, digits.data() + at, digits.size() - at);
  _exit(126);
}

[[noreturn]] void become_container(const ChildPlan& plan, ChildDescriptors descriptors,
                                   char* const* arguments) {
  setpgid(0, 0);
  const int status = fcntl(descriptors.status, F_DUPFD_CLOEXEC, kAboveAll);
  const int output = fcntl(descriptors.output, F_DUPFD_CLOEXEC, kAboveAll);
  const int error = fcntl(descriptors.error, F_DUPFD_CLOEXEC, kAboveAll);
  const int options = fcntl(descriptors.arguments, F_DUPFD_CLOEXEC, kAboveAll);
  if (const char* step = enter_namespaces(plan)) fail(status, step);
  if (const char* step = mount_overlay(plan)) fail(status, step);
  // After the change of credentials, which clears it.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != plan.parent) _exit(127);  // the parent died before the line above
  // Should memory run out, a container is to die and not the server.
  write_file("/proc/self/oom_score_adj", "1000");
  const rlimit processes{plan.processes_max, plan.processes_max};
  setrlimit(RLIMIT_NPROC, &processes);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  const int nothing = open("/dev/null", O_RDONLY);
  dup2(nothing, 0);
  dup2(output, 1);
  dup2(error, 2);
  dup3(status, kSandboxStatusFd, plan.tells_status ? 0 : O_CLOEXEC);
  dup2(options, kArgumentsFd);
  close_range(kArgumentsFd + 1, ~0U, 0);
  std::array<char, 30> path = {"PATH=/usr/local/bin:/usr/bin"};
  std::array<char*, 2> environment = {path.data(), nullptr};
  execve(arguments[0], arguments, environment.data());
  fail(kSandboxStatusFd, "the sandbox");
}

/// The options in a file that only its descriptor names: neither in the list of processes, nor
/// bounded by what an argument list may hold.
Result<FileDescriptor> option_file(const std::vector<std::string>& sandbox) {
  FileDescriptor file(memfd_create("pawl-container", MFD_CLOEXEC));
  if (!file) return io_error("memfd");
  std::string text;
  for (size_t i = 1; i < sandbox.size(); ++i) text.append(sandbox[i]).push_back('\0');
  for (size_t at = 0; at < text.size();) {
    const ssize_t count = write(file.get(), text.data() + at, text.size() - at);
    if (count < 0) return io_error("memfd");
    at += static_cast<size_t>(count);
  }
  if (lseek(file.get(), 0, SEEK_SET) != 0) return io_error("memfd");
  return file;
}

struct Pipe {
  FileDescriptor reader;
  FileDescriptor writer;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return io_error("pipe");
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return Pipe{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

}  // namespace

Result<ContainerProcess> start_container(const ContainerLaunch& launch) {
  const std::array<FileDescriptor, 3> folders = open_folders(launch.overlay);
  ChildPlan plan = plan_of(launch.overlay, folders);
  plan.processes_max = launch.processes_max;
  plan.tells_status = launch.tells_status;
  const FileDescriptor options = PAWL_TRY(option_file(launch.sandbox));
  Pipe output = PAWL_TRY(make_pipe());
  Pipe error;
  if (!launch.joins_error) error = PAWL_TRY(make_pipe());
  Pipe status = PAWL_TRY(make_pipe());
  std::vector<std::string> words = {launch.sandbox.at(0), "--args", std::to_string(kArgumentsFd),
                                    "--"};
  words.insert(words.end(), launch.command.begin(), launch.command.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t pid = fork();
  if (pid == 0) {
    become_container(plan,
                     {output.writer.get(), (error.writer ? error : output).writer.get(),
                      status.writer.get(), options.get()},
                     arguments.data());
  }
  if (pid < 0) return io_error("fork");
  setpgid(pid, pid);  // also here: a kill may come before the child has run
  ContainerProcess out;
  out.pid = pid;
  out.exited = FileDescriptor(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  out.output = std::move(output.reader);
  out.error = std::move(error.reader);
  out.status = std::move(status.reader);
  return out;
}

RootSupport root_support(const std::string& folder) {
  std::error_code failure;
  const Overlay overlay{folder + "/lower", folder + "/upper", folder + "/work", folder + "/merged"};
  for (const std::string& each : {overlay.lower, overlay.upper, overlay.work, overlay.merged}) {
    fs::create_directories(each, failure);
  }
  const std::array<FileDescriptor, 3> folders = open_folders(overlay);
  const ChildPlan plan = plan_of(overlay, folders);
  const pid_t pid = fork();
  if (pid == 0) {
    if (enter_namespaces(plan) != nullptr) _exit(2);
    _exit(mount_overlay(plan) != nullptr ? 1 : 0);
  }
  int status = 0;
  while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  remove_tree(folder);
  if (pid < 0 || !WIFEXITED(status) || WEXITSTATUS(status) > 1) return RootSupport::Nothing;
  return WEXITSTATUS(status) == 0 ? RootSupport::Overlay : RootSupport::Namespaces;
}

}  // namespace pawl::container
