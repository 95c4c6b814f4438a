// SPDX-License-Identifier: Apache-2.0
// API TagResource, UntagResource, ListTags: of functions, event source mappings and code signing
// configurations.
#include <algorithm>

#include "aws/arn.h"
#include "json/members.h"
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
  const FunctionReference reference = parse_function_reference(text, request);
  PAWL_TRY_VOID(check_reachable(reference, request));
  if (!reference.qualifier.empty()) {
    return invalid_parameter(
        "Tags on function aliases and versions are not supported. Please specify a function ARN.");
  }
  return reference.key;
}

/// The resource's kind and id if it is none of a function.
std::optional<std::pair<ResourceKind, std::string>> tagged_resource(const Value& input) {
  const std::optional<aws::Arn> arn = aws::Arn::parse(text_member(input, "Resource"));
  if (!arn) return std::nullopt;
  const std::string id(arn->resource_id());
  if (arn->resource_type() == "event-source-mapping") {
    return std::pair(ResourceKind::EventSourceMapping, id);
  }
  if (arn->resource_type() == "code-signing-config") {
    return std::pair(ResourceKind::CodeSigningConfig, id);
  }
  return std::nullopt;
}

aws::ApiError no_such_resource() {
  return resource_not_found("The resource you requested does not exist.");
}

bool is_function(const Value& input) {
  const std::optional<aws::Arn> arn = aws::Arn::parse(text_member(input, "Resource"));
  return arn && arn->resource_type() == "function";
}

}  // namespace

/// Reads the tags of the resource, lets `change` change them, and stores them.
ApiResult<void> LambdaService::change_tags(const Request& request,
                                           const std::function<ApiResult<Value>(Value)>& change) {
  const std::lock_guard lock(changing_);
  store::Batch batch;
  if (is_function(request.input)) {
    const FunctionKey key = PAWL_TRY(tagged_function(request));
    FunctionRecord record = PAWL_TRY(require_function(key, key.arn()));
    record.tags = PAWL_TRY(change(record.tags));
    record.latest.set("RevisionId", Value(new_uuid()));
    store_.put(batch, key, record);
    return store_.commit(batch);
  }
  const auto resource = tagged_resource(request.input);
  if (!resource) return no_such_resource();
  const auto& [kind, id] = *resource;
  const std::optional<Value> record = PAWL_TRY(resources_.find(scope_of(request), kind, id));
  if (!record) return no_such_resource();
  const Value tags = PAWL_TRY(change(object_member(*record, "tags")));
  resources_.put(batch, scope_of(request), kind, id, 0, record->with_member("tags", tags));
  return store_.commit(batch);
}

aws::ActionResult LambdaService::tag_resource(const Request& request) {
  if (is_function(request.input)) PAWL_TRY_VOID(tagged_function(request));
  const Value* tags = member_of(request.input, "Tags");
  if (tags == nullptr || tags->size() == 0) {
    return invalid_parameter("An error occurred and the request cannot be processed.");
  }
  PAWL_TRY_VOID(change_tags(request, [&](Value current) -> ApiResult<Value> {
    for (const json::Member& tag : tags->members()) {
      current = current.with_member(tag.name(), tag.value);
    }
    if (current.size() > kTagsMax) {
      return invalid_parameter("Number of tags exceeds resource tag limit.");
    }
    return current;
  }));
  return aws::Output();
}

aws::ActionResult LambdaService::untag_resource(const Request& request) {
  PAWL_TRY_VOID(change_tags(request, [&](Value current) -> ApiResult<Value> {
    if (const Value* keys = member_of(request.input, "TagKeys")) {
      for (const Value& tag_key : keys->items()) {
        current = current.without_member(tag_key.as_string());
      }
    }
    return current;
  }));
  return aws::Output();
}

aws::ActionResult LambdaService::list_tags(const Request& request) {
  ObjectBuilder out;
  if (is_function(request.input)) {
    const FunctionKey key = PAWL_TRY(tagged_function(request));
    out.set("Tags", PAWL_TRY(require_function(key, key.arn())).tags);
    return aws::Output(std::move(out).build());
  }
  const auto resource = tagged_resource(request.input);
  if (!resource) return no_such_resource();
  const std::optional<Value> record =
      PAWL_TRY(resources_.find(scope_of(request), resource->first, resource->second));
  if (!record) return no_such_resource();
  out.set("Tags", object_member(*record, "tags"));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::lambda
