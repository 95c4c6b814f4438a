// SPDX-License-Identifier: Apache-2.0
#include "services/s3/event_text.h"

#include <algorithm>
#include <cstdio>

#include "aws/http_message.h"
#include "base/bytes.h"
#include "json/write.h"
#include "services/s3/header_text.h"
#include "services/s3/input.h"

namespace pawl::s3 {
namespace {

using json::ObjectBuilder;
using json::Value;

/// "s3:ObjectCreated:*" takes "ObjectCreated:Put".
bool takes(std::string_view pattern, std::string_view event) {
  constexpr std::string_view kPrefix = "s3:";
  if (!pattern.starts_with(kPrefix)) return false;
  pattern.remove_prefix(kPrefix.size());
  if (!pattern.ends_with('*')) return pattern == event;
  return event.starts_with(pattern.substr(0, pattern.size() - 1));
}

bool passes_filter(const Input& rule, std::string_view key) {
  const Value* filter = rule.find("Filter");
  const Value* key_filter = filter == nullptr ? nullptr : filter->find("Key");
  if (key_filter == nullptr || !key_filter->is_object()) return true;
  for (const Value& each : Input(*key_filter).items("FilterRules")) {
    const std::string name = aws::lower_ascii(Input(each).text("Name"));
    const std::string value = Input(each).text("Value");
    if (name == "prefix" && !key.starts_with(value)) return false;
    if (name == "suffix" && !key.ends_with(value)) return false;
  }
  return true;
}

std::string hex(uint64_t number) {
  char text[17];
  std::snprintf(text, sizeof(text), "%016llX", static_cast<unsigned long long>(number));
  return text;
}

std::string principal_of(const EventOrigin& origin) {
  return "AWS:" + (origin.user_id.empty() ? origin.account : origin.user_id);
}

Value text_object(std::string_view name, std::string_view value) {
  ObjectBuilder object;
  object.set(name, Value(value));
  return std::move(object).build();
}

bool is_removal(std::string_view event) {
  return event.starts_with("ObjectRemoved:") || event.starts_with("LifecycleExpiration:");
}

Value object_part(const EventFacts& facts) {
  ObjectBuilder object;
  object.set("key", Value(encode_key(facts.version.key)));
  const bool removed = is_removal(facts.event);
  if (!removed) object.set("size", Value(static_cast<int64_t>(facts.version.size)));
  if (!facts.version.etag.empty()) object.set("eTag", Value(facts.version.etag));
  if (facts.bucket.versioning != Versioning::Never && !facts.version.is_null_version()) {
    object.set("versionId", Value(facts.version.version_id));
  }
  if (facts.event.starts_with("ObjectCreated:") || removed) {
    object.set("sequencer", Value(hex(facts.sequence)));
  }
  return std::move(object).build();
}

/// "Object Created", and the reason that goes with it.
std::string_view detail_type(std::string_view event) {
  struct Name {
    std::string_view event;
    std::string_view detail_type;
  };
  static constexpr Name kNames[] = {
      {"ObjectCreated:", "Object Created"},
      {"ObjectRemoved:", "Object Deleted"},
      {"LifecycleExpiration:", "Object Deleted"},
      {"ObjectTagging:Put", "Object Tags Added"},
      {"ObjectTagging:Delete", "Object Tags Deleted"},
      {"ObjectAcl:", "Object ACL Updated"},
      {"ObjectRestore:Post", "Object Restore Initiated"},
      {"ObjectRestore:Completed", "Object Restore Completed"},
  };
  for (const Name& name : kNames) {
    if (event.starts_with(name.event)) return name.detail_type;
  }
  return "Object Created";
}

}  // namespace

std::string canonical_user_id(std::string_view account) {
  return base::hex_encode(
      base::digest(base::DigestAlgorithm::Sha256, "canonical user " + std::string(account)));
}

std::vector<WantedEvent> wanted_events(const Value& configuration, std::string_view event,
                                       std::string_view key) {
  struct ListNames {
    std::string_view list;
    std::string_view arn;
    Destination::Kind kind;
  };
  static constexpr ListNames kParts[] = {
      {"QueueConfigurations", "QueueArn", Destination::Kind::Queue},
      {"TopicConfigurations", "TopicArn", Destination::Kind::Topic},
      {"LambdaFunctionConfigurations", "LambdaFunctionArn", Destination::Kind::Function}};
  std::vector<WantedEvent> wanted;
  const Input input(configuration);
  for (const ListNames& part : kParts) {
    for (const Value& item : input.items(part.list)) {
      const Input rule(item);
      const auto events = rule.items("Events");
      const bool takes_it = std::any_of(events.begin(), events.end(), [&](const Value& pattern) {
        return pattern.is_string() && takes(pattern.as_string(), event);
      });
      if (takes_it && passes_filter(rule, key)) {
        wanted.push_back({{part.kind, rule.text(part.arn)}, rule.text("Id")});
      }
    }
  }
  if (input.has("EventBridgeConfiguration")) {
    wanted.push_back({{Destination::Kind::EventBridge, ""}, ""});
  }
  return wanted;
}

std::string event_message(const EventFacts& facts) {
  ObjectBuilder response;
  response.set("x-amz-request-id", Value(facts.origin.request_id))
      .set("x-amz-id-2", Value(base::base64_encode(facts.origin.request_id)));
  ObjectBuilder bucket;
  bucket.set("name", Value(facts.bucket.name))
      .set("ownerIdentity", text_object("principalId", canonical_user_id(facts.bucket.account)))
      .set("arn", Value("arn:aws:s3:::" + facts.bucket.name));
  ObjectBuilder s3;
  s3.set("s3SchemaVersion", Value("1.0"))
      .set("configurationId", Value(facts.configuration_id))
      .set("bucket", std::move(bucket).build())
      .set("object", object_part(facts));
  ObjectBuilder record;
  record.set("eventVersion", Value("2.1"))
      .set("eventSource", Value("aws:s3"))
      .set("awsRegion", Value(facts.bucket.region))
      .set("eventTime", Value(base::format_iso8601(facts.time)))
      .set("eventName", Value(facts.event))
      .set("userIdentity", text_object("principalId", principal_of(facts.origin)))
      .set("requestParameters", text_object("sourceIPAddress", facts.origin.source_ip))
      .set("responseElements", std::move(response).build())
      .set("s3", std::move(s3).build());
  ObjectBuilder message;
  message.set("Records", Value::array({std::move(record).build()}));
  return json::write(std::move(message).build());
}

std::string event_bridge_entry(const EventFacts& facts) {
  ObjectBuilder object;
  object.set("key", Value(facts.version.key));
  if (!is_removal(facts.event)) object.set("size", Value(static_cast<int64_t>(facts.version.size)));
  if (!facts.version.etag.empty()) object.set("etag", Value(facts.version.etag));
  if (facts.bucket.versioning != Versioning::Never && !facts.version.is_null_version()) {
    object.set("version-id", Value(facts.version.version_id));
  }
  object.set("sequencer", Value(hex(facts.sequence)));
  ObjectBuilder detail;
  detail.set("version", Value("0"))
      .set("bucket", text_object("name", facts.bucket.name))
      .set("object", std::move(object).build())
      .set("request-id", Value(facts.origin.request_id))
      .set("requester", Value(facts.origin.account))
      .set("source-ip-address", Value(facts.origin.source_ip));
  if (!facts.origin.reason.empty()) detail.set("reason", Value(facts.origin.reason));
  if (is_removal(facts.event)) {
    detail.set("deletion-type",
               Value(facts.event.ends_with("DeleteMarkerCreated") ? "Delete Marker Created"
                                                                  : "Permanently Deleted"));
  }
  ObjectBuilder entry;
  entry.set("Source", Value("aws.s3"))
      .set("DetailType", Value(detail_type(facts.event)))
      .set("Resources", Value::array({Value("arn:aws:s3:::" + facts.bucket.name)}))
      .set("Time", Value(facts.time.ms / 1'000))
      .set("Detail", Value(json::write(std::move(detail).build())))
      .set("Region", Value(facts.bucket.region));
  return json::write(std::move(entry).build());
}

std::string test_message(const Bucket& bucket, const EventOrigin& origin, base::Timestamp time) {
  ObjectBuilder message;
  message.set("Service", Value("Amazon S3"))
      .set("Event", Value("s3:TestEvent"))
      .set("Time", Value(base::format_iso8601(time)))
      .set("Bucket", Value(bucket.name))
      .set("RequestId", Value(origin.request_id))
      .set("HostId", Value(base::base64_encode(origin.request_id)));
  return json::write(std::move(message).build());
}

}  // namespace pawl::s3
