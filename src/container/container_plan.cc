// SPDX-License-Identifier: Apache-2.0
#include "container/container_plan.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>

#include <array>
#include <charconv>
#include <filesystem>

#include "container/root_directory.h"

namespace pawl::container {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using base::Result;

constexpr std::string_view kDefaultPath =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr size_t kEnvironmentMax = 2'000;

void set_variable(std::vector<std::pair<std::string, std::string>>& environment,
                  const std::string& name, const std::string& value) {
  for (auto& [there, old] : environment) {
    if (there == name) {
      old = value;
      return;
    }
  }
  environment.emplace_back(name, value);
}

std::string variable(const std::vector<std::pair<std::string, std::string>>& environment,
                     std::string_view name) {
  for (const auto& [there, value] : environment) {
    if (there == name) return value;
  }
  return {};
}

bool is_plain(std::string_view text) { return text.find('\0') == std::string_view::npos; }

bool is_within(const std::string& path, const std::string& folder) {
  return path == folder || path.starts_with(folder == "/" ? folder : folder + "/");
}

Result<std::string> canonical_target(const RootDirectory& root, const std::string& target) {
  const std::optional<std::string> name =
      target.starts_with('/') && is_plain(target) ? root.canonical(target) : std::nullopt;
  if (!name || *name == "/") {
    return Error(ErrorKind::InvalidSyntax, "nothing can be mounted at " + target);
  }
  return *name;
}

/// Files that tell a container how this machine's network is reached.
void add_network_files(const RootDirectory& root, bool is_read_only, RootView& view) {
  for (const char* file : {"/etc/resolv.conf", "/etc/hosts"}) {
    std::error_code failure;
    const fs::path here = fs::canonical(file, failure);
    const std::optional<std::string> there = failure ? std::nullopt : root.canonical(file);
    if (!there) continue;
    const bool exists = static_cast<bool>(root.open_at(*there, O_PATH));
    if (!exists && is_read_only) continue;
    view.mounts.push_back({here, *there, true});
  }
}

}  // namespace

std::optional<int> signal_number(std::string_view name) {
  if (name.empty()) return SIGTERM;
  int number = 0;
  const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (failure == std::errc() && end == name.data() + name.size()) {
    return number > 0 && number <= SIGRTMAX ? std::optional(number) : std::nullopt;
  }
  if (name.starts_with("SIG")) name.remove_prefix(3);
  for (int each = 1; each < NSIG; ++each) {
    const char* known = sigabbrev_np(each);
    if (known != nullptr && name == known) return each;
  }
  return std::nullopt;
}

Result<ImageProcess> process_of(const ContainerSpec& spec, const UnpackedImage& image) {
  const RootDirectory root = PAWL_TRY(RootDirectory::open(image.root));
  ImageProcess out;
  out.command = spec.entry_point.value_or(image.config.entry_point);
  const std::vector<std::string> arguments =
      spec.command ? *spec.command
                   : (spec.entry_point ? std::vector<std::string>{} : image.config.command);
  out.command.insert(out.command.end(), arguments.begin(), arguments.end());
  if (out.command.empty() || out.command.front().empty()) {
    return Error(ErrorKind::InvalidSyntax, "no command specified");
  }
  const ContainerUser user = PAWL_TRY(find_user(root, spec.user.value_or(image.config.user)));
  out.user = user.user;
  out.group = user.group;
  out.working_directory = spec.working_directory.value_or(image.config.working_directory);
  if (!out.working_directory.starts_with('/')) out.working_directory.insert(0, "/");
  out.environment = {{"PATH", std::string(kDefaultPath)}, {"HOME", user.home}};
  if (!spec.host_name.empty()) out.environment.emplace_back("HOSTNAME", spec.host_name);
  for (const auto& [name, value] : image.config.environment) {
    set_variable(out.environment, name, value);
  }
  for (const auto& [name, value] : spec.environment) set_variable(out.environment, name, value);
  if (out.environment.size() > kEnvironmentMax) {
    return Error(ErrorKind::InvalidSyntax, "too many environment variables");
  }
  for (const auto& [name, value] : out.environment) {
    if (name.empty() || name.find('=') != std::string::npos || !is_plain(name) ||
        !is_plain(value)) {
      return Error(ErrorKind::InvalidSyntax, "an environment variable has no valid name or value");
    }
  }
  const std::string path = variable(out.environment, "PATH");
  const bool is_there =
      root.find_program(out.command.front(), path, out.working_directory).has_value();
  if (!is_there && spec.mounts.empty()) {
    const bool is_searched = out.command.front().find('/') == std::string::npos;
    return Error(ErrorKind::NotFound, "exec: \"" + out.command.front() + "\": " +
                                          (is_searched ? "executable file not found in $PATH"
                                                       : "no such file or directory"));
  }
  return out;
}

Result<RootView> view_of(const std::string& image_root, const std::vector<Mount>& mounts,
                         const ImageProcess& process, bool is_read_only) {
  const RootDirectory root = PAWL_TRY(RootDirectory::open(image_root));
  RootView view;
  view.is_read_only = is_read_only;
  view.proc_folder = PAWL_TRY(canonical_target(root, "/proc"));
  view.dev_folder = PAWL_TRY(canonical_target(root, "/dev"));
  view.tmp_folder = PAWL_TRY(canonical_target(root, "/tmp"));
  add_network_files(root, is_read_only, view);
  for (const Mount& mount : mounts) {
    Mount made = mount;
    made.target = PAWL_TRY(canonical_target(root, mount.target));
    for (const Mount& other : view.mounts) {
      // What is mounted may hold links that lead out of the image.
      if (is_within(made.target, other.target) || is_within(other.target, made.target)) {
        return Error(ErrorKind::InvalidSyntax,
                     made.target + " is mounted in or over another mount");
      }
    }
    view.mounts.push_back(std::move(made));
  }
  view.user = process.user;
  view.group = process.group;
  view.environment = process.environment;
  view.working_directory = process.working_directory;
  if (!is_read_only && process.working_directory != "/") {
    const std::optional<std::string> folder = root.canonical(process.working_directory);
    if (folder && *folder != "/") view.new_folders.push_back(*folder);
  }
  view.status_fd = kSandboxStatusFd;
  return view;
}

namespace {

Result<void> make_folders(const std::string& folder, const UnpackedImage& image, bool has_overlay,
                          Overlay& overlay) {
  std::error_code failure;
  overlay.merged = folder + "/merged";
  for (const char* name : {"/upper", "/work", "/merged"}) {
    fs::create_directories(folder + name, failure);
    if (failure) return Error(ErrorKind::Io, folder + ": " + failure.message());
  }
  if (has_overlay) {
    overlay.lower = image.root;
    overlay.upper = folder + "/upper";
    overlay.work = folder + "/work";
    fs::permissions(overlay.upper, fs::perms(0755), failure);
    return {};
  }
  fs::copy(image.root, overlay.merged,
           fs::copy_options::recursive | fs::copy_options::copy_symlinks, failure);
  if (failure) return Error(ErrorKind::Io, "copying the image: " + failure.message());
  return {};
}

Error start_error(const Error& error) {
  return Error(error.kind, "CannotStartContainerError: " + error.message);
}

}  // namespace

Result<ContainerPlan> plan_container(const ContainerSpec& spec, ImageCache& images,
                                     const Sandbox& sandbox, const std::string& folder,
                                     bool has_overlay) {
  ContainerPlan plan;
  Result<std::shared_ptr<const UnpackedImage>> image = images.prepare(spec.image);
  if (!image) {
    return Error(image.error().kind, "CannotPullContainerError: " + image.error().message);
  }
  plan.image = std::move(*image);
  const Result<ImageProcess> process = process_of(spec, *plan.image);
  if (!process) return start_error(process.error());
  Result<RootView> view = view_of(plan.image->root, spec.mounts, *process, spec.has_read_only_root);
  if (!view) return start_error(view.error());
  view->temporary_bytes = spec.temporary_bytes;
  view->host_name = spec.host_name;
  view->has_network = spec.has_network;
  view->root = plan.image->root;
  if (!spec.has_read_only_root) {
    const Result<void> made = make_folders(folder, *plan.image, has_overlay, plan.launch.overlay);
    if (!made) return start_error(made.error());
    view->root = plan.launch.overlay.merged;
  }
  plan.launch.sandbox = sandbox.command(*view);
  plan.launch.command = process->command;
  plan.launch.processes_max = spec.processes_max;
  plan.stop_signal = signal_number(plan.image->config.stop_signal).value_or(SIGTERM);
  return plan;
}

}  // namespace pawl::container
