// SPDX-License-Identifier: Apache-2.0
// What the handlers of many types do in the same way: read properties, name, tag, refuse, tell
// apart absence from other errors. Not a type; see resource_type.h.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/cloudformation/types/handler_errors.h"
#include "services/cloudformation/types/policy_text.h"
#include "services/cloudformation/types/request_properties.h"
#include "services/cloudformation/types/resource_tags.h"
#include "services/cloudformation/types/resource_type.h"

namespace pawl::cloudformation {

/// A scalar as text: templates write 1, "1", true and "true" as they like. "" if it is none.
std::string scalar_text(const json::Value& object, std::string_view name);
/// true or "true".
bool is_true(const json::Value& object, std::string_view name, bool otherwise = false);
/// An object as the JSON text that operations want of documents; a text stays what it is.
std::string document_text(const json::Value& document);

json::Value without(const json::Value& properties, std::initializer_list<std::string_view> names);
/// Members called otherwise in the operation: {"UsagePlanName", "name"}.
json::Value renamed(json::Value properties,
                    std::initializer_list<std::pair<std::string_view, std::string_view>> names);
/// The properties with documents as text; policies are policy_text()'s.
json::Value with_documents(json::Value properties, std::initializer_list<std::string_view> names);
/// The property's value, null if it is not there.
json::Value property(const json::Value& properties, std::string_view name);
/// What a service says when nothing is there: "NotFoundException", "InvalidVpcID.NotFound",
/// "ResourceDoesNotExist", status 404.
bool is_absent(const aws::ApiError& error);
/// "ResourceAlreadyExistsException", "ConflictException", status 409.
bool is_conflict(const aws::ApiError& error);
/// Null instead of the error if nothing is there.
aws::ApiResult<json::Value> call_unless_absent(StackCalls& calls, std::string_view service,
                                               std::string_view operation, json::Value input);
/// An operation that creates by name: of a repeated request "already exists" is a success, null.
aws::ApiResult<json::Value> call_to_create(StackCalls& calls, const ResourceRequest& request,
                                           std::string_view service, std::string_view operation,
                                           json::Value input);
/// The properties with all tags, as a list of Key and Value; StackCalls::shape() makes of it what
/// the operation wants.
json::Value with_tags(std::string_view type, const ResourceRequest& request);

/// How a service's resources are tagged.
struct TagOperations {
  std::string_view service;
  std::string_view arn_member;   ///< "resourceArn"
  std::string_view tags_member;  ///< "tags"
  std::string_view key;          ///< of a list's items; "": a map
  std::string_view value;        ///< of a list's items
  std::string_view keys_member;  ///< "tagKeys"
  std::string_view tag = "TagResource";
  std::string_view untag = "UntagResource";
};
/// Of a creation whose operation takes no tags: sets all.
aws::ApiResult<void> set_tags(StackCalls& calls, std::string_view type,
                              const ResourceRequest& request, const TagOperations& operations,
                              std::string_view arn);
/// Of an update: takes away tags that the template no longer has, sets all others.
aws::ApiResult<void> change_tags(StackCalls& calls, std::string_view type,
                                 const ResourceRequest& request, const TagOperations& operations,
                                 std::string_view arn);
/// The same, for services that want it otherwise: keys of the resource that are to go, and tags to
/// be set.
TagChange own_tag_change(std::string_view type, const ResourceRequest& request);

/// A creation that an earlier call may have made already, and that does not replace another.
inline bool may_be_made(const ResourceRequest& request) {
  return request.is_repeated && request.memory.is_null() && request.previous.size() == 0;
}
/// The item of a list that CloudFormation's tags say to be this resource; null if there is none.
/// `tags`: the items' member, a map.
json::Value own_item(const ResourceRequest& request, const json::Value& answer,
                     std::string_view list, std::string_view tags);

/// Something is there now, of that id, but is not whole: create() is called again and goes on, with
/// a memory that is not null. If that fails, it is known what to take away.
Progress made(std::string id);
inline bool goes_on(const ResourceRequest& request) { return !request.memory.is_null(); }

/// "arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE".
std::string arn_of(const ResourceRequest& request, std::string_view service,
                   std::string_view resource);

/// `object` with all members of `more`.
json::Value merged(json::Value object, const json::Value& more);

}  // namespace pawl::cloudformation
