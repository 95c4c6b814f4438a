// SPDX-License-Identifier: Apache-2.0
#include "app/docker_command.h"

#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "app/bundling_run.h"
#include "app/container_run.h"
#include "app/exit_code.h"
#include "app/image_builder.h"
#include "app/image_names.h"
#include "app/text_file.h"
#include "container/layout_source.h"
#include "container/remove_tree.h"

namespace pawl::app {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using base::Result;

constexpr const char* kName = "pawl-docker";

int fail(const std::string& message) {
  write_fully(STDERR_FILENO, std::string(kName) + ": " + message + "\n");
  return kExitFailed;
}

int refuse_run(const std::string& message) {
  fail("run: " + message);
  return kExitNotRun;
}

/// Options that take a word, and those that take none, of one command.
struct OptionTable {
  std::vector<std::string_view> valued;
  std::vector<std::string_view> flags;
};

struct Parsed {
  std::vector<std::pair<std::string, std::string>> options;  ///< in order; a flag's value is ""
  std::vector<std::string> rest;                             ///< from the first word that is none

  std::string last(std::string_view a, std::string_view b = "") const {
    std::string out;
    for (const auto& [name, value] : options) {
      if (name == a || (!b.empty() && name == b)) out = value;
    }
    return out;
  }
};

bool contains(const std::vector<std::string_view>& list, std::string_view text) {
  for (const std::string_view each : list) {
    if (each == text) return true;
  }
  return false;
}

/// "--name value", "--name=value", "-n value"; ends at the first word that is no option.
Result<Parsed> parse(const std::vector<std::string>& words, const OptionTable& table,
                     bool options_may_follow) {
  Parsed out;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word.size() < 2 || word[0] != '-') {
      out.rest.push_back(word);
      if (options_may_follow) continue;
      out.rest.insert(out.rest.end(), words.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                      words.end());
      return out;
    }
    const size_t equals = word.starts_with("--") ? word.find('=') : std::string::npos;
    const std::string name = word.substr(0, equals);
    if (contains(table.flags, name)) {
      out.options.emplace_back(name, equals == std::string::npos ? "" : word.substr(equals + 1));
    } else if (!contains(table.valued, name)) {
      return Error(ErrorKind::Unsupported, "the option " + name + " is not known here");
    } else if (equals != std::string::npos) {
      out.options.emplace_back(name, word.substr(equals + 1));
    } else if (i + 1 < words.size()) {
      out.options.emplace_back(name, words[++i]);
    } else {
      return Error(ErrorKind::InvalidSyntax, "the option " + name + " needs a value");
    }
  }
  return out;
}

// ---- build ----

int build(ImageBuilder& builder, const std::vector<std::string>& words) {
  const OptionTable table{
      {"--tag", "-t", "--file", "-f", "--build-arg", "--target", "--platform", "--network",
       "--label", "--secret", "--ssh", "--iidfile", "--progress", "--provenance", "--cache-from",
       "--cache-to", "--output", "-o", "--build-context"},
      {"--no-cache", "--pull", "--quiet", "-q", "--load", "--rm", "--force-rm"}};
  // Of BuildKit alone: how it tells of its work, and where it keeps its cache.
  const std::vector<std::string_view> dropped = {"--progress",   "--provenance",   "--load",
                                                 "--cache-from", "--cache-to",     "--output",
                                                 "-o",           "--build-context"};
  const Result<Parsed> parsed = parse(words, table, true);
  if (!parsed) return fail("build: " + parsed.error().message);
  if (parsed->rest.size() != 1) return fail("build: needs one folder");
  std::vector<std::string> options;
  for (const auto& [name, value] : parsed->options) {
    if (contains(dropped, name)) {
      if (name == "--build-context") return fail("build: --build-context is not known here");
      continue;
    }
    options.push_back(name);
    if (contains(table.valued, name)) options.push_back(value);
  }
  return builder.build(options, parsed->rest.front(), parsed->last("--tag", "-t"));
}

// ---- run ----

Result<container::Mount> mount_of(const std::string& text) {
  const size_t first = text.find(':');
  if (first == std::string::npos || text[0] != '/') {
    return Error(ErrorKind::Unsupported, "-v " + text + ": only folders of this machine");
  }
  const size_t second = text.find(':', first + 1);
  const std::string mode = second == std::string::npos ? "" : text.substr(second + 1);
  return container::Mount{
      text.substr(0, first),
      text.substr(first + 1, second == std::string::npos ? second : second - first - 1),
      mode.find("ro") == 0};
}

Result<container::ContainerSpec> spec_of(const Parsed& parsed) {
  container::ContainerSpec spec;
  for (const auto& [name, value] : parsed.options) {
    if (name == "-v" || name == "--volume") {
      spec.mounts.push_back(PAWL_TRY(mount_of(value)));
    } else if (name == "-e" || name == "--env") {
      const size_t equals = value.find('=');
      const char* ours =
          equals == std::string::npos ? getenv(value.c_str()) : nullptr;  // the name alone
      if (equals != std::string::npos) {
        spec.environment[value.substr(0, equals)] = value.substr(equals + 1);
      } else if (ours != nullptr) {
        spec.environment[value] = ours;
      }
    } else if (name == "-u" || name == "--user") {
      spec.user = value;
    } else if (name == "-w" || name == "--workdir") {
      spec.working_directory = value;
    } else if (name == "--entrypoint") {
      spec.entry_point = value.empty() ? std::vector<std::string>{} : std::vector{value};
    } else if (name == "--network" || name == "--net") {
      spec.has_network = value != "none";
    } else if (name == "--hostname" || name == "-h") {
      spec.host_name = value;
    } else if (name == "--read-only") {
      spec.has_read_only_root = true;
    }
  }
  if (parsed.rest.size() > 1) {
    spec.command = std::vector<std::string>(parsed.rest.begin() + 1, parsed.rest.end());
  }
  return spec;
}

/// A folder for an image of the builder's storage, removed at the end.
class LayoutFolder {
 public:
  LayoutFolder() {
    path_ = (fs::temp_directory_path() / "pawl-layout-XXXXXX").string();
    if (mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  LayoutFolder(const LayoutFolder&) = delete;
  LayoutFolder& operator=(const LayoutFolder&) = delete;
  ~LayoutFolder() {
    if (!path_.empty()) container::remove_tree(path_);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// What `docker run` was asked for; the image's name as it was given.
Result<container::ContainerSpec> read_run(const std::vector<std::string>& words) {
  const OptionTable table{
      {"-v", "--volume", "-e", "--env", "-u", "--user", "-w", "--workdir", "--entrypoint",
       "--network", "--net", "--hostname", "-h", "--platform", "--name", "--security-opt"},
      {"--rm", "-i", "-t", "-it", "--interactive", "--tty", "--read-only", "--init"}};
  const Parsed parsed = PAWL_TRY(parse(words, table, false));
  if (parsed.rest.empty()) return Error(ErrorKind::InvalidSyntax, "needs an image");
  container::ContainerSpec spec = PAWL_TRY(spec_of(parsed));
  spec.image = parsed.rest.front();
  return spec;
}

int run(ImageBuilder& builder, container::ContainerSpec spec) {
  const std::string name = spec.image;
  const LayoutFolder folder;
  container::LayoutSource layout(folder.path());
  if (builder.has(name)) {
    if (builder.command({"push", "-q", name, "oci:" + folder.path() + ":latest"}, true) != 0) {
      return refuse_run(name + " cannot be read from the storage");
    }
    spec.image = container::kLayoutImage;
  } else {
    const auto reference = container::ImageReference::parse(name);
    if (!reference) return refuse_run(reference.error().message);
    spec.image = builder.reachable(*reference);
  }
  return run_container(kName, std::move(spec), {&layout});
}

// ---- the rest ----

int push(ImageBuilder& builder, const std::vector<std::string>& words) {
  const Result<Parsed> parsed = parse(words, {{}, {"--quiet", "-q"}}, true);
  if (!parsed) return fail("push: " + parsed.error().message);
  if (parsed->rest.size() != 1) return fail("push: needs one image");
  const auto reference = container::ImageReference::parse(parsed->rest.front());
  if (!reference) return fail("push: " + reference.error().message);
  return builder.push(parsed->rest.front(), *reference);
}

/// The server asks nobody on loopback; a password that is not needed is not kept.
int login() {
  std::array<char, 4096> ignored{};
  if (isatty(STDIN_FILENO) == 0) {
    while (read(STDIN_FILENO, ignored.data(), ignored.size()) > 0) {
    }
  }
  write_fully(STDOUT_FILENO, "Login Succeeded\n");
  return kExitOk;
}

int dispatch(const std::string& command, const std::vector<std::string>& words) {
  if (command == "login" || command == "logout") return login();
  Result<container::ContainerSpec> spec = container::ContainerSpec{};
  if (command == "run") {
    spec = read_run(words);
    // A Docker that is there may know options that we do not: it is asked below.
    const auto runtime = spec ? bundling_runtime(spec->image) : std::nullopt;
    if (runtime) return run_bundling(kName, *runtime, *spec);
  }
  Result<ImageBuilder> builder = ImageBuilder::find(address_of(server_url("")));
  if (!builder) return fail(builder.error().message);
  if (!builder->is_buildah()) {
    std::vector<std::string> all = {command};  // there is a Docker: it knows best
    all.insert(all.end(), words.begin(), words.end());
    if (command != "push") return builder->command(all);
  }
  if (command == "build") return build(*builder, words);
  if (command == "push") return push(*builder, words);
  if (command == "run") {
    return spec ? run(*builder, std::move(*spec)) : refuse_run(spec.error().message);
  }
  if (command == "tag" && words.size() == 2) return builder->command({"tag", words[0], words[1]});
  if (command == "inspect" && words.size() == 1) {
    return builder->command({"inspect", "--type", "image", words[0]});
  }
  return fail("'" + command + "' is not known here: build, tag, push, login, inspect, run");
}

}  // namespace

int run_docker(const std::vector<std::string>& arguments) {
  std::vector<std::string> words = arguments;
  while (words.size() > 1 && words.front() == "--config")
    words.erase(words.begin(), words.begin() + 2);
  if (words.empty()) return fail("which command?");
  if (words.front() == "--version" || words.front() == "version") {
    write_fully(STDOUT_FILENO, std::string("pawl-docker ") + PAWL_VERSION + "\n");
    return kExitOk;
  }
  if (words.front() == "image" || words.front() == "buildx") words.erase(words.begin());
  if (words.empty()) return fail("which command?");
  const std::string command = words.front();
  words.erase(words.begin());
  return dispatch(command, words);
}

}  // namespace pawl::app
