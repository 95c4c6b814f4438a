// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/types/s3_configurations.h"

#include <algorithm>
#include <array>

#include "base/time.h"
#include "json/members.h"
#include "services/cloudformation/types/handler_errors.h"
#include "services/cloudformation/types/request_properties.h"

namespace pawl::cloudformation::s3 {
namespace {

using aws::ApiResult;
using json::Value;

constexpr double kMsPerSecond = 1'000.0;

Value object(std::string_view name, Value value) {
  return Value::object({{name, std::move(value)}});
}

void copy_as(const Value& from, std::string_view name, std::string_view to,
             json::ObjectBuilder& out) {
  if (const Value* value = json::member_of(from, name)) out.set(to, *value);
}

/// A date as the models have it: seconds since 1970.
void copy_date(const Value& from, std::string_view name, std::string_view to,
               json::ObjectBuilder& out) {
  const std::string text = json::text_member(from, name);
  if (text.empty()) return;
  const auto time =
      base::parse_iso8601(text.find('T') == std::string::npos ? text + "T00:00:00Z" : text);
  out.set(to, time ? Value(static_cast<double>(time->ms) / kMsPerSecond) : Value(text));
}

template <typename Function>
Value each_of(const Value& owner, std::string_view list, Function&& convert) {
  std::vector<Value> items;
  for (const Value& each : json::items_member(owner, list)) items.push_back(convert(each));
  return Value::array(std::move(items));
}

/// Prefix, tags and sizes as a filter: alone, or under And.
Value filter_of(const Value& rule) {
  json::ObjectBuilder conditions;
  json::copy_members(rule, {"Prefix"}, conditions);
  size_t count = json::has_member(rule, "Prefix") ? 1 : 0;
  for (const std::string_view size : {"ObjectSizeGreaterThan", "ObjectSizeLessThan"}) {
    if (!json::has_member(rule, size)) continue;
    json::copy_members(rule, {size}, conditions);
    ++count;
  }
  const auto tags = json::items_member(rule, "TagFilters");
  count += tags.size();
  if (count == 0) return object("Prefix", Value(""));
  if (count == 1 && tags.size() == 1) return object("Tag", tags.front());
  if (!tags.empty()) conditions.set("Tags", json::array_member(rule, "TagFilters"));
  Value all = std::move(conditions).build();
  return count == 1 ? all : object("And", std::move(all));
}

Value transition(const Value& given) {
  json::ObjectBuilder out;
  copy_date(given, "TransitionDate", "Date", out);
  copy_as(given, "TransitionInDays", "Days", out);
  json::copy_members(given, {"StorageClass"}, out);
  return std::move(out).build();
}

Value noncurrent_transition(const Value& given) {
  json::ObjectBuilder out;
  copy_as(given, "TransitionInDays", "NoncurrentDays", out);
  json::copy_members(given, {"StorageClass", "NewerNoncurrentVersions"}, out);
  return std::move(out).build();
}

/// "Transitions" and the older "Transition" together.
Value transitions_of(const Value& rule, std::string_view list, std::string_view one,
                     Value (*convert)(const Value&)) {
  std::vector<Value> items;
  for (const Value& each : json::items_member(rule, list)) items.push_back(convert(each));
  if (const Value* single = json::member_of(rule, one)) items.push_back(convert(*single));
  return Value::array(std::move(items));
}

Value lifecycle_rule(const Value& rule) {
  json::ObjectBuilder out;
  copy_as(rule, "Id", "ID", out);
  json::copy_members(rule, {"Status", "AbortIncompleteMultipartUpload"}, out);
  out.set("Filter", filter_of(rule));
  json::ObjectBuilder expiration;
  copy_date(rule, "ExpirationDate", "Date", expiration);
  copy_as(rule, "ExpirationInDays", "Days", expiration);
  json::copy_members(rule, {"ExpiredObjectDeleteMarker"}, expiration);
  if (!expiration.empty()) out.set("Expiration", std::move(expiration).build());
  const Value transitions = transitions_of(rule, "Transitions", "Transition", transition);
  if (transitions.size() != 0) out.set("Transitions", transitions);
  const Value noncurrent = transitions_of(rule, "NoncurrentVersionTransitions",
                                          "NoncurrentVersionTransition", noncurrent_transition);
  if (noncurrent.size() != 0) out.set("NoncurrentVersionTransitions", noncurrent);
  if (const Value* days = json::member_of(rule, "NoncurrentVersionExpirationInDays"))
    out.set("NoncurrentVersionExpiration", object("NoncurrentDays", *days));
  json::copy_members(rule, {"NoncurrentVersionExpiration"}, out);
  return std::move(out).build();
}

Value lifecycle(const Value& given) {
  return object("LifecycleConfiguration", object("Rules", each_of(given, "Rules", lifecycle_rule)));
}

Value encryption(const Value& given) {
  const Value rules = each_of(given, "ServerSideEncryptionConfiguration", [](const Value& rule) {
    json::ObjectBuilder out;
    copy_as(rule, "ServerSideEncryptionByDefault", "ApplyServerSideEncryptionByDefault", out);
    json::copy_members(rule, {"BucketKeyEnabled", "BlockedEncryptionTypes"}, out);
    return std::move(out).build();
  });
  return object("ServerSideEncryptionConfiguration", object("Rules", rules));
}

Value cors(const Value& given) {
  const Value rules = each_of(given, "CorsRules", [](const Value& rule) {
    json::ObjectBuilder out;
    copy_as(rule, "Id", "ID", out);
    json::copy_members(rule, {"AllowedHeaders", "AllowedMethods", "AllowedOrigins"}, out);
    copy_as(rule, "ExposedHeaders", "ExposeHeaders", out);
    copy_as(rule, "MaxAge", "MaxAgeSeconds", out);
    return std::move(out).build();
  });
  return object("CORSConfiguration", object("CORSRules", rules));
}

Value website(const Value& given) {
  json::ObjectBuilder out;
  if (const Value* key = json::member_of(given, "ErrorDocument"))
    out.set("ErrorDocument", object("Key", *key));
  if (const Value* suffix = json::member_of(given, "IndexDocument"))
    out.set("IndexDocument", object("Suffix", *suffix));
  json::copy_members(given, {"RedirectAllRequestsTo"}, out);
  const Value rules = each_of(given, "RoutingRules", [](const Value& rule) {
    json::ObjectBuilder routing;
    copy_as(rule, "RoutingRuleCondition", "Condition", routing);
    copy_as(rule, "RedirectRule", "Redirect", routing);
    return std::move(routing).build();
  });
  if (rules.size() != 0) out.set("RoutingRules", rules);
  return object("WebsiteConfiguration", std::move(out).build());
}

Value ownership(const Value& given) { return object("OwnershipControls", given); }

Value access_block(const Value& given) { return object("PublicAccessBlockConfiguration", given); }

Value versioning(const Value& given) {
  return object("VersioningConfiguration",
                object("Status", Value(json::text_member(given, "Status"))));
}

Value acceleration(const Value& given) {
  return object("AccelerateConfiguration",
                object("Status", Value(json::text_member(given, "AccelerationStatus"))));
}

Value object_lock(const Value& given) {
  const std::string enabled = json::text_member(given, "ObjectLockEnabled");
  return object(
      "ObjectLockConfiguration",
      given.with_member("ObjectLockEnabled", Value(enabled.empty() ? "Enabled" : enabled)));
}

Value replication_filter(const Value& given) {
  json::ObjectBuilder out;
  json::copy_members(given, {"Prefix"}, out);
  copy_as(given, "TagFilter", "Tag", out);
  if (const Value* all = json::member_of(given, "And")) {
    json::ObjectBuilder conditions;
    json::copy_members(*all, {"Prefix"}, conditions);
    copy_as(*all, "TagFilters", "Tags", conditions);
    out.set("And", std::move(conditions).build());
  }
  return std::move(out).build();
}

Value replication(const Value& given) {
  json::ObjectBuilder out;
  json::copy_members(given, {"Role"}, out);
  out.set("Rules", each_of(given, "Rules", [](const Value& rule) {
            json::ObjectBuilder made;
            copy_as(rule, "Id", "ID", made);
            json::copy_members(rule,
                               {"Priority", "Prefix", "Status", "SourceSelectionCriteria",
                                "Destination", "DeleteMarkerReplication"},
                               made);
            if (const Value* filter = json::member_of(rule, "Filter"))
              made.set("Filter", replication_filter(*filter));
            return std::move(made).build();
          }));
  return object("ReplicationConfiguration", std::move(out).build());
}

Value notification_list(const Value& given, std::string_view list, std::string_view target,
                        std::string_view target_member) {
  return each_of(given, list, [&](const Value& each) {
    json::ObjectBuilder out;
    copy_as(each, target, target_member, out);
    out.set("Events", Value::array({Value(json::text_member(each, "Event"))}));
    if (const Value* rules = value_at(each, "Filter.S3Key.Rules"))
      out.set("Filter", object("Key", object("FilterRules", *rules)));
    return std::move(out).build();
  });
}

Value notifications(const Value& given) {
  json::ObjectBuilder out;
  const Value topics = notification_list(given, "TopicConfigurations", "Topic", "TopicArn");
  if (topics.size() != 0) out.set("TopicConfigurations", topics);
  const Value queues = notification_list(given, "QueueConfigurations", "Queue", "QueueArn");
  if (queues.size() != 0) out.set("QueueConfigurations", queues);
  const Value functions =
      notification_list(given, "LambdaConfigurations", "Function", "LambdaFunctionArn");
  if (functions.size() != 0) out.set("LambdaFunctionConfigurations", functions);
  const Value bridge = json::object_member(given, "EventBridgeConfiguration");
  if (json::flag_member(bridge, "EventBridgeEnabled"))
    out.set("EventBridgeConfiguration", Value::object());
  return object("NotificationConfiguration", std::move(out).build());
}

/// A property, how it is put, and how it is taken away: by an operation, by what is put instead, or
/// not at all.
struct Group {
  std::string_view property;
  std::string_view put;
  Value (*convert)(const Value&);
  std::string_view remove = {};
  std::string_view default_member = {};  ///< of the property, "": an empty one
  std::string_view default_value = {};
  bool stays = false;
};

constexpr std::array<Group, 10> kGroups = {{
    {"VersioningConfiguration", "PutBucketVersioning", versioning, "", "Status", "Suspended"},
    {"OwnershipControls", "PutBucketOwnershipControls", ownership, "DeleteBucketOwnershipControls"},
    {"PublicAccessBlockConfiguration", "PutPublicAccessBlock", access_block,
     "DeletePublicAccessBlock"},
    {"BucketEncryption", "PutBucketEncryption", encryption, "DeleteBucketEncryption"},
    {"LifecycleConfiguration", "PutBucketLifecycleConfiguration", lifecycle,
     "DeleteBucketLifecycle"},
    {"CorsConfiguration", "PutBucketCors", cors, "DeleteBucketCors"},
    {"WebsiteConfiguration", "PutBucketWebsite", website, "DeleteBucketWebsite"},
    {"ObjectLockConfiguration", "PutObjectLockConfiguration", object_lock, "", "", "", true},
    {"AccelerateConfiguration", "PutBucketAccelerateConfiguration", acceleration, "",
     "AccelerationStatus", "Suspended"},
    {"ReplicationConfiguration", "PutBucketReplication", replication, "DeleteBucketReplication"},
}};

/// A property that is a list of configurations with ids.
struct ListGroup {
  std::string_view property;
  std::string_view kind;  ///< "Inventory": in the names of operations
  Value (*convert)(const Value&);
};

Value destination(const Value& given) {
  json::ObjectBuilder out;
  copy_as(given, "BucketArn", "Bucket", out);
  json::copy_members(given, {"Format", "Prefix"}, out);
  return std::move(out).build();
}

Value inventory(const Value& given) {
  const Value to = json::object_member(given, "Destination");
  Value bucket = destination(to);
  if (const Value* account = json::member_of(to, "BucketAccountId"))
    bucket = bucket.with_member("AccountId", *account);
  json::ObjectBuilder out;
  out.set("Destination", object("S3BucketDestination", bucket));
  out.set("IsEnabled", Value(json::flag_member(given, "Enabled")));
  if (const Value* prefix = json::member_of(given, "Prefix"))
    out.set("Filter", object("Prefix", *prefix));
  json::copy_members(given, {"Id", "IncludedObjectVersions", "OptionalFields"}, out);
  out.set("Schedule", object("Frequency", Value(json::text_member(given, "ScheduleFrequency"))));
  return std::move(out).build();
}

bool has_filter(const Value& given) {
  return json::has_member(given, "Prefix") || json::has_member(given, "TagFilters");
}

Value analytics(const Value& given) {
  json::ObjectBuilder out;
  json::copy_members(given, {"Id"}, out);
  if (has_filter(given)) out.set("Filter", filter_of(given));
  Value analysis = Value::object();
  if (const Value* data = value_at(given, "StorageClassAnalysis.DataExport")) {
    const Value to = json::object_member(*data, "Destination");
    Value bucket = destination(to);
    if (const Value* account = json::member_of(to, "BucketAccountId"))
      bucket = bucket.with_member("BucketAccountId", *account);
    analysis = object("DataExport",
                      json::selected(*data, {"OutputSchemaVersion"})
                          .with_member("Destination", object("S3BucketDestination", bucket)));
  }
  out.set("StorageClassAnalysis", analysis);
  return std::move(out).build();
}

Value metrics(const Value& given) {
  json::ObjectBuilder out;
  json::copy_members(given, {"Id"}, out);
  if (has_filter(given)) out.set("Filter", filter_of(given));
  return std::move(out).build();
}

Value tiering(const Value& given) {
  json::ObjectBuilder out;
  json::copy_members(given, {"Id", "Status", "Tierings"}, out);
  if (has_filter(given)) out.set("Filter", filter_of(given));
  return std::move(out).build();
}

constexpr std::array<ListGroup, 4> kListGroups = {{
    {"InventoryConfigurations", "Inventory", inventory},
    {"AnalyticsConfigurations", "Analytics", analytics},
    {"MetricsConfigurations", "Metrics", metrics},
    {"IntelligentTieringConfigurations", "IntelligentTiering", tiering},
}};

class Configurations {
 public:
  Configurations(StackCalls& calls, const ResourceRequest& request)
      : calls_(calls), request_(request), bucket_(request.physical_id) {}

  ApiResult<void> update(bool is_new) {
    for (const Group& group : kGroups) PAWL_TRY_VOID(update_group(group));
    for (const ListGroup& group : kListGroups) PAWL_TRY_VOID(update_list(group));
    if (!is_new) PAWL_TRY_VOID(update_acl());
    PAWL_TRY_VOID(update_logging());
    // Last: S3 looks at the destinations.
    if (!differs(request_, "NotificationConfiguration")) return {};
    return put(
        "PutBucketNotificationConfiguration",
        notifications(json::object_member(request_.properties, "NotificationConfiguration")));
  }

 private:
  ApiResult<void> put(std::string_view operation, const Value& input) {
    PAWL_TRY_VOID(calls_.call("s3", operation, input.with_member("Bucket", Value(bucket_))));
    return {};
  }

  ApiResult<void> update_group(const Group& group) {
    if (!differs(request_, group.property)) return {};
    if (const Value* wanted = json::member_of(request_.properties, group.property)) {
      Value input = group.convert(*wanted);
      if (const Value* size = json::member_of(*wanted, "TransitionDefaultMinimumObjectSize"))
        input = input.with_member("TransitionDefaultMinimumObjectSize", *size);
      return put(group.put, input);
    }
    if (group.stays) return {};
    if (!group.remove.empty()) return put(group.remove, Value::object());
    return put(group.put, group.convert(object(group.default_member, Value(group.default_value))));
  }

  ApiResult<void> update_list(const ListGroup& group) {
    if (!differs(request_, group.property)) return {};
    const std::string member = std::string(group.kind) + "Configuration";
    std::vector<std::string> ids;
    for (const Value& each : json::items_member(request_.properties, group.property)) {
      ids.push_back(json::text_member(each, "Id"));
      PAWL_TRY_VOID(put("PutBucket" + member,
                        object("Id", Value(ids.back())).with_member(member, group.convert(each))));
    }
    for (const Value& each : json::items_member(request_.previous, group.property)) {
      const std::string id = json::text_member(each, "Id");
      if (std::find(ids.begin(), ids.end(), id) == ids.end())
        PAWL_TRY_VOID(put("DeleteBucket" + member, object("Id", Value(id))));
    }
    return {};
  }

  ApiResult<void> update_acl() {
    if (!differs(request_, "AccessControl")) return {};
    const std::string acl = canned_acl(request_.properties);
    return put("PutBucketAcl", object("ACL", Value(acl.empty() ? "private" : acl)));
  }

  ApiResult<void> update_logging() {
    if (!differs(request_, "LoggingConfiguration")) return {};
    const Value* given = json::member_of(request_.properties, "LoggingConfiguration");
    if (given == nullptr)
      return put("PutBucketLogging", object("BucketLoggingStatus", Value::object()));
    const std::string target = json::text_member(*given, "DestinationBucketName");
    json::ObjectBuilder enabled;
    enabled.set("TargetBucket", Value(target.empty() ? bucket_ : target))
        .set("TargetPrefix", Value(json::text_member(*given, "LogFilePrefix")));
    json::copy_members(*given, {"TargetObjectKeyFormat"}, enabled);
    return put("PutBucketLogging",
               object("BucketLoggingStatus", object("LoggingEnabled", std::move(enabled).build())));
  }

  StackCalls& calls_;
  const ResourceRequest& request_;
  const std::string& bucket_;
};

}  // namespace

ApiResult<void> update_configurations(StackCalls& calls, const ResourceRequest& request,
                                      bool is_new) {
  return Configurations(calls, request).update(is_new);
}

std::string canned_acl(const Value& properties) {
  const std::string name = json::text_member(properties, "AccessControl");
  if (name.empty() || name == "Private") return {};
  std::string acl;
  for (const char c : name) {
    const bool is_capital = c >= 'A' && c <= 'Z';
    if (is_capital && !acl.empty()) acl += '-';
    acl += is_capital ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return acl;
}

}  // namespace pawl::cloudformation::s3
