// SPDX-License-Identifier: Apache-2.0
#include "container/sandbox.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <string_view>

extern char** environ;

namespace pawl::container {
namespace {

namespace fs = std::filesystem;

/// Folders that hold the system. What is a link on this machine (/bin to usr/bin) is one in there.
constexpr std::array<std::string_view, 8> kSystem = {"/usr",   "/bin",   "/sbin",   "/lib",
                                                     "/lib32", "/lib64", "/libx32", "/etc"};

/// Where a ToolsView's programs are.
constexpr std::string_view kProgramsFolder = "/run/programs";

/// What Docker leaves to root in a container, without MKNOD: over a user namespace that holds
/// nothing but the container.
constexpr std::array<std::string_view, 12> kRootCapabilities = {
    "CAP_CHOWN",  "CAP_DAC_OVERRIDE", "CAP_FSETID",  "CAP_FOWNER",           "CAP_SETGID",
    "CAP_SETUID", "CAP_SETFCAP",      "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT",
    "CAP_KILL",   "CAP_NET_RAW"};

void show_system(std::vector<std::string>& out) {
  for (const std::string_view folder : kSystem) {
    std::error_code failure;
    const fs::path path(folder);
    if (fs::is_symlink(path, failure)) {
      out.insert(out.end(), {"--symlink", fs::read_symlink(path, failure), path});
    } else if (fs::exists(path, failure)) {
      out.insert(out.end(), {"--ro-bind", path, path});
    }
  }
  // Where names of hosts come from may lie behind a link to here.
  out.insert(out.end(), {"--ro-bind-try", "/run/systemd/resolve", "/run/systemd/resolve"});
}

bool is_below(const fs::path& path, const fs::path& folder) {
  const fs::path relative = path.lexically_relative(folder);
  return !relative.empty() && *relative.begin() != "..";
}

/// An interpreter that is no part of the system: PREFIX of PREFIX/bin/python3, with links resolved.
/// The folders that are shown for it.
std::vector<fs::path> show_interpreter(const std::string& interpreter,
                                       std::vector<std::string>& out) {
  std::vector<fs::path> shown;
  std::error_code failure;
  for (const fs::path& file : {fs::path(interpreter), fs::canonical(interpreter, failure)}) {
    if (!file.is_absolute() || is_below(file, "/usr")) continue;
    const fs::path prefix = file.parent_path().parent_path();
    if (prefix.empty() || prefix == "/") continue;
    out.insert(out.end(), {"--ro-bind", prefix, prefix});
    shown.push_back(prefix);
  }
  return shown;
}

/// The trees of interpreters, but not what is to be hidden. That is only covered where a tree that
/// is shown holds it; else it is not there, and stays so. ~/.local may hold both the data and an
/// interpreter.
void show_interpreters(const std::vector<std::string>& interpreters,
                       const std::string& hidden_folder, std::vector<std::string>& out) {
  std::vector<fs::path> shown(kSystem.begin(), kSystem.end());
  for (const std::string& interpreter : interpreters) {
    const std::vector<fs::path> trees = show_interpreter(interpreter, out);
    shown.insert(shown.end(), trees.begin(), trees.end());
  }
  std::error_code is_missing;
  const fs::path hidden = fs::canonical(hidden_folder, is_missing);
  const bool is_shown =
      !is_missing && std::any_of(shown.begin(), shown.end(), [&hidden](const fs::path& folder) {
        return is_below(hidden, folder);
      });
  if (is_shown) out.insert(out.end(), {"--tmpfs", hidden});
}

void mount(const std::vector<Mount>& mounts, std::vector<std::string>& out) {
  for (const Mount& each : mounts) {
    out.insert(out.end(), {each.is_read_only ? "--ro-bind" : "--bind", each.source, each.target});
  }
}

void set_environment(const std::vector<std::pair<std::string, std::string>>& environment,
                     std::vector<std::string>& out) {
  for (const auto& [name, value] : environment) {
    out.insert(out.end(), {"--setenv", name, value});
  }
}

/// The exit status of a command; -1 if it cannot be started. Its output goes nowhere.
int run(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (int descriptor = 0; descriptor < 3; ++descriptor) {
    posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0);
  }
  pid_t pid = 0;
  const int failed = posix_spawn(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return -1;
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Sandbox::Sandbox() {
  for (const char* program : {"/usr/bin/bwrap", "/usr/local/bin/bwrap"}) {
    if (access(program, X_OK) == 0) program_ = program;
  }
  if (program_.empty()) {
    reason_ = "bubblewrap is not installed";
    return;
  }
  std::vector<std::string> trial = command(SystemView{.task_folder = "/usr",
                                                      .opt_folder = "",
                                                      .runtime_folder = "/usr",
                                                      .interpreter = "",
                                                      .hidden_folder = "",
                                                      .temporary_bytes = 1 << 20});
  trial.insert(trial.end(), {"/bin/true"});
  const int status = run(trial);
  if (status == 0) return;
  program_.clear();
  reason_ = "this kernel does not let bubblewrap make namespaces (bwrap ended with status " +
            std::to_string(status) + ")";
}

std::vector<std::string> Sandbox::namespaces() const {
  return {program_,        "--unshare-pid",        "--unshare-ipc",
          "--unshare-uts", "--unshare-cgroup-try", "--die-with-parent"};
}

std::vector<std::string> Sandbox::command(const SystemView& view) const {
  std::vector<std::string> out = namespaces();
  out.emplace_back("--unshare-user-try");
  show_system(out);
  out.insert(out.end(), {"--proc", "/proc", "--dev", "/dev"});
  out.insert(out.end(), {"--size", std::to_string(view.temporary_bytes), "--perms", "1777",
                         "--tmpfs", "/tmp"});
  show_interpreters({view.interpreter}, view.hidden_folder, out);
  for (const std::string& name : view.interpreter_names) {
    out.insert(out.end(), {"--symlink", view.interpreter, "/var/lang/bin/" + name});
  }
  out.insert(out.end(), {"--ro-bind", view.task_folder, "/var/task"});
  out.insert(out.end(), {"--ro-bind", view.runtime_folder, "/var/runtime"});
  if (!view.packages_folder.empty()) {
    out.insert(out.end(), {"--ro-bind", view.packages_folder, "/var/runtime/node_modules",
                           "--symlink", "runtime/node_modules", "/var/node_modules"});
  }
  if (!view.opt_folder.empty()) out.insert(out.end(), {"--ro-bind", view.opt_folder, "/opt"});
  out.insert(out.end(), {"--chdir", "/var/task", "--"});
  return out;
}

std::vector<std::string> Sandbox::command(const ToolsView& view) const {
  std::vector<std::string> out = namespaces();
  out.insert(out.end(), {"--unshare-user-try", "--cap-drop", "ALL"});
  if (!view.has_network) out.emplace_back("--unshare-net");
  show_system(out);
  out.insert(out.end(), {"--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--tmpfs", "/tmp"});
  show_interpreters(view.interpreters, view.hidden_folder, out);
  for (const auto& [name, file] : view.programs) {
    out.insert(out.end(), {"--symlink", file, std::string(kProgramsFolder) + "/" + name});
  }
  mount(view.mounts, out);
  out.insert(out.end(), {"--clearenv", "--setenv", "PATH",
                         std::string(kProgramsFolder) + ":/usr/local/bin:/usr/bin:/bin"});
  set_environment(view.environment, out);
  out.insert(out.end(), {"--chdir", view.working_directory, "--"});
  return out;
}

std::vector<std::string> Sandbox::command(const RootView& view) const {
  std::vector<std::string> out = namespaces();
  out.insert(out.end(), {"--unshare-user", "--uid", std::to_string(view.user), "--gid",
                         std::to_string(view.group), "--new-session", "--cap-drop", "ALL"});
  if (view.user == 0) {
    for (const std::string_view capability : kRootCapabilities) {
      out.insert(out.end(), {"--cap-add", std::string(capability)});
    }
  }
  if (!view.has_network) out.emplace_back("--unshare-net");
  if (!view.host_name.empty()) out.insert(out.end(), {"--hostname", view.host_name});
  if (view.status_fd >= 0) {
    out.insert(out.end(), {"--info-fd", std::to_string(view.status_fd)});
  }
  out.insert(out.end(), {view.is_read_only ? "--ro-bind" : "--bind", view.root, "/"});
  out.insert(out.end(), {"--proc", view.proc_folder, "--dev", view.dev_folder});
  if (view.temporary_bytes > 0) {
    out.insert(out.end(), {"--size", std::to_string(view.temporary_bytes)});
  }
  out.insert(out.end(), {"--perms", "1777", "--tmpfs", view.tmp_folder});
  mount(view.mounts, out);
  for (const std::string& folder : view.new_folders) out.insert(out.end(), {"--dir", folder});
  out.emplace_back("--clearenv");
  set_environment(view.environment, out);
  out.insert(out.end(), {"--chdir", view.working_directory});
  return out;
}

}  // namespace pawl::container
