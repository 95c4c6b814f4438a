// SPDX-License-Identifier: Apache-2.0
// API TagResource, UntagResource, ListTagsForResource: of event buses and rules.
#include <algorithm>
#include <utility>

#include "services/events/api_input.h"
#include "services/events/service.h"

namespace pawl::events {

using aws::ActionResult;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kTagsMax = 50;

std::vector<Value> tags_of(const Value& record) {
  const Value* tags = record.find("Tags");
  if (tags == nullptr) return {};
  return {tags->items().begin(), tags->items().end()};
}

}  // namespace

ApiResult<EventsService::Tagged> EventsService::find_tagged(const std::string& arn) const {
  if (const auto bus = BusName::of_arn(arn))
    return Tagged{PAWL_TRY(find_bus(*bus)),
                  [this, key = bus->key().take()](store::Batch& batch, const Value& record) {
                    buses_.put(batch, key, record);
                  }};
  if (const auto rule = RuleName::of_arn(arn))
    return Tagged{PAWL_TRY(find_rule(*rule)),
                  [this, key = rule->key().take()](store::Batch& batch, const Value& record) {
                    rules_.put(batch, key, record);
                  }};
  return aws::validation_exception("Parameter ResourceARN is not valid.");
}

ActionResult EventsService::tag_resource(const aws::Request& request) {
  const std::lock_guard lock(mutex_);
  const Tagged tagged = PAWL_TRY(find_tagged(text_member(request.input, "ResourceARN")));
  std::vector<Value> tags = tags_of(tagged.record);
  for (const Value& tag : request.input.find("Tags")->items()) {
    const auto same = std::find_if(tags.begin(), tags.end(), [&](const Value& each) {
      return text_member(each, "Key") == text_member(tag, "Key");
    });
    if (same == tags.end()) {
      tags.push_back(tag);
    } else {
      *same = tag;
    }
  }
  if (tags.size() > kTagsMax) return limit_exceeded();
  store::Batch batch;
  tagged.put(batch, tagged.record.with_member("Tags", Value::array(std::move(tags))));
  request.keep_answer(Value::object());
  PAWL_TRY_VOID(commit(batch));
  return aws::Output();
}

ActionResult EventsService::untag_resource(const aws::Request& request) {
  const std::lock_guard lock(mutex_);
  const Tagged tagged = PAWL_TRY(find_tagged(text_member(request.input, "ResourceARN")));
  std::vector<Value> tags = tags_of(tagged.record);
  for (const Value& key : request.input.find("TagKeys")->items())
    std::erase_if(tags,
                  [&](const Value& each) { return text_member(each, "Key") == key.as_string(); });
  store::Batch batch;
  tagged.put(batch, tagged.record.with_member("Tags", Value::array(std::move(tags))));
  request.keep_answer(Value::object());
  PAWL_TRY_VOID(commit(batch));
  return aws::Output();
}

ActionResult EventsService::list_tags(const aws::Request& request) {
  const Tagged tagged = PAWL_TRY(find_tagged(text_member(request.input, "ResourceARN")));
  ObjectBuilder out;
  out.set("Tags", Value::array(tags_of(tagged.record)));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::events
