// SPDX-License-Identifier: Apache-2.0
#include "services/pipes/pipe_input.h"

#include <algorithm>
#include <string>

#include "aws/arn.h"
#include "aws/event/event_pattern.h"
#include "aws/event/target_call.h"
#include "json/members.h"
#include "services/pipes/input_template.h"

namespace pawl::pipes {
namespace {

using aws::ApiResult;
using aws::TargetKind;
using aws::validation_exception;
using json::ObjectBuilder;
using json::Value;

constexpr const char* kMembers[] = {
    "Description",          "Source",          "SourceParameters", "Enrichment",
    "EnrichmentParameters", "Target",          "TargetParameters", "RoleArn",
    "LogConfiguration",     "KmsKeyIdentifier"};
constexpr int64_t kBatchDefault = 10;
constexpr int64_t kStreamBatchDefault = 100;
constexpr int64_t kSourceMax = 10'000;

enum class SourceKind { Queue, FifoQueue, TableStream, Other };

SourceKind source_kind(const std::string& source) {
  const auto arn = aws::Arn::parse(source);
  if (arn && arn->service == "sqs")
    return arn->resource.ends_with(".fifo") ? SourceKind::FifoQueue : SourceKind::Queue;
  if (arn && arn->service == "dynamodb" && arn->resource.find("/stream/") != std::string::npos)
    return SourceKind::TableStream;
  return SourceKind::Other;
}

ApiResult<void> check_source(const Value& settings) {
  const std::string source = text_member(settings, "Source");
  const SourceKind kind = source_kind(source);
  if (kind == SourceKind::Other) {
    return validation_exception("The source " + source +
                                " is not supported: sources are SQS queues and DynamoDB streams.");
  }
  const Value parameters = source_parameters(settings);
  if (kind == SourceKind::TableStream && parameters.find("StartingPosition") == nullptr) {
    return validation_exception(
        "DynamoDBStreamParameters with a StartingPosition are required for the source " + source +
        ".");
  }
  if (kind == SourceKind::TableStream) {
    const std::string queue = text_member(object_member(parameters, "DeadLetterConfig"), "Arn");
    const auto dead = aws::target_kind(queue);
    if (!queue.empty() && dead != TargetKind::Queue && dead != TargetKind::Topic)
      return validation_exception("The dead letter target " + queue + " is no queue or topic.");
  }
  const int64_t size = batch_size(settings);
  const int64_t window = integer_member(parameters, "MaximumBatchingWindowInSeconds");
  if (kind == SourceKind::FifoQueue && (size > 10 || window > 0)) {
    return validation_exception(
        "FIFO queues take a BatchSize of at most 10 and no MaximumBatchingWindowInSeconds.");
  }
  if (kind == SourceKind::Queue && size > 10 && window == 0) {
    return validation_exception(
        "MaximumBatchingWindowInSeconds must be at least 1 if BatchSize is greater than 10.");
  }
  const Value criteria =
      object_member(object_member(settings, "SourceParameters"), "FilterCriteria");
  const Value* filters = criteria.find("Filters");
  if (filters == nullptr || !filters->is_array()) return {};
  for (const Value& filter : filters->items()) {
    const auto pattern = aws::EventPattern::compile(text_member(filter, "Pattern"));
    if (!pattern) return validation_exception(pattern.error().message);
  }
  return {};
}

ApiResult<void> check_template(const Value& parameters) {
  const auto compiled = InputTemplate::compile(text_member(parameters, "InputTemplate"));
  if (!compiled) return validation_exception(compiled.error().message);
  return {};
}

ApiResult<void> check_enrichment(const Value& settings) {
  const std::string enrichment = text_member(settings, "Enrichment");
  if (enrichment.empty()) return {};
  const auto kind = aws::target_kind(enrichment);
  if (kind != TargetKind::Function && kind != TargetKind::StateMachine && kind != TargetKind::Api &&
      kind != TargetKind::ApiDestination) {
    return validation_exception("The enrichment " + enrichment + " is not supported.");
  }
  return check_template(object_member(settings, "EnrichmentParameters"));
}

ApiResult<void> check_target(const Value& settings) {
  const std::string target = text_member(settings, "Target");
  const auto kind = aws::target_kind(target);
  if (!kind || *kind == TargetKind::SdkOperation || *kind == TargetKind::SsmDocument)
    return validation_exception("The target " + target + " is not supported.");
  const Value parameters = object_member(settings, "TargetParameters");
  const auto demand = [&](const char* member) -> ApiResult<void> {
    if (parameters.find(member) != nullptr) return {};
    return validation_exception("TargetParameters must have " + std::string(member) +
                                " for the target " + target + ".");
  };
  if (*kind == TargetKind::KinesisStream) PAWL_TRY_VOID(demand("KinesisStreamParameters"));
  if (*kind == TargetKind::EcsCluster) PAWL_TRY_VOID(demand("EcsTaskParameters"));
  if (*kind == TargetKind::JobQueue) PAWL_TRY_VOID(demand("BatchJobParameters"));
  if (*kind == TargetKind::Queue && target.ends_with(".fifo"))
    PAWL_TRY_VOID(demand("SqsQueueParameters"));
  return check_template(parameters);
}

/// 0: as many as the source gives.
int64_t batch_max_of(const std::string& arn) {
  const auto kind = aws::target_kind(arn);
  if (!kind) return 0;
  switch (*kind) {
    case TargetKind::Function:
    case TargetKind::StateMachine:
    case TargetKind::LogGroup: return kSourceMax;
    case TargetKind::KinesisStream:
    case TargetKind::DeliveryStream: return 500;
    case TargetKind::EventBus:
    case TargetKind::Topic:
    case TargetKind::Queue: return 10;
    default: return 1;
  }
}

}  // namespace

Value settings_of(const Value& input) {
  ObjectBuilder out;
  for (const char* member : kMembers) json::copy_members(input, {member}, out);
  return std::move(out).build();
}

Value updated_settings(const Value& settings, const Value& input) {
  Value out = settings;
  const std::string target = text_member(input, "Target");
  // Parameters of another kind of target mean nothing to the new one.
  if (!target.empty() &&
      aws::target_kind(target) != aws::target_kind(text_member(settings, "Target")))
    out = out.without_member("TargetParameters");
  for (const char* member : kMembers) {
    const Value* given = input.find(member);
    if (given == nullptr) continue;
    if (std::string_view(member) != "SourceParameters") {
      out = out.with_member(member, *given);
      continue;
    }
    // "UpdatePipe" cannot change where a stream begins: what it does not name stays.
    Value parameters = object_member(out, member);
    for (const json::Member& each : given->members()) {
      Value merged = object_member(parameters, each.name());
      if (each.name() != "FilterCriteria" && each.value.is_object()) {
        for (const json::Member& inner : each.value.members())
          merged = merged.with_member(inner.name(), inner.value);
      } else {
        merged = each.value;
      }
      parameters = parameters.with_member(each.name(), std::move(merged));
    }
    out = out.with_member(member, std::move(parameters));
  }
  if (text_member(out, "Enrichment").empty())
    out = out.without_member("Enrichment").without_member("EnrichmentParameters");
  return out;
}

ApiResult<void> check_settings(const Value& settings) {
  PAWL_TRY_VOID(check_source(settings));
  PAWL_TRY_VOID(check_enrichment(settings));
  PAWL_TRY_VOID(check_target(settings));
  const int64_t most = batch_size_max(settings);
  if (batch_size(settings) > most) {
    return validation_exception("BatchSize is greater than the " + std::to_string(most) +
                                " that the target or the enrichment supports.");
  }
  return {};
}

Value source_parameters(const Value& settings) {
  const bool is_stream = source_kind(text_member(settings, "Source")) == SourceKind::TableStream;
  return object_member(object_member(settings, "SourceParameters"),
                       is_stream ? "DynamoDBStreamParameters" : "SqsQueueParameters");
}

int64_t batch_size_max(const Value& settings) {
  int64_t most = batch_max_of(text_member(settings, "Target"));
  const std::string enrichment = text_member(settings, "Enrichment");
  if (!enrichment.empty()) most = std::min(most, batch_max_of(enrichment));
  return std::max<int64_t>(most, 1);
}

int64_t batch_size(const Value& settings) {
  const bool is_stream = source_kind(text_member(settings, "Source")) == SourceKind::TableStream;
  const int64_t otherwise =
      std::min(is_stream ? kStreamBatchDefault : kBatchDefault, batch_size_max(settings));
  return std::max<int64_t>(integer_member(source_parameters(settings), "BatchSize", otherwise), 1);
}

}  // namespace pawl::pipes
