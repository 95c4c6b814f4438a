// SPDX-License-Identifier: Apache-2.0
// CreatePolicy, GetPolicy, DeletePolicy and their versions.
#include <algorithm>
#include <array>
#include <charconv>

#include "services/iam/entity.h"
#include "services/iam/identifiers.h"
#include "services/iam/policy_view.h"

namespace pawl::iam {

using aws::ActionResult;
using aws::ApiResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

Value shown_policy(const Value& record, int64_t attachments, int64_t boundaries) {
  Value shown = selected(record, {"PolicyName", "PolicyId", "Arn", "Path", "DefaultVersionId"});
  shown = shown.with_member("AttachmentCount", Value(attachments))
              .with_member("PermissionsBoundaryUsageCount", Value(boundaries))
              .with_member("IsAttachable", Value(true));
  for (const char* member : {"Description", "CreateDate", "UpdateDate"}) {
    if (const Value* value = record.find(member)) shown = shown.with_member(member, *value);
  }
  return shown;
}

Value managed_record(const ManagedPolicy& policy) {
  return std::move(ObjectBuilder()
                       .set("PolicyName", Value(policy.name))
                       .set("PolicyId", Value(policy.id()))
                       .set("Arn", Value(policy.arn()))
                       .set("Path", Value(policy.path))
                       .set("DefaultVersionId", Value(policy.version))
                       .set("CreateDate", Value(policy.created_seconds))
                       .set("UpdateDate", Value(policy.updated_seconds)))
      .build();
}

ApiResult<Value> counted_policy(IamService& service, const std::string& account,
                                const Value& record) {
  const std::string arn = text_member(record, "Arn");
  const IamStore& store = service.store();
  return shown_policy(record, PAWL_TRY(store.count_links(account, Link::PolicyAttachment, arn)),
                      PAWL_TRY(store.count_links(account, Link::PolicyBoundary, arn)));
}

Value shown_version(const Value& policy, const Value& version, bool has_document) {
  ObjectBuilder shown;
  const std::string id = text_member(version, "VersionId");
  if (has_document) shown.set("Document", Value(url_encoded(text_member(version, "Document"))));
  shown.set("VersionId", Value(id))
      .set("IsDefaultVersion", Value(id == text_member(policy, "DefaultVersionId")))
      .set("CreateDate", *version.find("CreateDate"));
  return std::move(shown).build();
}

namespace {

constexpr size_t kPolicySizeMax = 6'144;
constexpr size_t kVersionsMax = 5;

Value new_version(const std::string& id, const std::string& document, const Request& request) {
  return std::move(ObjectBuilder()
                       .set("VersionId", Value(id))
                       .set("Document", Value(document))
                       .set("CreateDate", seconds_value(request.received)))
      .build();
}

ApiResult<std::string> document_member(const Request& request) {
  std::string document = text_member(request.input, "PolicyDocument");
  PAWL_TRY_VOID(check_policy(document, aws::PolicyKind::Identity));
  if (counted_size(document) > kPolicySizeMax) {
    return limit_exceeded("Cannot exceed quota for PolicySize: " + std::to_string(kPolicySizeMax));
  }
  return document;
}

void put_policy(IamService& service, store::Batch& batch, const Request& request,
                const Value& record) {
  service.store().put(batch, request.account_id(), Kind::Policy, text_member(record, "PolicyName"),
                      record);
}

ActionResult create_policy(IamService& service, const Request& request) {
  const std::string name = text_member(request.input, "PolicyName");
  const std::string path = PAWL_TRY(path_member(request.input));
  const std::string document = PAWL_TRY(document_member(request));
  Value tags = PAWL_TRY(tags_member(request.input));
  if (PAWL_TRY(service.store().find(request.account_id(), Kind::Policy, name)))
    return already_exists("A policy called " + name +
                          " already exists. Duplicate names are not allowed.");
  ObjectBuilder builder;
  builder.set("PolicyName", Value(name))
      .set("PolicyId", Value(random_id("ANPA")))
      .set("Arn", Value(entity_arn(request, "policy", path, name)))
      .set("Path", Value(path))
      .set("DefaultVersionId", Value("v1"))
      .set("NextVersion", Value(2))
      .set("CreateDate", seconds_value(request.received))
      .set("UpdateDate", seconds_value(request.received))
      .set("Versions", Value::array({new_version("v1", document, request)}));
  if (const auto description = find_text(request.input, "Description"))
    builder.set("Description", Value(*description));
  Value record = std::move(builder).build();
  // Description is shown by GetPolicy only.
  Value shown = shown_policy(record, 0, 0).without_member("Description");
  if (tags.size() != 0) shown = shown.with_member("Tags", tags);
  record = record.with_member("Tags", std::move(tags));
  store::Batch batch;
  put_policy(service, batch, request, record);
  return service.commit(request, batch, output_of("Policy", std::move(shown)));
}

ActionResult get_policy(IamService& service, const Request& request) {
  const std::string arn = text_member(request.input, "PolicyArn");
  const ManagedPolicy* managed = service.managed().find(arn);
  const Value record = managed != nullptr ? managed_record(*managed)
                                          : PAWL_TRY(find_own_policy(service, request, arn));
  Value shown = PAWL_TRY(counted_policy(service, request.account_id(), record));
  const Value* tags = record.find("Tags");
  if (tags != nullptr) shown = shown.with_member("Tags", *tags);
  return output_of("Policy", std::move(shown));
}

ActionResult delete_policy(IamService& service, const Request& request) {
  const std::string arn = text_member(request.input, "PolicyArn");
  const Value record = PAWL_TRY(find_own_policy(service, request, arn));
  for (const Link link : {Link::PolicyAttachment, Link::PolicyBoundary}) {
    if (PAWL_TRY(service.store().count_links(request.account_id(), link, arn)) != 0)
      return delete_conflict("Cannot delete a policy attached to entities.");
  }
  if (items_member(record, "Versions").size() > 1) {
    return delete_conflict(
        "This policy has more than one version. Before you delete a policy, you must delete the "
        "policy's versions. The default version is deleted with the policy.");
  }
  store::Batch batch;
  service.store().erase(batch, request.account_id(), Kind::Policy,
                        text_member(record, "PolicyName"));
  return service.commit(request, batch);
}

ActionResult create_version(IamService& service, const Request& request) {
  Value record =
      PAWL_TRY(find_own_policy(service, request, text_member(request.input, "PolicyArn")));
  const std::string document = PAWL_TRY(document_member(request));
  std::vector<Value> versions = copied_items(record, "Versions");
  if (versions.size() >= kVersionsMax) {
    return limit_exceeded(
        "A managed policy can have up to 5 versions. Before you create a new version, you must "
        "delete an existing version.");
  }
  const int64_t number = integer_member(record, "NextVersion", 2);
  const std::string id = "v" + std::to_string(number);
  const Value version = new_version(id, document, request);
  versions.insert(versions.begin(), version);
  record = record.with_member("Versions", Value::array(std::move(versions)))
               .with_member("NextVersion", Value(number + 1));
  if (flag_member(request.input, "SetAsDefault")) {
    record = record.with_member("DefaultVersionId", Value(id))
                 .with_member("UpdateDate", seconds_value(request.received));
  }
  store::Batch batch;
  put_policy(service, batch, request, record);
  return service.commit(request, batch,
                        output_of("PolicyVersion", shown_version(record, version, false)));
}

std::vector<Value> versions_of(IamService& service, const ManagedPolicy& policy) {
  return {std::move(ObjectBuilder()
                        .set("VersionId", Value(policy.version))
                        .set("Document", Value(service.managed().document(policy)))
                        .set("CreateDate", Value(policy.updated_seconds)))
              .build()};
}

aws::ApiError no_version(const std::string& arn, const std::string& id) {
  return no_such_entity("Policy " + arn + " version " + id +
                        " does not exist or is not attachable.");
}

ActionResult get_version(IamService& service, const Request& request) {
  const std::string arn = text_member(request.input, "PolicyArn");
  const std::string id = text_member(request.input, "VersionId");
  const ManagedPolicy* managed = service.managed().find(arn);
  const Value record = managed != nullptr ? managed_record(*managed)
                                          : PAWL_TRY(find_own_policy(service, request, arn));
  const std::vector<Value> versions =
      managed != nullptr ? versions_of(service, *managed) : copied_items(record, "Versions");
  for (const Value& version : versions) {
    if (text_member(version, "VersionId") == id)
      return output_of("PolicyVersion", shown_version(record, version, true));
  }
  return no_version(arn, id);
}

ActionResult list_versions(IamService& service, const Request& request) {
  const std::string arn = text_member(request.input, "PolicyArn");
  const ManagedPolicy* managed = service.managed().find(arn);
  const Value record = managed != nullptr ? managed_record(*managed)
                                          : PAWL_TRY(find_own_policy(service, request, arn));
  Page page = PAWL_TRY(Page::of(request.input));
  std::vector<Value> versions = page.cut(managed != nullptr ? versions_of(service, *managed)
                                                            : copied_items(record, "Versions"));
  for (Value& version : versions) version = shown_version(record, version, false);
  return aws::Output(page.finish("Versions", std::move(versions)));
}

ActionResult delete_version(IamService& service, const Request& request) {
  const std::string arn = text_member(request.input, "PolicyArn");
  const std::string id = text_member(request.input, "VersionId");
  const Value record = PAWL_TRY(find_own_policy(service, request, arn));
  if (text_member(record, "DefaultVersionId") == id)
    return delete_conflict("Cannot delete the default version of a policy.");
  std::vector<Value> versions = copied_items(record, "Versions");
  const size_t erased = std::erase_if(
      versions, [&](const Value& each) { return text_member(each, "VersionId") == id; });
  if (erased == 0) return no_version(arn, id);
  store::Batch batch;
  put_policy(service, batch, request,
             record.with_member("Versions", Value::array(std::move(versions))));
  return service.commit(request, batch);
}

ActionResult set_default_version(IamService& service, const Request& request) {
  const std::string arn = text_member(request.input, "PolicyArn");
  const std::string id = text_member(request.input, "VersionId");
  const Value record = PAWL_TRY(find_own_policy(service, request, arn));
  const std::vector<Value> versions = copied_items(record, "Versions");
  if (std::none_of(versions.begin(), versions.end(),
                   [&](const Value& each) { return text_member(each, "VersionId") == id; }))
    return no_version(arn, id);
  store::Batch batch;
  put_policy(service, batch, request,
             record.with_member("DefaultVersionId", Value(id))
                 .with_member("UpdateDate", seconds_value(request.received)));
  return service.commit(request, batch);
}

}  // namespace

std::span<const Operation> managed_policy_operations() {
  static constexpr std::array kOperations = {
      Operation{"CreatePolicy", create_policy, true},
      Operation{"GetPolicy", get_policy},
      Operation{"DeletePolicy", delete_policy, true},
      Operation{"CreatePolicyVersion", create_version, true},
      Operation{"GetPolicyVersion", get_version},
      Operation{"ListPolicyVersions", list_versions},
      Operation{"DeletePolicyVersion", delete_version, true},
      Operation{"SetDefaultPolicyVersion", set_default_version, true},
  };
  return kOperations;
}

}  // namespace pawl::iam
