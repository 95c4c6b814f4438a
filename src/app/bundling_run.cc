// SPDX-License-Identifier: Apache-2.0
#include "app/bundling_run.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

#include "app/data_folder.h"
#include "app/exit_code.h"
#include "app/image_builder.h"
#include "app/text_file.h"
#include "container/host_programs.h"
#include "container/sandbox.h"

extern char** environ;

namespace pawl::app {
namespace {

namespace fs = std::filesystem;

/// AWS's build images, by the names that the CDK (2.x), SAM, and older versions of both give them.
constexpr std::array<std::string_view, 3> kBuildImages = {
    "public.ecr.aws/sam/build-", "amazon/aws-sam-cli-build-image-", "lambci/lambda:build-"};

/// Where packages come from, and how they are reached. A cache is no place that can be shown.
constexpr std::array<std::string_view, 3> kPackagePrefixes = {"PIP_", "UV_", "YARN_"};
constexpr std::array<std::string_view, 16> kPackageVariables = {"npm_config_registry",
                                                                "NPM_CONFIG_REGISTRY",
                                                                "npm_config_cafile",
                                                                "NPM_CONFIG_CAFILE",
                                                                "HTTP_PROXY",
                                                                "HTTPS_PROXY",
                                                                "NO_PROXY",
                                                                "http_proxy",
                                                                "https_proxy",
                                                                "no_proxy",
                                                                "SSL_CERT_FILE",
                                                                "SSL_CERT_DIR",
                                                                "REQUESTS_CA_BUNDLE",
                                                                "CURL_CA_BUNDLE",
                                                                "NODE_EXTRA_CA_CERTS",
                                                                "GIT_SSL_CAINFO"};

bool is_passed_on(std::string_view name) {
  if (name.find("CACHE") != std::string_view::npos) return false;
  const auto begins = [name](std::string_view prefix) { return name.starts_with(prefix); };
  return std::any_of(kPackagePrefixes.begin(), kPackagePrefixes.end(), begins) ||
         std::find(kPackageVariables.begin(), kPackageVariables.end(), name) !=
             kPackageVariables.end();
}

/// The files and folders that the words of a variable name.
void show_named(std::string_view words, std::vector<container::Mount>& mounts) {
  while (!words.empty()) {
    const size_t end = std::min(words.find(' '), words.size());
    std::string_view word = words.substr(0, end);
    words.remove_prefix(std::min(end + 1, words.size()));
    if (word.starts_with("file://")) word.remove_prefix(7);
    std::error_code failure;
    if (word.starts_with('/') && fs::exists(word, failure) && !word.starts_with("/usr/") &&
        !word.starts_with("/etc/")) {
      mounts.push_back({std::string(word), std::string(word), true});
    }
  }
}

/// pip of the interpreter: what stands beside it, newest name first.
std::string pip_beside(const std::string& python, const std::string& runtime_name) {
  const fs::path folder = fs::path(python).parent_path();
  const std::string version =
      runtime_name.starts_with("python") ? runtime_name.substr(6) : std::string();
  for (const std::string& name : {"pip" + version, std::string("pip3"), std::string("pip")}) {
    const std::string file = folder / name;
    if (access(file.c_str(), X_OK) == 0) return file;
  }
  return {};
}

void add_python(const std::string& runtime_name, container::ToolsView& view) {
  const std::string python = container::find_python(runtime_name);
  if (python.empty()) return;
  view.interpreters.push_back(python);
  view.programs.emplace_back("python", python);
  view.programs.emplace_back("python3", python);
  if (runtime_name.starts_with("python3.")) view.programs.emplace_back(runtime_name, python);
  const std::string pip = pip_beside(python, runtime_name);
  if (pip.empty()) return;
  view.programs.emplace_back("pip", pip);
  view.programs.emplace_back("pip3", pip);
}

void add_node(container::ToolsView& view) {
  const std::string node = container::find_node();
  if (node.empty()) return;
  view.interpreters.push_back(node);
  view.programs.emplace_back("node", node);
  for (const char* name : {"npm", "npx", "corepack", "yarn", "pnpm", "esbuild"}) {
    const std::string file = fs::path(node).parent_path() / name;
    if (access(file.c_str(), X_OK) == 0) view.programs.emplace_back(name, file);
  }
}

container::ToolsView view_of(const std::string& runtime_name,
                             const container::ContainerSpec& spec) {
  container::ToolsView view;
  view.hidden_folder = data_folder_or_default("");
  view.mounts = spec.mounts;
  view.has_network = spec.has_network;
  view.working_directory = spec.working_directory.value_or("/tmp");
  view.environment = {{"HOME", "/tmp"}, {"LANG", "C.UTF-8"}};
  add_python(runtime_name, view);
  add_node(view);
  for (char** each = environ; *each != nullptr; ++each) {
    const std::string_view variable = *each;
    const size_t equals = variable.find('=');
    if (equals == std::string_view::npos || !is_passed_on(variable.substr(0, equals))) continue;
    view.environment.emplace_back(variable.substr(0, equals), variable.substr(equals + 1));
    show_named(variable.substr(equals + 1), view.mounts);
  }
  view.environment.insert(view.environment.end(), spec.environment.begin(), spec.environment.end());
  return view;
}

std::string bundling_choice() {
  const char* set = getenv("PAWL_BUNDLING");
  return set != nullptr ? set : "";
}

}  // namespace

std::optional<std::string> bundling_runtime(const std::string& image) {
  const std::string choice = bundling_choice();
  if (choice == "image") return std::nullopt;
  std::string_view name = image;
  if (name.starts_with("docker.io/")) name.remove_prefix(10);
  for (const std::string_view prefix : kBuildImages) {
    if (!name.starts_with(prefix)) continue;
    name.remove_prefix(prefix.size());
    name = name.substr(0, name.find_first_of(":@"));
    for (const std::string_view architecture : {"-x86_64", "-arm64"}) {
      if (name.ends_with(architecture)) name.remove_suffix(architecture.size());
    }
    return std::string(name);
  }
  if (choice == "host") return std::string();
  return std::nullopt;
}

int run_bundling(const std::string& command, const std::string& runtime_name,
                 const container::ContainerSpec& spec) {
  const auto refuse = [&command](const std::string& message) {
    write_fully(STDERR_FILENO, command + ": run: " + message + "\n");
    return kExitNotRun;
  };
  const container::Sandbox sandbox;
  if (!sandbox.works()) return refuse(sandbox.reason());
  std::vector<std::string> words = spec.entry_point.value_or(std::vector<std::string>{});
  if (spec.command) words.insert(words.end(), spec.command->begin(), spec.command->end());
  if (words.empty()) return refuse(spec.image + " has no command of its own here");
  const std::string python = container::find_python(runtime_name);
  if (runtime_name.starts_with("python") && python.empty()) {
    return refuse("there is no python3 on this machine for " + spec.image);
  }
  if (runtime_name.starts_with("nodejs") && container::find_node().empty()) {
    return refuse("there is no node on this machine for " + spec.image);
  }
  const std::string what = runtime_name.starts_with("python") ? python : "this machine's tools";
  write_fully(STDERR_FILENO, command + ": " + spec.image + ": runs over " + what +
                                 " (PAWL_BUNDLING=image pulls the image)\n");
  std::vector<std::string> line = sandbox.command(view_of(runtime_name, spec));
  line.insert(line.end(), words.begin(), words.end());
  return run_program(line, false);
}

}  // namespace pawl::app
