// SPDX-License-Identifier: Apache-2.0
// The way of an invocation whose function is known is: map look-up, runtime. All that reads the
// store or writes files happens on the task thread.
#include "services/lambda/invoker.h"

#include <filesystem>
#include <utility>

#include "base/bytes.h"
#include "base/random.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/lambda/code_package.h"
#include "services/lambda/deployment_package.h"
#include "services/lambda/identifiers.h"
#include "services/lambda/invocation_checks.h"

namespace pawl::lambda {
namespace {

namespace fs = std::filesystem;
using aws::ApiError;
using aws::ApiResult;
using json::Value;

aws::ApiError too_many_requests(std::string reason) {
  ApiError error("TooManyRequestsException", "Rate Exceeded.", 429);
  error.members =
      error.members.with_member("Reason", Value(reason)).with_member("Type", Value("User"));
  return error;
}

double weight_of(const json::Member& entry) {
  return entry.value.is_number() ? entry.value.as_double() : 0;
}

}  // namespace

base::Result<std::unique_ptr<Invoker>> Invoker::open(store::Store& store, FunctionStore functions,
                                                     Options options) {
  // Unpacked code is a copy of what the store holds, and not synced: after a crash it may be torn.
  std::error_code failure;
  if (options.code_folder.empty()) {
    options.code_folder = fs::temp_directory_path(failure) / ("pawl-lambda-code-" + new_uuid());
  }
  // Workers get absolute paths: they do not run in our folder.
  options.code_folder = fs::absolute(options.code_folder, failure);
  fs::remove_all(options.code_folder, failure);
  fs::create_directories(options.code_folder, failure);
  if (failure) {
    return base::Error(base::ErrorKind::Io, options.code_folder + ": " + failure.message());
  }
  const store::Keyspace events = PAWL_TRY(store.keyspace("lambda/events", store::Shape::Queue));
  return std::unique_ptr<Invoker>(new Invoker(store, functions, events, std::move(options)));
}

Invoker::Invoker(store::Store& store, FunctionStore functions, store::Keyspace events,
                 Options options)
    : store_(store),
      functions_(functions),
      events_(events),
      options_(std::move(options)),
      seed_(static_cast<uint64_t>(options_.loop->now().ms)),
      destinations_(*options_.caller),
      runtime_(std::make_unique<LambdaRuntime>(options_.runtime)) {}

Invoker::~Invoker() {
  stopping_ = true;
  runtime_.reset();  // its last answers find no loop any more
  std::error_code ignored;
  fs::remove_all(options_.code_folder, ignored);
}

void Invoker::invoke(InvokeCall call, Done done) {
  if (auto fits = check_payload_size(call.payload.size(), call.type == InvocationType::Event);
      !fits) {
    return done(std::move(fits).error());
  }
  const TargetPointer known = known_target(call.function);
  if (known && known->watched_folder.empty()) {
    return start(known, std::move(call), std::move(done));
  }
  options_.loop->work([this, call = std::move(call), done = std::move(done)]() mutable {
    ApiResult<TargetPointer> target = find_target(call.function);
    if (!target) return done(std::move(target).error());
    start(*target, std::move(call), std::move(done));
  });
}

void Invoker::start(const TargetPointer& target, InvokeCall call, Done done) {
  if (call.payload.empty()) call.payload = "{}";
  if (auto json = check_payload(call.payload); !json) return done(std::move(json).error());
  if (auto context = decode_client_context(call.client_context); !context) {
    return done(std::move(context).error());
  }
  switch (call.type) {
    case InvocationType::DryRun: return done(InvokeOutcome{204, false, "", "", ""});
    case InvocationType::Event: return accept_event(std::move(call), done);
    case InvocationType::RequestResponse: return run(target, std::move(call), std::move(done));
  }
}

const Invoker::Runnable& Invoker::choose(const Target& target) {
  if (!target.additional) return target.main;
  base::Random random(seed_ + 0x9e3779b97f4a7c15ULL * ++draws_);
  return random.next_double() < target.weight ? *target.additional : target.main;
}

void Invoker::run(const TargetPointer& target, InvokeCall call, Done done) {
  if (target->is_throttled) {
    return done(too_many_requests("ReservedFunctionConcurrentInvocationLimitExceeded"));
  }
  const Runnable& runnable = choose(*target);
  InvokeRequest request;
  request.event = call.payload;
  request.invoked_arn = target->invoked_arn;
  request.client_context = *decode_client_context(call.client_context);
  request.measures_memory = call.tail_log;
  request.may_wait = call.may_wait;
  request.request_id = call.request_id;
  // `target` keeps `runnable` alive.
  const auto answer = [done, target, &runnable, tail = call.tail_log](InvokeResult result) {
    InvokeOutcome outcome;
    outcome.function_error = result.function_error;
    outcome.executed_version = runnable.version;
    if (tail) {
      outcome.log_result =
          base::base64_encode(log_text(result, runnable.version, runnable.memory_mb));
    }
    outcome.payload = std::move(result.payload);
    outcome.content_type = std::move(result.content_type);
    done(std::move(outcome));
  };
  const base::Result<void> accepted =
      runtime_->invoke(runnable.deployment, std::move(request), answer);
  if (accepted) return;
  if (accepted.error().kind == base::ErrorKind::NotFound) {
    // The function has been changed since: look again.
    options_.loop->work([this, call = std::move(call), done = std::move(done)]() mutable {
      ApiResult<TargetPointer> found = find_target(call.function);
      if (!found) return done(std::move(found).error());
      run(*found, std::move(call), std::move(done));
    });
  } else {
    done(too_many_requests("ConcurrentInvocationLimitExceeded"));
  }
}

// ---- from a name to what runs ----

Invoker::TargetPointer Invoker::known_target(const FunctionReference& function) const {
  const std::lock_guard lock(mutex_);
  const auto found = targets_.find(function.key);
  if (found == targets_.end()) return nullptr;
  const auto target = found->second.find(function.qualifier);
  return target == found->second.end() ? nullptr : target->second;
}

/// Files that have changed are new code.
void Invoker::forget_if_changed(const FunctionKey& key, const Target& target) {
  if (target.watched_folder.empty()) return;
  if (folder_stamp(target.watched_folder) == target.stamp) return;
  forget(key, {target.main.deployment});
}

ApiResult<Invoker::TargetPointer> Invoker::find_target(const FunctionReference& function) {
  if (const TargetPointer known = known_target(function)) forget_if_changed(function.key, *known);
  const std::lock_guard deploying(deploy_mutex_);
  if (TargetPointer known = known_target(function)) return known;
  TargetPointer target = PAWL_TRY(make_target(function));
  const std::lock_guard lock(mutex_);
  targets_[function.key][function.qualifier] = target;
  return target;
}

ApiResult<Invoker::TargetPointer> Invoker::make_target(const FunctionReference& function) {
  const FunctionKey& key = function.key;
  const std::optional<FunctionRecord> record = PAWL_TRY(functions_.function(key));
  if (!record) return function_not_found(key.arn(function.qualifier_or_latest()));
  Target target;
  target.invoked_arn = function.arn();
  target.is_throttled = record->reserved_concurrency == 0;
  if (function.qualifier_or_latest() == kLatest) {
    target.watched_folder = code_folder_of(record->latest.code);
    if (!target.watched_folder.empty()) target.stamp = folder_stamp(target.watched_folder);
    target.main = PAWL_TRY(deploy(key, *record, record->latest));
  } else if (is_version_number(function.qualifier)) {
    target.main = PAWL_TRY(deploy_version(key, *record, function.qualifier));
  } else {
    const std::optional<Value> alias = PAWL_TRY(functions_.alias(key, function.qualifier));
    if (!alias) return function_not_found(function.arn());
    const Value* main_version = alias->find("FunctionVersion");
    target.main = PAWL_TRY(deploy_version(key, *record, main_version->as_string()));
    const Value* routing = alias->find("RoutingConfig");
    const Value* weights = routing != nullptr ? routing->find("AdditionalVersionWeights") : nullptr;
    if (weights != nullptr && weights->size() != 0) {
      const json::Member& entry = weights->members()[0];
      target.additional = PAWL_TRY(deploy_version(key, *record, entry.name()));
      target.weight = weight_of(entry);
    }
  }
  return TargetPointer(std::make_shared<const Target>(std::move(target)));
}

ApiResult<Invoker::Runnable> Invoker::deploy_version(const FunctionKey& key,
                                                     const FunctionRecord& record,
                                                     std::string_view version) {
  if (version == kLatest) return deploy(key, record, record.latest);
  const std::optional<int64_t> number = version_number(version);
  const std::optional<Revision> revision =
      number ? PAWL_TRY(functions_.version(key, *number)) : std::nullopt;
  if (!revision) return function_not_found(key.arn(version));
  return deploy(key, record, *revision);
}

ApiResult<Invoker::Runnable> Invoker::deploy(const FunctionKey& key, const FunctionRecord& record,
                                             const Revision& revision) {
  const std::string watched = code_folder_of(revision.code);
  const std::string folder = watched.empty() ? folder_of(revision.code) : watched;
  FunctionImage image = PAWL_TRY(image_of(key, revision));
  std::error_code failure;
  if (watched.empty() && !image.files && !fs::exists(folder, failure)) {
    const std::string zip = PAWL_TRY(functions_.package(key, revision.code));
    PAWL_TRY_VOID(unpack(revision.code, zip));
  }
  FunctionConfig config;
  config.name = key.name;
  config.id = revision.deployment;
  if (!watched.empty()) config.id += "-" + std::to_string(folder_stamp(watched));
  config.version = revision.text("Version");
  config.runtime_name = revision.text("Runtime");
  config.runtime = runtime_named(config.runtime_name);
  config.folder = folder;
  config.image = std::move(image);
  config.opt_folder = PAWL_TRY(opt_folder(key, revision));
  config.temporary_mb =
      integer_member(object_member(revision.configuration, "EphemeralStorage"), "Size");
  config.log_group =
      text_member(object_member(revision.configuration, "LoggingConfig"), "LogGroup");
  config.handler = revision.text("Handler");
  config.timeout_ms = revision.number("Timeout") * 1'000;
  config.memory_mb = revision.number("MemorySize");
  config.concurrency_max = options_.concurrency_max;
  if (record.reserved_concurrency) {
    config.concurrency_max = static_cast<int>(*record.reserved_concurrency);
    config.refuses_when_busy = true;
  }
  config.region = key.region;
  config.account = key.account;
  config.role_arn = revision.text("Role");
  const Value* environment = revision.configuration.find("Environment");
  const Value* variables = environment != nullptr ? environment->find("Variables") : nullptr;
  if (variables != nullptr) {
    for (const json::Member& variable : variables->members()) {
      config.environment[std::string(variable.name())] = variable.value.as_string();
    }
  }
  Runnable runnable{config.id, config.version, config.memory_mb};
  runtime_->add(std::move(config));
  return runnable;
}

/// The folder that is the function's /opt; "" if it has no layers. Several layers become one folder
/// of links to their files: a later one covers an earlier one.
ApiResult<std::string> Invoker::opt_folder(const FunctionKey& key, const Revision& revision) const {
  if (revision.layers.size() == 0) return std::string();
  std::vector<std::string> folders;
  std::string codes;
  for (const Value& layer : revision.layers.items()) {
    const std::string code = text_member(layer, "code");
    folders.push_back(folder_of(code));
    codes += code;
    std::error_code failure;
    if (fs::exists(folders.back(), failure)) continue;
    const FunctionKey package{text_member(layer, "account"), text_member(layer, "region"),
                              text_member(layer, "name")};
    PAWL_TRY_VOID(unpack(code, PAWL_TRY(functions_.package(package, code))));
  }
  if (folders.size() == 1) return folders.front();
  const std::string merged =
      options_.code_folder + "/opt-" +
      base::hex_encode(base::digest(base::DigestAlgorithm::Sha256, codes)).substr(0, 32);
  const base::Result<void> made = merge_folders(folders, merged);
  if (!made) return service_exception(key.arn() + ": " + made.error().message);
  return merged;
}

ApiResult<FunctionImage> Invoker::image_of(const FunctionKey& key, const Revision& revision) const {
  FunctionImage out;
  const std::optional<PackageImage> named = code_image_of(revision.code);
  if (!named) return out;
  if (!options_.images) return service_exception(key.arn() + ": images cannot be run here");
  const base::Result<container::ImageCache*> images = options_.images();
  if (!images) return service_exception(key.arn() + ": " + images.error().message);
  auto files = (*images)->prepare(named->resolved_uri);
  if (!files) return image_error(named->uri, files.error());
  out.files = std::move(*files);
  const Value config =
      object_member(object_member(revision.configuration, "ImageConfigResponse"), "ImageConfig");
  const auto list_of = [&config](const char* member) -> std::optional<std::vector<std::string>> {
    const Value* list = config.find(member);
    if (list == nullptr || !list->is_array() || list->size() == 0) return std::nullopt;
    std::vector<std::string> words;
    for (const Value& each : list->items()) words.emplace_back(each.as_string());
    return words;
  };
  out.entry_point = list_of("EntryPoint");
  out.command = list_of("Command");
  const std::string folder = text_member(config, "WorkingDirectory");
  if (!folder.empty()) out.working_directory = folder;
  return out;
}

std::string Invoker::folder_of(const std::string& code) const {
  return options_.code_folder + "/" + code;
}

ApiResult<void> Invoker::unpack(const std::string& code, std::string_view zip) const {
  const base::Result<void> unpacked = unpack_package(zip, folder_of(code));
  if (unpacked) return {};
  switch (unpacked.error().kind) {
    case base::ErrorKind::NotFound:
      return invalid_parameter("Uploaded file must be a non-empty zip");
    case base::ErrorKind::LimitExceeded:
      return invalid_parameter("Unzipped size must be smaller than " +
                               std::to_string(PackageLimits().unzipped_bytes_max) + " bytes");
    case base::ErrorKind::Io: return service_exception(unpacked.error().message);
    default:
      return invalid_parameter(
          "Could not unzip uploaded file. Please check your file, then try to upload again.");
  }
}

void Invoker::forget_code(const std::string& code) const {
  std::error_code failure;
  fs::remove_all(folder_of(code), failure);
}

void Invoker::forget(const FunctionKey& key, const std::vector<std::string>& deployments) {
  const std::lock_guard deploying(deploy_mutex_);
  {
    const std::lock_guard lock(mutex_);
    targets_.erase(key);
  }
  for (const std::string& deployment : deployments) runtime_->remove(deployment);
}

}  // namespace pawl::lambda
