// SPDX-License-Identifier: Apache-2.0
#include "app/image_builder.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "app/serve_command.h"
#include "app/text_file.h"

extern char** environ;

namespace pawl::app {
namespace {

namespace fs = std::filesystem;

std::string variable(const char* name) {
  const char* value = getenv(name);
  return value != nullptr ? value : "";
}

bool is_installed(const std::string& program) {
  return run_program({program, "--version"}, true) == 0;
}

bool is_loopback(const std::string& address) {
  return address.starts_with("127.") || address.starts_with("localhost") ||
         address.starts_with("[::1]");
}

}  // namespace

int run_program(const std::vector<std::string>& command, bool is_silent,
                const std::vector<std::pair<std::string, std::string>>& environment) {
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  std::vector<std::string> added;
  for (const auto& [name, value] : environment) added.push_back(name + "=" + value);
  std::vector<char*> variables;
  for (std::string& each : added) variables.push_back(each.data());  // the first one counts
  for (char** each = environ; *each != nullptr; ++each) variables.push_back(*each);
  variables.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (is_silent) {
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  }
  pid_t pid = 0;
  const int failed =
      posix_spawnp(&pid, words[0], &actions, nullptr, words.data(), variables.data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return 127;
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

base::Result<ImageBuilder> ImageBuilder::find(const std::string& address) {
  ImageBuilder out;
  out.address_ = address;
  out.program_ = variable("PAWL_IMAGE_BUILDER");
  if (out.program_.empty() && is_installed("buildah")) out.program_ = "buildah";
  if (out.program_.empty() && run_program({"docker", "info"}, true) == 0) out.program_ = "docker";
  if (out.program_.empty()) {
    return base::Error(base::ErrorKind::NotFound,
                       "neither buildah is installed nor does a Docker daemon answer "
                       "(Debian: apt install buildah)");
  }
  out.is_buildah_ = fs::path(out.program_).filename() != "docker";
  if (out.is_buildah_) out.choose_storage();
  return out;
}

ImageBuilder::ImageBuilder(ImageBuilder&& other) noexcept
    : address_(std::move(other.address_)),
      program_(std::move(other.program_)),
      is_buildah_(other.is_buildah_),
      storage_options_(std::move(other.storage_options_)),
      registries_file_(std::exchange(other.registries_file_, {})) {}

ImageBuilder::~ImageBuilder() {
  if (!registries_file_.empty()) unlink(registries_file_.c_str());
}

/// overlay where it works, as buildah itself tells; else vfs, which copies each layer and works
/// everywhere.
void ImageBuilder::choose_storage() {
  std::string folder = variable("PAWL_IMAGE_STORAGE");
  if (folder.empty()) folder = default_data_folder() + "/image-builds";
  for (const char* driver : {"overlay", "vfs"}) {
    const std::string place = folder + "/" + driver;
    storage_options_ = {"--storage-driver", driver,      "--root",
                        place + "/root",    "--runroot", place + "/run"};
    std::vector<std::string> trial = {program_};
    trial.insert(trial.end(), storage_options_.begin(), storage_options_.end());
    trial.emplace_back("info");
    if (run_program(trial, true) == 0) return;
  }
}

std::string ImageBuilder::reachable(const container::ImageReference& reference) const {
  container::ImageReference real = reference;
  if (container::parse_ecr_host(reference.registry)) {
    real.repository = reference.registry + "/" + reference.repository;
    real.registry = address_;
  }
  return real.text();
}

/// containers-registries.conf(5): where FROM finds the images of the registry that is built for,
/// and of the default account's.
void ImageBuilder::write_registries(const std::string& tag) {
  std::string name = (fs::temp_directory_path() / "pawl-registries-XXXXXX").string();
  const int file = mkstemp(name.data());
  if (file < 0) return;
  registries_file_ = name;
  std::string text = "unqualified-search-registries = [\"docker.io\"]\n";
  text += "[[registry]]\nlocation = \"" + address_ + "\"\ninsecure = true\n";
  const std::string region = variable("AWS_REGION").empty() ? "us-east-1" : variable("AWS_REGION");
  std::vector<std::string> hosts = {"000000000000.dkr.ecr." + region + ".amazonaws.com"};
  const auto reference = container::ImageReference::parse(tag);
  if (reference && container::parse_ecr_host(reference->registry) &&
      reference->registry != hosts.front()) {
    hosts.push_back(reference->registry);
  }
  for (const std::string& host : hosts) {
    text += "[[registry]]\nprefix = \"" + host + "\"\nlocation = \"" + address_ + "/" + host +
            "\"\ninsecure = true\n";
  }
  write_fully(file, text);
  close(file);
}

int ImageBuilder::command(const std::vector<std::string>& words, bool is_silent) {
  std::vector<std::string> all = {program_};
  all.insert(all.end(), storage_options_.begin(), storage_options_.end());
  all.insert(all.end(), words.begin(), words.end());
  if (registries_file_.empty()) return run_program(all, is_silent);
  return run_program(all, is_silent, {{"CONTAINERS_REGISTRIES_CONF", registries_file_}});
}

bool ImageBuilder::has(const std::string& name) {
  const std::vector<std::string> words =
      is_buildah_ ? std::vector<std::string>{"inspect", "--type", "image", name}
                  : std::vector<std::string>{"image", "inspect", name};
  return command(words, true) == 0;
}

int ImageBuilder::build(const std::vector<std::string>& options, const std::string& context,
                        const std::string& tag) {
  std::vector<std::string> words = {"build"};
  if (is_buildah_) {
    words = {"bud", "--isolation", "chroot"};
    write_registries(tag);
  }
  words.insert(words.end(), options.begin(), options.end());
  words.push_back(context);
  return command(words);
}

int ImageBuilder::push(const std::string& tag, const container::ImageReference& target) {
  const std::string place = reachable(target);
  if (!is_buildah_) {
    const int tagged = command({"tag", tag, place});
    return tagged != 0 ? tagged : command({"push", place});
  }
  std::vector<std::string> words = {"push"};
  if (is_loopback(place)) words.emplace_back("--tls-verify=false");
  words.insert(words.end(), {tag, "docker://" + place});
  return command(words);
}

}  // namespace pawl::app
