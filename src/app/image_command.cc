// SPDX-License-Identifier: Apache-2.0
#include "app/image_command.h"

#include <stdlib.h>
#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <utility>

#include "app/exit_code.h"
#include "app/http_call.h"
#include "app/image_builder.h"
#include "app/interrupts.h"
#include "app/text_file.h"
#include "container/container_host.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::app {
namespace {

using base::Result;
using container::ImageReference;
using json::Value;

constexpr int64_t kStopGraceMs = 10'000;

int fail(const std::string& message) {
  write_fully(STDERR_FILENO, "pawl image: " + message + "\n");
  return kExitFailed;
}

std::string endpoint_of(const ImageOptions& options) {
  if (!options.endpoint.empty()) return options.endpoint;
  const char* set = getenv("AWS_ENDPOINT_URL");
  return set != nullptr && *set != '\0' ? set : "http://127.0.0.1:4566";
}

/// "127.0.0.1:4566" of "http://127.0.0.1:4566/".
std::string address_of(const std::string& url) {
  const size_t scheme = url.find("://");
  std::string address = scheme == std::string::npos ? url : url.substr(scheme + 3);
  while (address.ends_with('/')) address.pop_back();
  return address;
}

std::string default_registry() {
  const char* region = getenv("AWS_REGION");
  return std::string("000000000000.dkr.ecr.") +
         (region != nullptr && *region != '\0' ? region : "us-east-1") + ".amazonaws.com";
}

/// What has no registry is in the server's ECR, in the default account.
Result<ImageReference> reference_of(const std::string& name) {
  ImageReference out = PAWL_TRY(ImageReference::parse(name));
  const std::string first = name.substr(0, name.find('/'));
  if (out.registry != "docker.io" || first == "docker.io") return out;
  out.registry = default_registry();
  if (out.repository.starts_with("library/") && !name.starts_with("library/")) {
    out.repository.erase(0, std::string("library/").size());
  }
  return out;
}

/// A repository that is not there is made: here nobody else would.
Result<void> make_repository(const std::string& endpoint, const ImageReference& reference) {
  const auto host = container::parse_ecr_host(reference.registry);
  if (!host) return {};
  json::ObjectBuilder body;
  body.set("repositoryName", Value(reference.repository));
  HttpCall call;
  call.method = "POST";
  call.headers = {
      {"X-Amz-Target", "AmazonEC2ContainerRegistry_V20150921.CreateRepository"},
      {"Content-Type", "application/x-amz-json-1.1"},
      {"Authorization", "AWS4-HMAC-SHA256 Credential=" + host->account + "/20240101/" +
                            host->region + "/ecr/aws4_request, SignedHeaders=host, Signature=0"}};
  call.body = json::write(std::move(body).build());
  const HttpAnswer answer = PAWL_TRY(call_http(PAWL_TRY(parse_endpoint(endpoint)), call));
  const bool is_there =
      answer.status == 200 || answer.body.find("RepositoryAlreadyExists") != std::string::npos;
  if (is_there) return {};
  return base::Error(base::ErrorKind::Io, "the repository " + reference.repository +
                                              " cannot be made: " + answer.body.substr(0, 500));
}

int push(const ImageOptions& options, ImageBuilder& builder) {
  const std::string endpoint = endpoint_of(options);
  const Result<ImageReference> reference = reference_of(options.name);
  if (!reference) return fail(reference.error().message);
  if (const Result<void> made = make_repository(endpoint, *reference); !made) {
    return fail(endpoint + ": " + made.error().message);
  }
  const int status = builder.push(options.name, *reference);
  if (status != 0) return kExitFailed;
  write_fully(STDOUT_FILENO, reference->text() + "\n");
  return kExitOk;
}

int build(const ImageOptions& options, ImageBuilder& builder) {
  if (options.pushes && options.name.empty()) return fail("--push needs a name (--tag)");
  if (!options.name.empty()) {
    const Result<ImageReference> reference = ImageReference::parse(options.name);
    if (!reference) return fail(reference.error().message);
  }
  const int status = builder.build(options.folder, options.file, options.name, options.build_args);
  if (status != 0) return kExitFailed;
  return options.pushes ? push(options, builder) : int{kExitOk};
}

Result<std::vector<std::string>> names_at(const std::string& endpoint, const std::string& path,
                                          const char* member) {
  HttpCall call;
  call.target = path;
  const HttpAnswer answer = PAWL_TRY(call_http(PAWL_TRY(parse_endpoint(endpoint)), call));
  const Result<Value> body = json::parse(answer.body);
  const Value* list = body && body->is_object() ? body->find(member) : nullptr;
  if (answer.status != 200 || list == nullptr || !list->is_array()) {
    return base::Error(base::ErrorKind::Io, answer.body.substr(0, 500));
  }
  std::vector<std::string> out;
  for (const Value& each : list->items()) {
    if (each.is_string()) out.emplace_back(each.as_string());
  }
  return out;
}

int list(const ImageOptions& options) {
  const std::string endpoint = endpoint_of(options);
  std::vector<std::string> repositories = {options.name};
  if (options.name.empty()) {
    Result<std::vector<std::string>> all = names_at(endpoint, "/v2/_catalog", "repositories");
    if (!all) return fail(endpoint + ": " + all.error().message);
    repositories = std::move(*all);
  }
  for (const std::string& repository : repositories) {
    const auto tags = names_at(endpoint, "/v2/" + repository + "/tags/list", "tags");
    if (!tags) return fail(endpoint + ": " + tags.error().message);
    for (const std::string& tag : *tags) {
      write_fully(STDOUT_FILENO, default_registry() + "/" + repository + ":" + tag + "\n");
    }
  }
  return kExitOk;
}

container::ContainerSpec spec_of(const ImageOptions& options, const std::string& image) {
  container::ContainerSpec spec{.image = image};
  if (!options.entry_point.empty()) spec.entry_point = {options.entry_point};
  if (!options.command.empty()) spec.command = options.command;
  if (!options.user.empty()) spec.user = options.user;
  if (!options.working_directory.empty()) spec.working_directory = options.working_directory;
  for (const std::string& each : options.environment) {
    const size_t equals = each.find('=');
    const std::string name = each.substr(0, equals);
    const char* ours = equals == std::string::npos ? getenv(name.c_str()) : nullptr;
    if (equals != std::string::npos) spec.environment[name] = each.substr(equals + 1);
    if (ours != nullptr) spec.environment[name] = ours;  // as Docker: the name alone is ours
  }
  return spec;
}

int run(const ImageOptions& options) {
  const std::string address = address_of(endpoint_of(options));
  Result<ImageReference> reference = reference_of(options.name);
  if (!reference) return fail(reference.error().message);
  if (container::parse_ecr_host(reference->registry)) {
    reference->repository = reference->registry + "/" + reference->repository;
    reference->registry = address;
  }
  container::ContainerHost host({.folder = "", .sources = {}});
  const Result<container::Runner*> runner = host.runner();
  if (!runner) return fail(runner.error().message);
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<container::ExitStatus> ended;
  const container::ContainerEvents events{
      .on_output =
          [](container::OutputStream stream, std::string_view bytes) {
            const bool is_out = stream == container::OutputStream::Out;
            write_fully(is_out ? STDOUT_FILENO : STDERR_FILENO, bytes);
          },
      .on_exit =
          [&](container::ExitStatus status) {
            const std::lock_guard lock(mutex);
            ended = std::move(status);
            changed.notify_all();
          }};
  const auto id = (*runner)->start(spec_of(options, reference->text()), events);
  if (!id) return fail(id.error().message);
  const Interrupts interrupts([&] { (*runner)->stop(*id, kStopGraceMs); });
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return ended.has_value(); });
  if (!ended->reason.empty()) return fail(ended->reason);
  return ended->code.value_or(int{kExitFailed});
}

}  // namespace

int run_image(const ImageOptions& options) {
  if (options.action == ImageOptions::Action::List) return list(options);
  if (options.action == ImageOptions::Action::Run) return run(options);
  Result<ImageBuilder> builder = ImageBuilder::find(address_of(endpoint_of(options)));
  if (!builder) return fail(builder.error().message);
  return options.action == ImageOptions::Action::Build ? build(options, *builder)
                                                       : push(options, *builder);
}

}  // namespace pawl::app
