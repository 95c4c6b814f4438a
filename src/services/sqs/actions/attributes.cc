// SPDX-License-Identifier: Apache-2.0
// GetQueueAttributes, SetQueueAttributes, TagQueue, UntagQueue, ListQueueTags.
#include <algorithm>

#include "services/sqs/errors.h"
#include "services/sqs/input.h"
#include "services/sqs/sqs_service.h"

namespace pawl::sqs {
namespace {

json::Value object_of(const std::map<std::string, std::string>& map) {
  json::ObjectBuilder out;
  for (const auto& [name, value] : map) out.set(name, json::Value(value));
  return std::move(out).build();
}

}  // namespace

aws::ActionResult SqsService::get_queue_attributes(const Request& request) {
  const QueueName name = PAWL_TRY(queue_of(request));
  const std::vector<std::string> wanted = texts_member(request.input, "AttributeNames");
  for (const std::string& each : wanted) {
    if (!is_attribute_name(each)) return unknown_attribute(each);
  }
  AttributeMap all = PAWL_TRY(broker_->attributes(name));
  if (std::find(wanted.begin(), wanted.end(), "All") == wanted.end()) {
    std::erase_if(all, [&](const auto& entry) {
      return std::find(wanted.begin(), wanted.end(), entry.first) == wanted.end();
    });
  }
  if (all.empty()) return json::Value::object();
  return json::Value::object({{"Attributes", object_of(all)}});
}

aws::ActionResult SqsService::set_queue_attributes(const Request& request) {
  const QueueName name = PAWL_TRY(queue_of(request));
  const AttributeMap changes = map_of(request.input, "Attributes");
  if (changes.empty()) return missing_parameter("Attribute.Name");
  PAWL_TRY_VOID(broker_->set_attributes(name, changes));
  return json::Value::object();
}

aws::ActionResult SqsService::tag_queue(const Request& request) {
  const QueueName name = PAWL_TRY(queue_of(request));
  const TagMap tags = map_of(request.input, "Tags");
  if (tags.empty()) return missing_parameter("Tags");
  PAWL_TRY_VOID(broker_->tag(name, tags));
  return json::Value::object();
}

aws::ActionResult SqsService::untag_queue(const Request& request) {
  const QueueName name = PAWL_TRY(queue_of(request));
  const std::vector<std::string> keys = PAWL_TRY(required_texts(request.input, "TagKeys"));
  PAWL_TRY_VOID(broker_->untag(name, keys));
  return json::Value::object();
}

aws::ActionResult SqsService::list_queue_tags(const Request& request) {
  const TagMap tags = PAWL_TRY(broker_->tags(PAWL_TRY(queue_of(request))));
  if (tags.empty()) return json::Value::object();
  return json::Value::object({{"Tags", object_of(tags)}});
}

}  // namespace pawl::sqs
