// SPDX-License-Identifier: Apache-2.0
// GetAccountAuthorizationDetails: everything that decides what an account's entities may do.
#include <algorithm>
#include <array>

#include "services/iam/entity.h"
#include "services/iam/identifiers.h"
#include "services/iam/instance_profile.h"
#include "services/iam/policy_view.h"

namespace pawl::iam {

using aws::ActionResult;
using aws::ApiResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

Value attached_list(const Value& record) {
  std::vector<Value> attached;
  for (const std::string& arn : texts_member(record, "Attached")) {
    attached.push_back(std::move(ObjectBuilder()
                                     .set("PolicyName", Value(arn.substr(arn.rfind('/') + 1)))
                                     .set("PolicyArn", Value(arn)))
                           .build());
  }
  return Value::array(std::move(attached));
}

Value inline_list(const Value& record) {
  std::vector<Value> list;
  if (const Value* policies = record.find("Inline")) {
    for (const json::Member& each : policies->members()) {
      list.push_back(
          std::move(ObjectBuilder()
                        .set("PolicyName", each.key)
                        .set("PolicyDocument", Value(url_encoded(each.value.as_string()))))
              .build());
    }
  }
  return Value::array(std::move(list));
}

Value user_detail(const Value& record) {
  Value detail = shown_user(record, true).without_member("PasswordLastUsed");
  const Value inline_policies = inline_list(record);
  if (inline_policies.size() != 0) detail = detail.with_member("UserPolicyList", inline_policies);
  return detail.with_member("GroupList", texts_value(texts_member(record, "Groups")))
      .with_member("AttachedManagedPolicies", attached_list(record));
}

Value group_detail(const Value& record) {
  return shown_group(record)
      .with_member("GroupPolicyList", inline_list(record))
      .with_member("AttachedManagedPolicies", attached_list(record));
}

ApiResult<Value> role_detail(IamService& service, const std::string& account, const Value& record) {
  std::vector<Value> profiles = PAWL_TRY(profiles_of(service, Entity{account, Kind::Role, record}));
  for (Value& profile : profiles)
    profile = PAWL_TRY(shown_profile(service, account, profile, false));
  return shown_role(record, true)
      .without_member("Description")
      .without_member("MaxSessionDuration")
      .with_member("InstanceProfileList", Value::array(std::move(profiles)))
      .with_member("RolePolicyList", inline_list(record))
      .with_member("AttachedManagedPolicies", attached_list(record));
}

ApiResult<Value> policy_detail(IamService& service, const std::string& account,
                               const Value& record) {
  std::vector<Value> versions;
  for (const Value& version : items_member(record, "Versions"))
    versions.push_back(shown_version(record, version, true));
  return PAWL_TRY(counted_policy(service, account, record))
      .with_member("PolicyVersionList", Value::array(std::move(versions)));
}

struct Listed {
  Kind kind;
  std::string_view filter;
  std::string_view list;
};

constexpr std::array kListed = {
    Listed{Kind::User, "User", "UserDetailList"},
    Listed{Kind::Group, "Group", "GroupDetailList"},
    Listed{Kind::Role, "Role", "RoleDetailList"},
    Listed{Kind::Policy, "LocalManagedPolicy", "Policies"},
};

/// NOTE: of AWS's policies only those in use are listed, as AWS does without a filter; with the
/// filter AWSManagedPolicy all of them. Markers are places in the order of kListed.
class Details {
 public:
  Details(IamService& service, const Request& request, Page page)
      : service_(service),
        account_(request.account_id()),
        filter_(texts_member(request.input, "Filter")),
        page_(std::move(page)) {}

  ApiResult<Value> collect() {
    size_t stage = 0;
    for (const Listed& listed : kListed) {
      PAWL_TRY_VOID(collect(listed, std::to_string(stage++)));
    }
    PAWL_TRY_VOID(collect_managed(std::to_string(stage)));
    ObjectBuilder output;
    for (const Listed& listed : kListed)
      output.set(listed.list, Value::array(std::move(lists_[&listed - kListed.data()])));
    page_.finish(output);
    return std::move(output).build();
  }

 private:
  bool wants(std::string_view kind) const {
    return filter_.empty() || std::find(filter_.begin(), filter_.end(), kind) != filter_.end();
  }

  /// Where this stage begins; nullopt: it was in an earlier page, or the page is full.
  std::optional<std::string> start(const std::string& stage) const {
    if (page_.is_full()) return std::nullopt;
    if (page_.from().empty() || page_.from().front() < stage.front()) return "";
    if (page_.from().front() > stage.front()) return std::nullopt;
    return page_.from().substr(1);
  }

  ApiResult<void> collect(const Listed& listed, const std::string& stage) {
    const auto from = start(stage);
    if (!from || !wants(listed.filter)) return {};
    std::vector<Value> records;
    PAWL_TRY_VOID(service_.store().visit(account_, listed.kind, *from,
                                         [&](std::string_view key, const Value& record) {
                                           if (!page_.take(stage + std::string(key))) return false;
                                           records.push_back(record);
                                           return true;
                                         }));
    std::vector<Value>& list = lists_[static_cast<size_t>(&listed - kListed.data())];
    for (const Value& record : records) list.push_back(PAWL_TRY(detail(listed.kind, record)));
    return {};
  }

  ApiResult<Value> detail(Kind kind, const Value& record) {
    if (kind == Kind::User) return user_detail(record);
    if (kind == Kind::Group) return group_detail(record);
    if (kind == Kind::Role) return role_detail(service_, account_, record);
    return policy_detail(service_, account_, record);
  }

  ApiResult<void> collect_managed(const std::string& stage) {
    const auto from = start(stage);
    if (!from || !wants("AWSManagedPolicy")) return {};
    for (const ManagedPolicy& policy : service_.managed().list()) {
      if (policy.name < *from) continue;
      if (filter_.empty() && PAWL_TRY(service_.store().count_links(account_, Link::PolicyAttachment,
                                                                   policy.arn())) == 0)
        continue;
      if (!page_.take(stage + policy.name)) break;
      ObjectBuilder version;
      version.set("VersionId", Value(policy.version))
          .set("Document", Value(service_.managed().document(policy)))
          .set("CreateDate", Value(policy.updated_seconds));
      const Value record = managed_record(policy).with_member(
          "Versions", Value::array({std::move(version).build()}));
      lists_.back().push_back(PAWL_TRY(policy_detail(service_, account_, record)));
    }
    return {};
  }

  IamService& service_;
  const std::string account_;
  const std::vector<std::string> filter_;
  Page page_;
  std::array<std::vector<Value>, kListed.size()> lists_ = {};
};

ActionResult get_details(IamService& service, const Request& request) {
  Page page = PAWL_TRY(Page::of(request.input));
  return aws::Output(PAWL_TRY(Details(service, request, std::move(page)).collect()));
}

}  // namespace

std::span<const Operation> authorization_detail_operations() {
  static constexpr std::array kOperations = {
      Operation{"GetAccountAuthorizationDetails", get_details},
  };
  return kOperations;
}

}  // namespace pawl::iam
