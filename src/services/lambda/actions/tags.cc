// SPDX-License-Identifier: Apache-2.0
// API TagResource, UntagResource, ListTags: of functions, the one taggable resource that is here.
#include "aws/arn.h"
#include "services/lambda/identifiers.h"
#include "services/lambda/service.h"

namespace pawl::lambda {

using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kTagsMax = 50;

ApiResult<FunctionKey> tagged_function(const aws::Request& request) {
  const std::string text = text_member(request.input, "Resource");
  const std::optional<aws::Arn> arn = aws::Arn::parse(text);
  if (!arn || arn->resource_type() != "function") {
    return resource_not_found("The resource you requested does not exist.");
  }
  const FunctionReference reference = parse_function_reference(text, request);
  PAWL_TRY_VOID(check_reachable(reference, request));
  if (!reference.qualifier.empty()) {
    return invalid_parameter(
        "Tags on function aliases and versions are not supported. Please specify a function ARN.");
  }
  return reference.key;
}

}  // namespace

aws::ActionResult LambdaService::tag_resource(const Request& request) {
  const FunctionKey key = PAWL_TRY(tagged_function(request));
  const Value* tags = member_of(request.input, "Tags");
  if (tags == nullptr || tags->size() == 0) {
    return invalid_parameter("An error occurred and the request cannot be processed.");
  }
  const std::lock_guard lock(changing_);
  FunctionRecord record = PAWL_TRY(require_function(key, key.arn()));
  for (const json::Member& tag : tags->members()) {
    record.tags = record.tags.with_member(tag.name(), tag.value);
  }
  if (record.tags.size() > kTagsMax) {
    return invalid_parameter("Number of tags exceeds resource tag limit.");
  }
  record.latest.set("RevisionId", Value(new_uuid()));
  store::Batch batch;
  store_.put(batch, key, record);
  PAWL_TRY_VOID(store_.commit(batch));
  return aws::Output();
}

aws::ActionResult LambdaService::untag_resource(const Request& request) {
  const FunctionKey key = PAWL_TRY(tagged_function(request));
  const std::lock_guard lock(changing_);
  FunctionRecord record = PAWL_TRY(require_function(key, key.arn()));
  if (const Value* keys = member_of(request.input, "TagKeys")) {
    for (const Value& tag_key : keys->items()) {
      record.tags = record.tags.without_member(tag_key.as_string());
    }
  }
  record.latest.set("RevisionId", Value(new_uuid()));
  store::Batch batch;
  store_.put(batch, key, record);
  PAWL_TRY_VOID(store_.commit(batch));
  return aws::Output();
}

aws::ActionResult LambdaService::list_tags(const Request& request) {
  const FunctionKey key = PAWL_TRY(tagged_function(request));
  ObjectBuilder out;
  out.set("Tags", PAWL_TRY(require_function(key, key.arn())).tags);
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::lambda
