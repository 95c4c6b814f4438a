// SPDX-License-Identifier: Apache-2.0
#include "services/s3/actions/notification_actions.h"

#include <algorithm>
#include <memory>

#include "aws/arn.h"
#include "aws/http_message.h"
#include "base/bytes.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/s3/errors.h"
#include "services/s3/input.h"
#include "services/s3/request_context.h"
#include "services/s3/version_id.h"

namespace pawl::s3 {

using aws::ActionResult;
using aws::ApiResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

/// API NotificationConfiguration: the three lists of destinations.
struct DestinationList {
  std::string_view list;
  std::string_view arn;
  std::string_view argument;  ///< as errors call it
  std::string_view service;
  Destination::Kind kind;
};
constexpr DestinationList kLists[] = {
    {"TopicConfigurations", "TopicArn", "Topic", "sns", Destination::Kind::Topic},
    {"QueueConfigurations", "QueueArn", "Queue", "sqs", Destination::Kind::Queue},
    {"LambdaFunctionConfigurations", "LambdaFunctionArn", "CloudFunction", "lambda",
     Destination::Kind::Function}};

constexpr std::string_view kEvents[] = {"s3:ReducedRedundancyLostObject",
                                        "s3:ObjectCreated:*",
                                        "s3:ObjectCreated:Put",
                                        "s3:ObjectCreated:Post",
                                        "s3:ObjectCreated:Copy",
                                        "s3:ObjectCreated:CompleteMultipartUpload",
                                        "s3:ObjectRemoved:*",
                                        "s3:ObjectRemoved:Delete",
                                        "s3:ObjectRemoved:DeleteMarkerCreated",
                                        "s3:ObjectRestore:*",
                                        "s3:ObjectRestore:Post",
                                        "s3:ObjectRestore:Completed",
                                        "s3:ObjectRestore:Delete",
                                        "s3:Replication:*",
                                        "s3:Replication:OperationFailedReplication",
                                        "s3:Replication:OperationNotTracked",
                                        "s3:Replication:OperationMissedThreshold",
                                        "s3:Replication:OperationReplicatedAfterThreshold",
                                        "s3:LifecycleTransition",
                                        "s3:IntelligentTiering",
                                        "s3:ObjectAcl:Put",
                                        "s3:LifecycleExpiration:*",
                                        "s3:LifecycleExpiration:Delete",
                                        "s3:LifecycleExpiration:DeleteMarkerCreated",
                                        "s3:ObjectTagging:*",
                                        "s3:ObjectTagging:Put",
                                        "s3:ObjectTagging:Delete"};

/// Rules as S3 gives them back: "Prefix", "Suffix". Errors: MalformedXML, InvalidArgument.
ApiResult<Value> checked_filter(const Value& filter) {
  const Value* key = filter.find("Key");
  if (key == nullptr || !key->is_object()) return filter;
  std::vector<Value> rules;
  for (const Value& rule : Input(*key).items("FilterRules")) {
    const Input input(rule);
    if (!input.has("Name") || !input.has("Value")) return malformed_xml();
    const std::string name = aws::lower_ascii(input.text("Name"));
    if (name != "prefix" && name != "suffix") {
      return invalid_argument("filter rule name must be either prefix or suffix", "FilterRule.Name",
                              input.text("Name"));
    }
    rules.push_back(rule.with_member("Name", Value(name == "prefix" ? "Prefix" : "Suffix")));
  }
  return filter.with_member("Key", key->with_member("FilterRules", Value::array(std::move(rules))));
}

ApiResult<Value> checked_entry(const Value& entry, const DestinationList& list) {
  const Input input(entry);
  const std::string arn = input.text(list.arn);
  const auto events = input.items("Events");
  if (events.empty()) return malformed_xml();
  for (const Value& event : events) {
    const std::string_view name = event.is_string() ? event.as_string() : std::string_view();
    if (std::find(std::begin(kEvents), std::end(kEvents), name) == std::end(kEvents)) {
      return invalid_argument(
          "The event '" + std::string(name) + "' is not supported for notifications", "Event",
          name);
    }
  }
  Value checked = entry;
  if (const Value* filter = input.find("Filter")) {
    checked = checked.with_member("Filter", PAWL_TRY(checked_filter(*filter)));
  }
  const auto parsed = aws::Arn::parse(arn);
  if (!parsed || parsed->service != list.service) {
    return invalid_argument("The ARN could not be parsed", list.argument, arn);
  }
  if (!input.has("Id")) {
    checked = checked.with_member("Id", Value(base::hex_encode(random_bytes(16))));
  }
  return checked;
}

}  // namespace

/// One request until its destinations have been asked.
struct NotificationActions::Putting {
  Bucket bucket;
  EventOrigin origin;
  std::string text;  ///< the configuration to keep; "": none
  std::vector<Destination> destinations;
  size_t asked = 0;
  std::vector<std::pair<std::string, std::string>> refusals;  ///< ARN and reason
  std::shared_ptr<aws::Reply> reply;
};

void NotificationActions::bind(aws::ActionTable& table) {
  table.on_async("PutBucketNotificationConfiguration", [this](Request request, aws::Reply reply) {
    put(std::move(request), std::move(reply));
  });
  table.on_async("GetBucketNotificationConfiguration",
                 [this](Request request, aws::Reply reply) { reply(get(request)); });
}

ApiResult<std::shared_ptr<NotificationActions::Putting>> NotificationActions::begin(
    const Request& request) {
  const Input input(request.input);
  auto putting = std::make_shared<Putting>();
  putting->bucket = PAWL_TRY(open_bucket(storage_, request, Access::Own));
  putting->origin = origin_of(request);
  const Value* given = input.find("NotificationConfiguration");
  if (given == nullptr || !given->is_object()) return malformed_xml();
  ObjectBuilder kept;
  for (const DestinationList& list : kLists) {
    std::vector<Value> entries;
    for (const Value& entry : Input(*given).items(list.list)) {
      entries.push_back(PAWL_TRY(checked_entry(entry, list)));
      putting->destinations.push_back({list.kind, Input(entry).text(list.arn)});
    }
    if (!entries.empty()) kept.set(list.list, Value::array(std::move(entries)));
  }
  if (const Value* bridge = Input(*given).find("EventBridgeConfiguration")) {
    kept.set("EventBridgeConfiguration", *bridge);
  }
  if (!kept.empty()) putting->text = json::write(std::move(kept).build());
  if (input.is_true("SkipDestinationValidation")) putting->asked = putting->destinations.size();
  return putting;
}

void NotificationActions::put(Request request, aws::Reply reply) {
  auto begun = begin(request);
  if (!begun) return reply(std::move(begun).error());
  (*begun)->reply = std::make_shared<aws::Reply>(std::move(reply));
  check_next(*begun);
}

void NotificationActions::check_next(const std::shared_ptr<Putting>& putting) {
  if (putting->asked == putting->destinations.size()) {
    ActionResult result = finish(*putting);
    if (result) result->after_sync = true;
    return (*putting->reply)(std::move(result));
  }
  const Destination& destination = putting->destinations[putting->asked++];
  storage_.events().check(destination, putting->bucket,
                          [this, putting, arn = destination.arn](std::optional<std::string> why) {
                            if (why) putting->refusals.emplace_back(arn, *why);
                            check_next(putting);
                          });
}

ActionResult NotificationActions::finish(const Putting& putting) {
  if (!putting.refusals.empty()) {
    aws::ApiError refused = error(
        "InvalidArgument", "Unable to validate the following destination configurations", 400);
    ObjectBuilder members;
    for (size_t i = 0; i < putting.refusals.size(); ++i) {
      const std::string number = std::to_string(i + 1);
      members.set("ArgumentName" + number, Value(putting.refusals[i].first))
          .set("ArgumentValue" + number, Value(putting.refusals[i].second));
    }
    refused.members = std::move(members).build();
    return refused;
  }
  std::vector<uint64_t> events;
  PAWL_TRY_VOID(storage_.commit([&](store::Batch& batch) -> ApiResult<void> {
    const Bucket bucket = PAWL_TRY(storage_.bucket(putting.bucket.name));
    const MetadataStore& metadata = storage_.metadata();
    if (putting.text.empty()) {
      metadata.erase_configuration(batch, bucket.name, kNotificationKind);
      return {};
    }
    metadata.put_configuration(batch, bucket.name, kNotificationKind, "", putting.text);
    events = storage_.events().add_test(batch, bucket, putting.destinations, putting.origin,
                                        storage_.next_sequence());
    return {};
  }));
  storage_.events().deliver_after_sync(storage_.syncs(), std::move(events));
  return Value::object();
}

ActionResult NotificationActions::get(const Request& request) {
  const Bucket bucket = PAWL_TRY(open_bucket(storage_, request, Access::Own));
  const auto text = PAWL_TRY(storage_.metadata().configuration(bucket.name, kNotificationKind));
  if (!text) return Value::object();
  return PAWL_TRY(answered(json::parse(*text)));
}

}  // namespace pawl::s3
