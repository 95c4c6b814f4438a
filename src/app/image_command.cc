// SPDX-License-Identifier: Apache-2.0
#include "app/image_command.h"

#include <stdlib.h>
#include <unistd.h>

#include <utility>

#include "app/exit_code.h"
#include "app/http_call.h"
#include "app/container_run.h"
#include "app/image_builder.h"
#include "app/image_names.h"
#include "app/text_file.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::app {
namespace {

using base::Result;
using container::ImageReference;
using json::Value;

int fail(const std::string& message) {
  write_fully(STDERR_FILENO, "pawl image: " + message + "\n");
  return kExitFailed;
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
  const std::string endpoint = server_url(options.endpoint);
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
  std::vector<std::string> words;
  if (!options.file.empty()) words.insert(words.end(), {"-f", options.file});
  if (!options.name.empty()) words.insert(words.end(), {"-t", options.name});
  for (const std::string& each : options.build_args) {
    words.insert(words.end(), {"--build-arg", each});
  }
  const int status = builder.build(words, options.folder, options.name);
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
  const std::string endpoint = server_url(options.endpoint);
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
  const std::string address = address_of(server_url(options.endpoint));
  Result<ImageReference> reference = reference_of(options.name);
  if (!reference) return fail(reference.error().message);
  if (container::parse_ecr_host(reference->registry)) {
    reference->repository = reference->registry + "/" + reference->repository;
    reference->registry = address;
  }
  return run_container("pawl image", spec_of(options, reference->text()), {});
}

}  // namespace

int run_image(const ImageOptions& options) {
  if (options.action == ImageOptions::Action::List) return list(options);
  if (options.action == ImageOptions::Action::Run) return run(options);
  Result<ImageBuilder> builder = ImageBuilder::find(address_of(server_url(options.endpoint)));
  if (!builder) return fail(builder.error().message);
  return options.action == ImageOptions::Action::Build ? build(options, *builder)
                                                       : push(options, *builder);
}

}  // namespace pawl::app
