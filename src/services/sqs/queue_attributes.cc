// SPDX-License-Identifier: Apache-2.0
#include "services/sqs/queue_attributes.h"

#include <algorithm>
#include <array>

#include "base/integer.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/sqs/errors.h"

namespace pawl::sqs {
namespace {

using aws::ApiResult;

enum class Kind { Number, Flag, Choice, Text, Policy, Redrive, RedriveAllow, Computed };

struct AttributeRule {
  std::string_view name;
  Kind kind;
  std::string_view otherwise = {};  ///< default; "": none
  int64_t least = 0;
  int64_t most = 0;
  std::array<std::string_view, 2> choices = {};
  bool fifo_only = false;
};

// API CreateQueue and SetQueueAttributes, with the default and bounds of each.
constexpr AttributeRule kRules[] = {
    {"VisibilityTimeout", Kind::Number, "30", 0, 43'200},
    {"MaximumMessageSize", Kind::Number, "1048576", 1024, 1'048'576},
    {"MessageRetentionPeriod", Kind::Number, "345600", 60, 1'209'600},
    {"DelaySeconds", Kind::Number, "0", 0, 900},
    {"ReceiveMessageWaitTimeSeconds", Kind::Number, "0", 0, 20},
    {"KmsDataKeyReusePeriodSeconds", Kind::Number, "", 60, 86'400},
    {"KmsMasterKeyId", Kind::Text},
    {"SqsManagedSseEnabled", Kind::Flag},
    {"FifoQueue", Kind::Flag, "", 0, 0, {}, true},
    {"ContentBasedDeduplication", Kind::Flag, "false", 0, 0, {}, true},
    {"DeduplicationScope", Kind::Choice, "queue", 0, 0, {"queue", "messageGroup"}, true},
    {"FifoThroughputLimit",
     Kind::Choice,
     "perQueue",
     0,
     0,
     {"perQueue", "perMessageGroupId"},
     true},
    {"Policy", Kind::Policy},
    {"RedrivePolicy", Kind::Redrive},
    {"RedriveAllowPolicy", Kind::RedriveAllow},
    {"QueueArn", Kind::Computed},
    {"CreatedTimestamp", Kind::Computed},
    {"LastModifiedTimestamp", Kind::Computed},
    {"ApproximateNumberOfMessages", Kind::Computed},
    {"ApproximateNumberOfMessagesNotVisible", Kind::Computed},
    {"ApproximateNumberOfMessagesDelayed", Kind::Computed},
};

const AttributeRule* find_rule(std::string_view name) {
  const auto* found = std::find_if(std::begin(kRules), std::end(kRules),
                                   [&](const AttributeRule& rule) { return rule.name == name; });
  return found == std::end(kRules) ? nullptr : found;
}

std::string value_of(const AttributeMap& attributes, std::string_view name) {
  const auto found = attributes.find(std::string(name));
  if (found != attributes.end()) return found->second;
  const AttributeRule* rule = find_rule(name);
  return rule == nullptr ? "" : std::string(rule->otherwise);
}

int64_t number_of(const AttributeMap& attributes, std::string_view name) {
  return base::parse_int64(value_of(attributes, name)).value_or(0);
}

/// A count in a policy, which may be written as text.
std::optional<int64_t> count_of(const json::Value& value) {
  int64_t number = 0;
  if (value.is_number() && value.to_int64(number)) return number;
  if (value.is_string()) return base::parse_int64(value.as_string());
  return std::nullopt;
}

std::optional<RedrivePolicy> parse_redrive(std::string_view text) {
  const auto parsed = json::parse(text);
  if (!parsed || !parsed->is_object()) return std::nullopt;
  const json::Value* arn = parsed->find("deadLetterTargetArn");
  const json::Value* count = parsed->find("maxReceiveCount");
  if (arn == nullptr || !arn->is_string() || count == nullptr) return std::nullopt;
  const std::optional<int64_t> most = count_of(*count);
  if (!most || *most < 1 || *most > 1000) return std::nullopt;
  return RedrivePolicy{std::string(arn->as_string()), static_cast<uint32_t>(*most)};
}

ApiResult<std::string> check_redrive(const std::string& text) {
  const auto invalid = [&](std::string_view reason) {
    return invalid_parameter(text, "RedrivePolicy", reason);
  };
  const auto parsed = json::parse(text);
  if (!parsed || !parsed->is_object()) {
    return invalid("Redrive policy is not a valid JSON map.");
  }
  for (const char* name : {"maxReceiveCount", "deadLetterTargetArn"}) {
    if (parsed->find(name) == nullptr) {
      return invalid("Redrive policy does not contain mandatory attribute: " + std::string(name) +
                     ".");
    }
  }
  for (const json::Member& member : parsed->members()) {
    if (member.name() != "maxReceiveCount" && member.name() != "deadLetterTargetArn") {
      return invalid(
          "Only following attributes are supported: [deadLetterTargetArn, "
          "maxReceiveCount].");
    }
  }
  const json::Value& count = *parsed->find("maxReceiveCount");
  const std::optional<RedrivePolicy> policy = parse_redrive(text);
  if (!policy && parsed->find("deadLetterTargetArn")->is_string()) {
    const std::string shown =
        count.is_string() ? std::string(count.as_string()) : json::write(count);
    return invalid("Invalid value for maxReceiveCount: " + shown +
                   ", valid values are from 1 to 1000 both inclusive.");
  }
  if (!policy || !parse_queue_arn(policy->dead_letter_arn)) {
    return invalid("Invalid value for deadLetterTargetArn.");
  }
  return json::write(json::Value::object(
      {{"deadLetterTargetArn", json::Value(policy->dead_letter_arn)},
       {"maxReceiveCount", json::Value(static_cast<int64_t>(policy->receive_count_max))}}));
}

ApiResult<std::string> check_redrive_allow(const std::string& text) {
  const auto invalid = [&](std::string_view reason) {
    return invalid_parameter(text, "RedriveAllowPolicy", reason);
  };
  const auto parsed = json::parse(text);
  if (!parsed || !parsed->is_object()) {
    return invalid("Amazon SQS can't create the redrive allow policy. Check the JSON.");
  }
  const json::Value* permission = parsed->find("redrivePermission");
  const json::Value* sources = parsed->find("sourceQueueArns");
  const std::string_view word =
      permission != nullptr && permission->is_string() ? permission->as_string() : "";
  if (word != "allowAll" && word != "denyAll" && word != "byQueue") {
    return invalid(
        "Amazon SQS can't create the redrive allow policy, as it’s in an unsupported "
        "format.");
  }
  const bool has_sources = sources != nullptr && sources->is_array() && sources->size() > 0;
  if ((word == "byQueue") != has_sources) {
    return invalid("Amazon SQS can't create the redrive allow policy. sourceQueueArns is " +
                   std::string(has_sources ? "only for" : "mandatory with") +
                   " redrivePermission byQueue.");
  }
  if (has_sources && sources->size() > 10) {
    return invalid(
        "Amazon SQS can't create the redrive allow policy. At most 10 source queues "
        "can be named.");
  }
  return text;
}

ApiResult<std::string> check_value(const AttributeRule& rule, const std::string& text) {
  switch (rule.kind) {
    case Kind::Number: {
      const std::optional<int64_t> number = base::parse_int64(text);
      if (!number || *number < rule.least || *number > rule.most) {
        return invalid_attribute_value(rule.name);
      }
      return std::to_string(*number);
    }
    case Kind::Flag: {
      const std::string lower = aws::lower_ascii(text);
      if (lower != "true" && lower != "false") return invalid_attribute_value(rule.name);
      return lower;
    }
    case Kind::Choice:
      if (text != rule.choices[0] && text != rule.choices[1]) {
        return invalid_attribute_value(rule.name);
      }
      return text;
    case Kind::Policy: {
      const auto parsed = json::parse(text);
      if (!parsed || !parsed->is_object()) return invalid_attribute_value(rule.name);
      return text;
    }
    case Kind::Redrive: return check_redrive(text);
    case Kind::RedriveAllow: return check_redrive_allow(text);
    case Kind::Text: return text;
    case Kind::Computed: break;
  }
  return unknown_attribute(rule.name);
}

/// What only FIFO queues have, of a standard queue (recorded).
aws::ApiError fifo_only(const AttributeRule& rule) {
  if (rule.kind != Kind::Choice) return unknown_attribute(rule.name);
  return {"InvalidAttributeName",
          "You can specify the " + std::string(rule.name) + " only when FifoQueue is set to true."};
}

bool can_be_emptied(const AttributeRule& rule) {
  return rule.kind == Kind::Policy || rule.kind == Kind::Redrive ||
         rule.kind == Kind::RedriveAllow || rule.kind == Kind::Text;
}

/// What attributes say of each other.
ApiResult<void> check_together(AttributeMap& attributes, const AttributeMap& changes) {
  const bool has_key = attributes.contains("KmsMasterKeyId");
  if (has_key && changes.contains("KmsMasterKeyId")) {
    const auto managed = changes.find("SqsManagedSseEnabled");
    if (managed != changes.end() && aws::lower_ascii(managed->second) == "true") {
      return aws::ApiError("InvalidAttributeValue",
                           "You can use one type of server-side encryption (SSE) at one time. You "
                           "can either enable KMS SSE or SQS SSE.");
    }
    attributes["SqsManagedSseEnabled"] = "false";
  } else if (has_key && value_of(attributes, "SqsManagedSseEnabled") == "true") {
    attributes.erase("KmsMasterKeyId");
    attributes.erase("KmsDataKeyReusePeriodSeconds");
  }
  if (value_of(attributes, "FifoThroughputLimit") == "perMessageGroupId" &&
      value_of(attributes, "DeduplicationScope") != "messageGroup") {
    return invalid_attribute_value("FifoThroughputLimit",
                                   "The perMessageGroupId value is allowed only when the value for "
                                   "DeduplicationScope is messageGroup.");
  }
  return {};
}

}  // namespace

bool RedriveAllowPolicy::allows(std::string_view source_arn) const {
  if (permission == "byQueue") {
    return std::find(source_arns.begin(), source_arns.end(), source_arn) != source_arns.end();
  }
  return permission == "allowAll";
}

QueueSettings settings_of(const AttributeMap& attributes) {
  QueueSettings settings;
  settings.delay_ms = number_of(attributes, "DelaySeconds") * 1000;
  settings.retention_ms = number_of(attributes, "MessageRetentionPeriod") * 1000;
  settings.visibility_ms = number_of(attributes, "VisibilityTimeout") * 1000;
  settings.wait_ms = number_of(attributes, "ReceiveMessageWaitTimeSeconds") * 1000;
  settings.message_bytes_max = static_cast<size_t>(number_of(attributes, "MaximumMessageSize"));
  settings.content_based_deduplication =
      value_of(attributes, "ContentBasedDeduplication") == "true";
  settings.deduplicates_by_group = value_of(attributes, "DeduplicationScope") == "messageGroup";
  settings.redrive = parse_redrive(value_of(attributes, "RedrivePolicy"));
  return settings;
}

RedriveAllowPolicy redrive_allow_policy_of(const AttributeMap& attributes) {
  RedriveAllowPolicy policy;
  const auto parsed = json::parse(value_of(attributes, "RedriveAllowPolicy"));
  if (!parsed || !parsed->is_object()) return policy;
  if (const json::Value* word = parsed->find("redrivePermission"))
    policy.permission = word->as_string();
  const json::Value* sources = parsed->find("sourceQueueArns");
  if (sources != nullptr && sources->is_array()) {
    for (const json::Value& source : sources->items()) {
      if (source.is_string()) policy.source_arns.emplace_back(source.as_string());
    }
  }
  return policy;
}

ApiResult<void> change_attributes(AttributeMap& attributes, const AttributeMap& changes,
                                  bool is_fifo, bool is_new) {
  for (const auto& [name, text] : changes) {
    const AttributeRule* rule = find_rule(name);
    if (rule == nullptr || rule->kind == Kind::Computed) return unknown_attribute(name);
    if (rule->fifo_only && !is_fifo) return fifo_only(*rule);
    if (text.empty() && can_be_emptied(*rule)) {
      attributes.erase(name);
      continue;
    }
    const std::string value = PAWL_TRY(check_value(*rule, text));
    if (name == "FifoQueue" && !is_new && value != "true") {
      return invalid_attribute_value(name, "Modifying queue type is not supported.");
    }
    attributes[name] = value;
  }
  return check_together(attributes, changes);
}

std::optional<std::string> first_difference(const AttributeMap& existing,
                                            const AttributeMap& given) {
  const AttributeMap described = described_attributes(existing, existing.contains("FifoQueue"));
  for (const auto& [name, value] : given) {
    const auto found = described.find(name);
    if (found == described.end() || found->second != value) return name;
  }
  return std::nullopt;
}

AttributeMap described_attributes(const AttributeMap& attributes, bool is_fifo) {
  AttributeMap described = attributes;
  for (const AttributeRule& rule : kRules) {
    if (rule.otherwise.empty() || (rule.fifo_only && !is_fifo)) continue;
    described.try_emplace(std::string(rule.name), rule.otherwise);
  }
  if (attributes.contains("KmsMasterKeyId")) {
    described.try_emplace("KmsDataKeyReusePeriodSeconds", "300");
  } else {
    described.erase("KmsDataKeyReusePeriodSeconds");
  }
  described.try_emplace("SqsManagedSseEnabled", "true");
  return described;
}

bool is_attribute_name(std::string_view name) {
  return name == "All" || find_rule(name) != nullptr;
}

ApiResult<void> check_queue_name(std::string_view name, bool is_fifo) {
  const bool has_suffix = name.ends_with(".fifo");
  const std::string_view stem = has_suffix && is_fifo ? name.substr(0, name.size() - 5) : name;
  const bool good = !stem.empty() && name.size() <= 80 && has_suffix == is_fifo &&
                    std::all_of(stem.begin(), stem.end(), [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                             (c >= '0' && c <= '9') || c == '-' || c == '_';
                    });
  if (good) return {};
  return invalid_parameter(
      is_fifo ? "The name of a FIFO queue can only include alphanumeric characters, hyphens, or "
                "underscores, must end with .fifo suffix and be 1 to 80 in length."
              : "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in "
                "length");
}

}  // namespace pawl::sqs
