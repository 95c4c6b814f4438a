// SPDX-License-Identifier: Apache-2.0
// TagResource, UntagResource, ListTagsForResource.
#include "services/sns/tags.h"

#include <algorithm>

#include "services/sns/service.h"

namespace pawl::sns {

using aws::ActionResult;
using aws::ApiError;
using aws::ApiResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

ApiError tag_limit() {
  return {"TagLimitExceeded", "Could not complete request: tag quota of per resource exceeded"};
}

/// For tags a topic that is not there is a resource that is not there.
ApiResult<Topic> tagged(ApiResult<Topic> topic) {
  if (!topic && topic.error().code == "NotFound")
    return ApiError("ResourceNotFound", "Resource does not exist");
  return topic;
}

}  // namespace

ApiResult<Tags> tags_member(const Value& input) {
  Tags tags;
  const Value* list = input.find("Tags");
  if (list == nullptr || !list->is_array()) return tags;
  for (const Value& item : list->items()) {
    std::string key = text_member(item, "Key");
    const bool is_there =
        std::any_of(tags.begin(), tags.end(), [&](const auto& tag) { return tag.first == key; });
    if (is_there) return invalid_parameter("Duplicated keys are not allowed.");
    tags.emplace_back(std::move(key), text_member(item, "Value"));
  }
  if (tags.size() > kTagsMax) return tag_limit();
  return tags;
}

Value tags_value(const Tags& tags) {
  std::vector<Value> list;
  for (const auto& [key, value] : tags)
    list.push_back(
        std::move(ObjectBuilder().set("Key", Value(key)).set("Value", Value(value))).build());
  return Value::array(std::move(list));
}

ActionResult SnsService::tag_resource(const Request& request) {
  const std::lock_guard lock(mutex_);
  Topic topic = PAWL_TRY(tagged(find_topic(request, "ResourceArn")));
  for (const auto& [key, value] : PAWL_TRY(tags_member(request.input))) {
    const auto found = std::find_if(topic.tags.begin(), topic.tags.end(),
                                    [&key = key](const auto& tag) { return tag.first == key; });
    if (found == topic.tags.end()) {
      topic.tags.emplace_back(key, value);
    } else {
      found->second = value;
    }
  }
  if (topic.tags.size() > kTagsMax) return tag_limit();
  store::Batch batch;
  topics_.put(batch, topic);
  PAWL_TRY_VOID(commit(batch));
  return aws::Output();
}

ActionResult SnsService::untag_resource(const Request& request) {
  const std::lock_guard lock(mutex_);
  Topic topic = PAWL_TRY(tagged(find_topic(request, "ResourceArn")));
  if (const Value* keys = request.input.find("TagKeys"); keys != nullptr && keys->is_array()) {
    for (const Value& key : keys->items())
      std::erase_if(topic.tags, [&](const auto& tag) { return tag.first == key.as_string(); });
  }
  store::Batch batch;
  topics_.put(batch, topic);
  PAWL_TRY_VOID(commit(batch));
  return aws::Output();
}

ActionResult SnsService::list_tags(const Request& request) {
  const Topic topic = PAWL_TRY(tagged(find_topic(request, "ResourceArn")));
  return aws::Output(std::move(ObjectBuilder().set("Tags", tags_value(topic.tags))).build());
}

}  // namespace pawl::sns
