// SPDX-License-Identifier: Apache-2.0
// AWS::Logs::Destination, DeliverySource, DeliveryDestination, Delivery.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_Logs.html
#include "json/members.h"
#include "services/cloudformation/types/handler_errors.h"
#include "services/cloudformation/types/policy_text.h"
#include "services/cloudformation/types/request_properties.h"
#include "services/cloudformation/types/resource_tags.h"
#include "services/cloudformation/types/type_tables.h"

namespace pawl::cloudformation {
namespace {

using aws::ApiResult;
using json::Value;

constexpr std::string_view kDestination = "AWS::Logs::Destination";
constexpr std::string_view kSource = "AWS::Logs::DeliverySource";
constexpr std::string_view kTarget = "AWS::Logs::DeliveryDestination";
constexpr std::string_view kDelivery = "AWS::Logs::Delivery";

ApiResult<Value> call(StackCalls& calls, std::string_view operation, Value input) {
  return calls.call("logs", operation, std::move(input));
}

ApiResult<void> remove(StackCalls& calls, std::string_view operation, std::string_view member,
                       const std::string& name) {
  PAWL_TRY_VOID(unless(call(calls, operation, Value::object({{member, Value(name)}})),
                       {"ResourceNotFoundException"}));
  return {};
}

/// The input with the tags of a new resource.
Value tagged(std::string_view type, const ResourceRequest& request, Value input) {
  const Tags tags = desired_tags(type, request);
  if (!request.physical_id.empty() || tags.empty()) return input;
  return input.with_member("tags", tag_map(tags));
}

ApiResult<void> update_tags(StackCalls& calls, std::string_view type,
                            const ResourceRequest& request, const std::string& arn) {
  if (request.physical_id.empty()) return {};
  const Value resource = Value::object({{"resourceArn", Value(arn)}});
  const Value present = PAWL_TRY(call(calls, "ListTagsForResource", resource));
  const TagChange change = tag_change(read_tags(present.find("tags")), desired_tags(type, request));
  if (!change.removed.empty()) {
    PAWL_TRY_VOID(call(calls, "UntagResource",
                       resource.with_member("tagKeys", json::texts_value(change.removed))));
  }
  if (!change.set.empty())
    PAWL_TRY_VOID(call(calls, "TagResource", resource.with_member("tags", tag_map(change.set))));
  return {};
}

ApiResult<Progress> put_destination(StackCalls& calls, const ResourceRequest& request) {
  const Value input =
      calls.shape("logs", "PutDestination", request.properties.without_member("Tags"));
  const Value made = PAWL_TRY(call(calls, "PutDestination", tagged(kDestination, request, input)));
  const std::string name = json::text_member(request.properties, "DestinationName");
  const std::string policy = json::text_member(request.properties, "DestinationPolicy");
  if (differs(request, "DestinationPolicy") && !policy.empty()) {
    PAWL_TRY_VOID(
        call(calls, "PutDestinationPolicy",
             Value::object({{"destinationName", Value(name)}, {"accessPolicy", Value(policy)}})));
  }
  const std::string arn = text_at(made, "destination.arn");
  PAWL_TRY_VOID(update_tags(calls, kDestination, request, arn));
  return Progress::done(name, Value::object({{"Arn", Value(arn)}}));
}

ApiResult<Progress> remove_destination(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(remove(calls, "DeleteDestination", "destinationName", request.physical_id));
  return Progress::done(request.physical_id);
}

ApiResult<Progress> put_source(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(refuse_properties(kSource, request.properties, {"DeliverySourceConfiguration"}));
  const Value input =
      calls.shape("logs", "PutDeliverySource", request.properties.without_member("Tags"));
  const Value made = PAWL_TRY(call(calls, "PutDeliverySource", tagged(kSource, request, input)));
  const Value source = json::object_member(made, "deliverySource");
  const std::string arn = json::text_member(source, "arn");
  PAWL_TRY_VOID(update_tags(calls, kSource, request, arn));
  return Progress::done(
      json::text_member(request.properties, "Name"),
      Value::object({{"Arn", Value(arn)},
                     {"Service", Value(json::text_member(source, "service"))},
                     {"ResourceArns", json::array_member(source, "resourceArns")}}));
}

ApiResult<Progress> remove_source(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(remove(calls, "DeleteDeliverySource", "name", request.physical_id));
  return Progress::done(request.physical_id);
}

ApiResult<Progress> put_target(StackCalls& calls, const ResourceRequest& request) {
  const std::string name = json::text_member(request.properties, "Name");
  Value input = calls.shape(
      "logs", "PutDeliveryDestination",
      json::selected(request.properties, {"Name", "OutputFormat", "DeliveryDestinationType"}));
  if (const Value* arn = json::member_of(request.properties, "DestinationResourceArn")) {
    input = input.with_member("deliveryDestinationConfiguration",
                              Value::object({{"destinationResourceArn", *arn}}));
  }
  const Value made =
      PAWL_TRY(call(calls, "PutDeliveryDestination", tagged(kTarget, request, input)));
  constexpr std::string_view kPolicy = "DeliveryDestinationPolicy.DeliveryDestinationPolicy";
  if (const Value* policy = value_at(request.properties, kPolicy)) {
    PAWL_TRY_VOID(call(calls, "PutDeliveryDestinationPolicy",
                       Value::object({{"deliveryDestinationName", Value(name)},
                                      {"deliveryDestinationPolicy",
                                       Value(policy_text(request.environment, *policy))}})));
  } else if (value_at(request.previous, kPolicy) != nullptr) {
    PAWL_TRY_VOID(
        remove(calls, "DeleteDeliveryDestinationPolicy", "deliveryDestinationName", name));
  }
  const std::string arn = text_at(made, "deliveryDestination.arn");
  PAWL_TRY_VOID(update_tags(calls, kTarget, request, arn));
  return Progress::done(name, Value::object({{"Arn", Value(arn)}}));
}

ApiResult<Progress> remove_target(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(remove(calls, "DeleteDeliveryDestination", "name", request.physical_id));
  return Progress::done(request.physical_id);
}

/// RecordFields and the like, under the operations' names.
Value delivery_settings(const ResourceRequest& request) {
  json::ObjectBuilder settings;
  const auto copy = [&](std::string_view property, std::string_view member) {
    if (const Value* value = json::member_of(request.properties, property))
      settings.set(member, *value);
  };
  copy("RecordFields", "recordFields");
  copy("FieldDelimiter", "fieldDelimiter");
  json::ObjectBuilder s3;
  if (const Value* path = json::member_of(request.properties, "S3SuffixPath"))
    s3.set("suffixPath", *path);
  if (const Value* hive = json::member_of(request.properties, "S3EnableHiveCompatiblePath"))
    s3.set("enableHiveCompatiblePath", *hive);
  if (!s3.empty()) settings.set("s3DeliveryConfiguration", std::move(s3).build());
  return std::move(settings).build();
}

Progress made_delivery(const Value& answer) {
  const Value delivery = json::object_member(answer, "delivery");
  const std::string id = json::text_member(delivery, "id");
  return Progress::done(
      id, Value::object({{"DeliveryId", Value(id)},
                         {"Arn", Value(json::text_member(delivery, "arn"))},
                         {"DeliveryDestinationType",
                          Value(json::text_member(delivery, "deliveryDestinationType"))}}));
}

ApiResult<Progress> create_delivery(StackCalls& calls, const ResourceRequest& request) {
  const Value input =
      delivery_settings(request)
          .with_member("deliverySourceName",
                       Value(json::text_member(request.properties, "DeliverySourceName")))
          .with_member("deliveryDestinationArn",
                       Value(json::text_member(request.properties, "DeliveryDestinationArn")));
  return made_delivery(PAWL_TRY(call(calls, "CreateDelivery", tagged(kDelivery, request, input))));
}

ApiResult<Progress> update_delivery(StackCalls& calls, const ResourceRequest& request) {
  const Value id = Value::object({{"id", Value(request.physical_id)}});
  const Value settings = delivery_settings(request);
  if (settings.size() != 0) {
    PAWL_TRY_VOID(call(calls, "UpdateDeliveryConfiguration",
                       settings.with_member("id", Value(request.physical_id))));
  }
  Progress made = made_delivery(PAWL_TRY(call(calls, "GetDelivery", id)));
  PAWL_TRY_VOID(update_tags(calls, kDelivery, request, json::text_member(made.attributes, "Arn")));
  return made;
}

ApiResult<Progress> remove_delivery(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(remove(calls, "DeleteDelivery", "id", request.physical_id));
  return Progress::done(request.physical_id);
}

}  // namespace

std::span<const ResourceType> logs_delivery_types() {
  static constexpr ResourceType kTypes[] = {
      {kDestination, put_destination, put_destination, remove_destination},
      {kSource, put_source, put_source, remove_source},
      {kTarget, put_target, put_target, remove_target},
      {kDelivery, create_delivery, update_delivery, remove_delivery},
  };
  return kTypes;
}

}  // namespace pawl::cloudformation
