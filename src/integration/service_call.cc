// SPDX-License-Identifier: Apache-2.0
#include "integration/service_call.h"

#include <algorithm>
#include <boost/crc.hpp>
#include <utility>
#include <vector>

#include "aws/arn.h"
#include "base/bytes.h"
#include "base/random.h"
#include "engine/execution_store.h"
#include "integration/http_metadata.h"
#include "integration/service_error.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::integration {
namespace {

using asl::ExecutionError;
using json::ObjectBuilder;
using json::Value;

bool is_put_events(const CalledOperation& called) {
  return called.optimized != nullptr && called.optimized->service == "events";
}

bool is_model_invocation(const CalledOperation& called) {
  return called.optimized != nullptr && called.operation->name == "InvokeModel";
}

/// Developer Guide "Add EventBridge events with Step Functions": the ARNs of the execution and of
/// its state machine are appended to Resources.
Value with_execution_resources(const Value& parameters, const interpreter::ExecutionInfo& info) {
  const Value* entries = parameters.find("Entries");
  if (entries == nullptr || !entries->is_array()) return parameters;
  std::vector<Value> changed;
  for (const Value& entry : entries->items()) {
    if (!entry.is_object()) return parameters;
    std::vector<Value> resources;
    if (const Value* given = entry.find("Resources"); given != nullptr && given->is_array())
      resources.assign(given->items().begin(), given->items().end());
    resources.emplace_back(info.state_machine_arn);
    resources.emplace_back(info.execution_arn);
    changed.push_back(entry.with_member("Resources", Value::array(std::move(resources))));
  }
  return parameters.with_member("Entries", Value::array(std::move(changed)));
}

const aws::Member* streamed_payload(const aws::Shape& input) {
  const aws::Member* payload = input.payload;
  const bool streams = payload != nullptr && payload->shape->type == aws::ShapeType::Blob &&
                       (payload->streaming || payload->shape->streaming);
  return streams ? payload : nullptr;
}

std::string crc32_base64(std::string_view bytes) {
  boost::crc_32_type crc;
  crc.process_bytes(bytes.data(), bytes.size());
  const uint32_t sum = crc.checksum();
  std::string big_endian;
  for (int shift = 24; shift >= 0; shift -= 8) big_endian += static_cast<char>(sum >> shift);
  return base::base64_encode(big_endian);
}

/// What the SDK adds to a body that is text (recorded): its type, and S3's default checksum.
Value with_upload_defaults(Value input, const aws::Shape& shape) {
  const aws::Member* payload = streamed_payload(shape);
  const Value* body = payload == nullptr ? nullptr : input.find(payload->name);
  if (body == nullptr) return input;
  const std::string bytes = base::base64_decode(body->as_string()).value_or("");
  const aws::Member* type = shape.find("ContentType");
  if (type != nullptr && input.find("ContentType") == nullptr)
    input = input.with_member("ContentType", Value("text/plain; charset=UTF-8"));
  const auto& members = input.members();
  const bool has_checksum = std::any_of(members.begin(), members.end(), [](const auto& member) {
    return member.name().starts_with("Checksum") || member.name() == "ContentMD5";
  });
  if (shape.find("ChecksumCRC32") == nullptr || has_checksum) return input;
  return input.with_member("ChecksumAlgorithm", Value("CRC32"))
      .with_member("ChecksumCRC32", Value(crc32_base64(bytes)));
}

Value with_idempotency_tokens(Value input, const aws::Shape& shape, const std::string& token) {
  for (const aws::Member& member : shape.members) {
    if (member.idempotency_token && input.find(member.name) == nullptr)
      input = input.with_member(member.name, Value(token));
  }
  return input;
}

/// bedrock:invokeModel gives the model's JSON as JSON.
Value with_parsed_body(const Value& result) {
  const Value* body = result.find("Body");
  if (body == nullptr || !body->is_string()) return result;
  base::Result<Value> parsed = json::parse(body->as_string());
  return parsed ? result.with_member("Body", *std::move(parsed)) : result;
}

std::string_view role_name(const aws::Arn& role) {
  const std::string_view path = role.resource_id();
  return path.substr(path.rfind('/') + 1);
}

}  // namespace

aws::Principal principal_of(const engine::TaskRequest& request) {
  const interpreter::ExecutionInfo& info = *request.info;
  aws::Principal principal;
  principal.account_id = info.account;
  principal.user_id = info.account;
  principal.arn = "arn:aws:iam::" + info.account + ":root";
  const std::string& arn = request.command.credentials_role_arn.value_or(info.role_arn);
  const std::optional<aws::Arn> role = aws::Arn::parse(arn);
  if (!role || role->service != "iam") return principal;
  // A role of another account sees that account's resources.
  if (request.command.credentials_role_arn && !role->account_id.empty())
    principal.account_id = role->account_id;
  principal.arn = "arn:" + role->partition + ":sts::" + role->account_id + ":assumed-role/" +
                  std::string(role_name(*role)) + "/" + info.execution_name.substr(0, 64);
  return principal;
}

base::Result<CalledOperation> find_called_operation(const asl::TaskResource& resource,
                                                    aws::ModelCatalog& models) {
  CalledOperation called;
  if (resource.kind == asl::ResourceKind::AwsSdk) {
    called.operation = PAWL_TRY(SdkCatalog(models).find(resource.service, resource.action));
    return called;
  }
  called.optimized = find_optimized_service(resource.service);
  if (resource.kind != asl::ResourceKind::Integration || called.optimized == nullptr)
    return base::Error(base::ErrorKind::NotFound, "no service stands behind " + resource.arn);
  called.action = find_optimized_action(resource.service, resource.action);
  called.operation = PAWL_TRY(find_optimized_operation(*called.optimized, resource.action, models));
  called.dialect = called.optimized->dialect();
  return called;
}

ExecutionError unusable_parameters(const engine::TaskRequest& request, std::string_view mistake) {
  return {.error = std::string(asl::error_name::kRuntime),
          .cause = "An error occurred while executing the state '" + request.state().name +
                   "'. The Parameters '" + request.command.parameters.text() +
                   "' could not be used to start the Task: [" + std::string(mistake) + "]"};
}

aws::Call make_call(const engine::TaskRequest& request) {
  aws::Call call;
  call.region = request.info->region;
  call.principal = principal_of(request);
  call.idempotency_token = idempotency_token_of(request);
  call.role_arn = request.command.credentials_role_arn.value_or("");
  return call;
}

tl::expected<aws::Call, ExecutionError> make_service_call(const CalledOperation& called,
                                                          const engine::TaskRequest& request,
                                                          const CallFacts& facts) {
  aws::Call call = make_call(request);
  call.service = called.operation->service->metadata().service_name;
  call.operation = called.operation->name;
  call.request_id = request_id_of(*called.operation->service, facts.request_id);
  if (request.keeps_answers) {
    call.completion_key =
        engine::ExecutionStore::outbox_key(request.execution, request.command.task);
    call.completed = request.completed;
  }
  if (called.operation->input == nullptr) return call;
  const aws::Shape& shape = *called.operation->input;
  Value parameters = request.command.parameters.value();
  if (parameters.is_null()) parameters = Value::object();
  if (called.action != nullptr) parameters = rename_members(parameters, called.action->parameters);
  if (is_put_events(called)) parameters = with_execution_resources(parameters, *request.info);
  base::Result<Value> input = to_api_input(parameters, shape, called.dialect);
  if (!input) return tl::unexpected(unusable_parameters(request, input.error().message));
  call.input = with_idempotency_tokens(with_upload_defaults(*std::move(input), shape), shape,
                                       call.idempotency_token);
  return call;
}

Value service_result(const CalledOperation& called, const Value& output, const CallFacts& facts) {
  Value result = called.operation->output == nullptr
                     ? Value::object()
                     : from_api_output(output, *called.operation->output, called.dialect);
  if (called.action != nullptr) result = rename_members(result, called.action->results);
  if (is_model_invocation(called)) return with_parsed_body(result);
  if (called.dialect == SdkDialect::Java2) return result;
  const std::string request_id = request_id_of(*called.operation->service, facts.request_id);
  return result
      .with_member("SdkHttpMetadata",
                   service_http_metadata(*called.operation, output, facts.date, request_id))
      .with_member("SdkResponseMetadata", response_metadata(request_id));
}

ExecutionError service_failure(const CalledOperation& called, const aws::ApiError& error,
                               const CallFacts& facts) {
  const aws::ServiceModel& model = *called.operation->service;
  const std::string request_id = request_id_of(model, facts.request_id);
  return called.optimized == nullptr
             ? sdk_api_error(model, error, request_id)
             : optimized_api_error(*called.optimized, model, error, request_id);
}

std::optional<ExecutionError> failed_entries(const CalledOperation& called, const Value& result) {
  if (!is_put_events(called)) return std::nullopt;
  const Value* count = result.find("FailedEntryCount");
  if (count == nullptr || !count->is_number() || count->as_double() <= 0) return std::nullopt;
  return ExecutionError{.error = "EventBridge.FailedEntry", .cause = json::write(result)};
}

json::Payload text_payload(const Value& value) {
  return json::Payload::from_trusted_text(json::write(value), /*as_written=*/false);
}

std::string idempotency_token_of(const engine::TaskRequest& request) {
  const std::string named = request.info->execution_arn + "/" + std::to_string(request.execution) +
                            "/" + std::to_string(request.command.task.frame) + "/" +
                            std::to_string(request.command.task.sequence);
  const std::string hash = base::digest(base::DigestAlgorithm::Sha256, named);
  uint64_t seed = 0;
  for (size_t i = 0; i < sizeof seed; ++i) seed = seed << 8 | static_cast<unsigned char>(hash[i]);
  base::Random random(seed);
  return base::make_uuid(random);
}

}  // namespace pawl::integration
