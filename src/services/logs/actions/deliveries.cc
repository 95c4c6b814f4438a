// SPDX-License-Identifier: Apache-2.0
// Deliveries of vended logs with their sources and destinations. Records: no service that Pawl
// embeds vends logs that way.
#include <algorithm>
#include <utility>
#include <vector>

#include "aws/arn.h"
#include "json/value.h"
#include "services/logs/api_members.h"
#include "services/logs/logs_service.h"

namespace pawl::logs {
namespace {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

constexpr std::string_view kSource = "delivery-source";
constexpr std::string_view kDestination = "delivery-destination";
constexpr std::string_view kDelivery = "delivery";

records::Owner owner_of(const Request& request) { return {request.account_id(), request.region}; }

std::string_view title_of(std::string_view kind) {
  return kind == kSource        ? "Delivery Source"
         : kind == kDestination ? "Delivery Destination"
                                : "Delivery";
}

aws::ApiError no_record(std::string_view kind) {
  return {"ResourceNotFoundException",
          "Requested " + std::string(title_of(kind)) + " does not exist in this account."};
}

aws::ApiResult<Value> find_record(const records::RecordTable& records, const Request& request,
                                  std::string_view kind, const std::string& name) {
  auto record = records.get(owner_of(request), kind, name);
  if (!record) return as_api_error(record.error());
  if (!*record) return no_record(kind);
  return **std::move(record);
}

ActionResult erase_record(const records::RecordTable& records, const Request& request,
                          std::string_view kind, const std::string& name) {
  PAWL_TRY(find_record(records, request, kind, name));
  if (const auto erased = records.erase(owner_of(request), kind, name); !erased)
    return as_api_error(erased.error());
  return aws::Output();
}

/// S3, CloudWatch Logs, Firehose, by the ARN of the resource; X-Ray has none.
std::string destination_type(const Value& input) {
  if (std::string type = text_member(input, "deliveryDestinationType"); !type.empty()) return type;
  const Value* configuration = input.find("deliveryDestinationConfiguration");
  const std::string arn =
      configuration != nullptr ? text_member(*configuration, "destinationResourceArn") : "";
  const std::optional<aws::Arn> parsed = aws::Arn::parse(arn);
  if (!parsed) return {};
  if (parsed->service == "s3") return "S3";
  if (parsed->service == "logs") return "CWL";
  return parsed->service == "firehose" ? "FH" : "";
}

}  // namespace

// API PutDeliverySource.
ActionResult LogsService::put_delivery_source(const Request& request) {
  const Value& input = request.input;
  const std::string name = text_member(input, "name");
  const std::string resource = text_member(input, "resourceArn");
  const std::optional<aws::Arn> arn = aws::Arn::parse(resource);
  if (!arn) return aws::ApiError("ResourceNotFoundException", "Cannot access provided service.");
  const std::lock_guard lock(mutex_);
  const auto old = records_.get(owner_of(request), kSource, name);
  if (!old) return as_api_error(old.error());
  if (*old && input.find("tags") != nullptr) {
    return aws::ApiError("ConflictException",
                         "Tags can only be provided when a resource is being created, not "
                         "updated.");
  }
  if (*old && (*old)->find("resourceArns")->items()[0].as_string() != resource) {
    return aws::ApiError("ConflictException",
                         "Update to existing Delivery Source with new ResourceId is not allowed. "
                         "Please create a new Delivery Source instead.");
  }
  ObjectBuilder source;
  copy_members(input, {"name", "logType", "tags", "deliverySourceConfiguration"}, source);
  source
      .set("arn", Value(logs_arn(request.account_id(), request.region, "delivery-source:" + name)))
      .set("resourceArns", Value::array({Value(resource)}))
      .set("service", Value(arn->service));
  if (*old) copy_members(**old, {"tags"}, source);
  const Value built = std::move(source).build();
  if (const auto put = records_.put(owner_of(request), kSource, name, built); !put)
    return as_api_error(put.error());
  return aws::Output(Value::object().with_member("deliverySource", built));
}

// API GetDeliverySource.
ActionResult LogsService::get_delivery_source(const Request& request) {
  return aws::Output(Value::object().with_member(
      "deliverySource",
      PAWL_TRY(find_record(records_, request, kSource, text_member(request.input, "name")))));
}

// API DescribeDeliverySources.
ActionResult LogsService::describe_delivery_sources(const Request& request) {
  return list_records(request, kSource, "deliverySources", "", "limit");
}

// API DeleteDeliverySource: not while a delivery uses it.
ActionResult LogsService::delete_delivery_source(const Request& request) {
  const std::string name = text_member(request.input, "name");
  const std::lock_guard lock(mutex_);
  const auto deliveries = records_.list(owner_of(request), kDelivery);
  if (!deliveries) return as_api_error(deliveries.error());
  for (const auto& delivery : *deliveries) {
    if (text_member(delivery.value, "deliverySourceName") == name) {
      return aws::ApiError("ConflictException",
                           "Cannot delete Delivery Source that is used by a Delivery.");
    }
  }
  return erase_record(records_, request, kSource, name);
}

// API PutDeliveryDestination.
ActionResult LogsService::put_delivery_destination(const Request& request) {
  const Value& input = request.input;
  const std::string name = text_member(input, "name");
  const std::string type = destination_type(input);
  if (type.empty()) {
    return aws::ApiError("ValidationException",
                         "A destination is a bucket, a log group or a Firehose stream.");
  }
  const std::lock_guard lock(mutex_);
  const auto old = records_.get(owner_of(request), kDestination, name);
  if (!old) return as_api_error(old.error());
  if (*old && input.find("tags") != nullptr) {
    return aws::ApiError("ConflictException",
                         "Tags can only be provided when a resource is being created, not "
                         "updated.");
  }
  const std::string format = text_member(input, "outputFormat");
  if (*old && !format.empty() && text_member(**old, "outputFormat") != format) {
    return aws::ApiError("ValidationException",
                         "Update to existing Delivery Destination with new Output Format is not "
                         "allowed. Please create a new Delivery Destination instead.");
  }
  ObjectBuilder destination;
  copy_members(input, {"name", "outputFormat", "deliveryDestinationConfiguration", "tags"},
               destination);
  destination
      .set("arn",
           Value(logs_arn(request.account_id(), request.region, "delivery-destination:" + name)))
      .set("deliveryDestinationType", Value(type));
  if (*old) copy_members(**old, {"outputFormat", "tags", "policy"}, destination);
  const Value built = std::move(destination).build();
  if (const auto put = records_.put(owner_of(request), kDestination, name, built); !put)
    return as_api_error(put.error());
  return aws::Output(Value::object().with_member("deliveryDestination", built));
}

// API GetDeliveryDestination.
ActionResult LogsService::get_delivery_destination(const Request& request) {
  return aws::Output(Value::object().with_member(
      "deliveryDestination",
      PAWL_TRY(find_record(records_, request, kDestination, text_member(request.input, "name")))));
}

// API DescribeDeliveryDestinations.
ActionResult LogsService::describe_delivery_destinations(const Request& request) {
  return list_records(request, kDestination, "deliveryDestinations", "", "limit");
}

// API DeleteDeliveryDestination: not while a delivery uses it.
ActionResult LogsService::delete_delivery_destination(const Request& request) {
  const std::string name = text_member(request.input, "name");
  const std::lock_guard lock(mutex_);
  const Value destination = PAWL_TRY(find_record(records_, request, kDestination, name));
  const auto deliveries = records_.list(owner_of(request), kDelivery);
  if (!deliveries) return as_api_error(deliveries.error());
  for (const auto& delivery : *deliveries) {
    if (text_member(delivery.value, "deliveryDestinationArn") == text_member(destination, "arn")) {
      return aws::ApiError("ConflictException",
                           "Cannot delete Delivery Destination that is used by a Delivery.");
    }
  }
  return erase_record(records_, request, kDestination, name);
}

// API PutDeliveryDestinationPolicy.
ActionResult LogsService::put_delivery_destination_policy(const Request& request) {
  const std::string name = text_member(request.input, "deliveryDestinationName");
  const std::lock_guard lock(mutex_);
  const Value destination = PAWL_TRY(find_record(records_, request, kDestination, name));
  ObjectBuilder policy;
  copy_members(request.input, {"deliveryDestinationPolicy"}, policy);
  const Value built = std::move(policy).build();
  const auto put =
      records_.put(owner_of(request), kDestination, name, destination.with_member("policy", built));
  if (!put) return as_api_error(put.error());
  return aws::Output(Value::object().with_member("policy", built));
}

// API GetDeliveryDestinationPolicy: an empty policy if none was put.
ActionResult LogsService::get_delivery_destination_policy(const Request& request) {
  const Value destination = PAWL_TRY(find_record(
      records_, request, kDestination, text_member(request.input, "deliveryDestinationName")));
  const Value* policy = destination.find("policy");
  return aws::Output(
      Value::object().with_member("policy", policy != nullptr ? *policy : Value::object()));
}

// API DeleteDeliveryDestinationPolicy.
ActionResult LogsService::delete_delivery_destination_policy(const Request& request) {
  const std::string name = text_member(request.input, "deliveryDestinationName");
  const std::lock_guard lock(mutex_);
  const Value destination = PAWL_TRY(find_record(records_, request, kDestination, name));
  const auto put =
      records_.put(owner_of(request), kDestination, name, destination.without_member("policy"));
  if (!put) return as_api_error(put.error());
  return aws::Output();
}

// API CreateDelivery: one for a source and a type of destination.
ActionResult LogsService::create_delivery(const Request& request) {
  const Value& input = request.input;
  const std::string source = text_member(input, "deliverySourceName");
  const std::string arn = text_member(input, "deliveryDestinationArn");
  const std::lock_guard lock(mutex_);
  PAWL_TRY(find_record(records_, request, kSource, source));
  const std::optional<aws::Arn> parsed = aws::Arn::parse(arn);
  const Value destination = PAWL_TRY(find_record(
      records_, request, kDestination, parsed ? std::string(parsed->resource_id()) : arn));
  const std::string type = text_member(destination, "deliveryDestinationType");
  const auto deliveries = records_.list(owner_of(request), kDelivery);
  if (!deliveries) return as_api_error(deliveries.error());
  for (const auto& other : *deliveries) {
    if (text_member(other.value, "deliverySourceName") != source) continue;
    if (text_member(other.value, "deliveryDestinationArn") == arn)
      return aws::ApiError("ConflictException", "The specified Delivery already exists");
    if (text_member(other.value, "deliveryDestinationType") == type) {
      return aws::ApiError("ConflictException",
                           "Delivery already exists for this Delivery Source with the same "
                           "Delivery Destination Type.");
    }
  }
  std::string id = new_id();
  id.erase(std::remove(id.begin(), id.end(), '-'), id.end());
  id.resize(16);
  ObjectBuilder delivery;
  copy_members(input,
               {"deliverySourceName", "deliveryDestinationArn", "recordFields", "fieldDelimiter",
                "s3DeliveryConfiguration", "tags"},
               delivery);
  delivery.set("id", Value(id))
      .set("arn", Value(logs_arn(request.account_id(), request.region, "delivery:" + id)))
      .set("deliveryDestinationType", Value(type));
  const Value built = std::move(delivery).build();
  if (const auto put = records_.put(owner_of(request), kDelivery, id, built); !put)
    return as_api_error(put.error());
  return aws::Output(Value::object().with_member("delivery", built));
}

// API GetDelivery.
ActionResult LogsService::get_delivery(const Request& request) {
  return aws::Output(Value::object().with_member(
      "delivery",
      PAWL_TRY(find_record(records_, request, kDelivery, text_member(request.input, "id")))));
}

// API DescribeDeliveries.
ActionResult LogsService::describe_deliveries(const Request& request) {
  return list_records(request, kDelivery, "deliveries", "", "limit");
}

// API UpdateDeliveryConfiguration.
ActionResult LogsService::update_delivery_configuration(const Request& request) {
  const std::string id = text_member(request.input, "id");
  const std::lock_guard lock(mutex_);
  Value delivery = PAWL_TRY(find_record(records_, request, kDelivery, id));
  for (const char* name : {"recordFields", "fieldDelimiter", "s3DeliveryConfiguration"}) {
    if (const Value* value = request.input.find(name))
      delivery = delivery.with_member(name, *value);
  }
  if (const auto put = records_.put(owner_of(request), kDelivery, id, delivery); !put)
    return as_api_error(put.error());
  return aws::Output();
}

// API DeleteDelivery.
ActionResult LogsService::delete_delivery(const Request& request) {
  const std::lock_guard lock(mutex_);
  return erase_record(records_, request, kDelivery, text_member(request.input, "id"));
}

}  // namespace pawl::logs
