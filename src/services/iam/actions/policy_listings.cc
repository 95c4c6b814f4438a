// SPDX-License-Identifier: Apache-2.0
// ListPolicies, ListEntitiesForPolicy.
#include <array>
#include <charconv>
#include <map>
#include <set>

#include "services/iam/policy_view.h"

namespace pawl::iam {

using aws::ActionResult;
using aws::ApiResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

/// ARNs that anybody of the account uses.
class Wanted {
 public:
  explicit Wanted(const Value& input)
      : prefix_(find_text(input, "PathPrefix").value_or("/")),
        usage_(text_member(input, "PolicyUsageFilter")),
        only_attached_(flag_member(input, "OnlyAttached")) {}

  ApiResult<bool> includes(IamService& service, const std::string& account, std::string_view path,
                           const std::string& arn) const {
    if (!path.starts_with(prefix_)) return false;
    if (!only_attached_ && usage_.empty()) return true;
    const auto used = [&](Link link) -> ApiResult<bool> {
      return PAWL_TRY(service.store().count_links(account, link, arn)) != 0;
    };
    if (usage_ == "PermissionsBoundary") return used(Link::PolicyBoundary);
    if (only_attached_ || usage_ == "PermissionsPolicy") return used(Link::PolicyAttachment);
    return true;
  }

 private:
  std::string prefix_;
  std::string usage_;
  bool only_attached_;
};

/// The customer's first, by name, then AWS's.
ActionResult list_policies(IamService& service, const Request& request) {
  const std::string& account = request.account_id();
  Page page = PAWL_TRY(Page::of(request.input));
  const Wanted wanted(request.input);
  const std::string scope = find_text(request.input, "Scope").value_or("All");
  std::vector<Value> shown;
  // What the markers of AWS's policies begin with; keys of the store never do.
  constexpr std::string_view kManaged = "aws:";
  const bool is_in_managed = page.from().starts_with(kManaged);
  if (scope != "AWS" && !is_in_managed) {
    std::vector<Value> records;
    ApiResult<void> failed;
    PAWL_TRY_VOID(service.store().visit(
        account, Kind::Policy, page.from(), [&](std::string_view key, const Value& record) {
          const auto is_wanted = wanted.includes(service, account, text_member(record, "Path"),
                                                 text_member(record, "Arn"));
          if (!is_wanted) failed = is_wanted.error();
          if (!is_wanted || !*is_wanted) return is_wanted.has_value();
          if (!page.take(key)) return false;
          records.push_back(record);
          return true;
        }));
    PAWL_TRY_VOID(failed);
    for (const Value& record : records)
      shown.push_back(PAWL_TRY(counted_policy(service, account, record)));
  }
  if (scope != "Local" && !page.is_full()) {
    const std::string from = is_in_managed ? page.from().substr(kManaged.size()) : "";
    for (const ManagedPolicy& policy : service.managed().list()) {
      if (policy.name < from ||
          !PAWL_TRY(wanted.includes(service, account, policy.path, policy.arn())))
        continue;
      if (!page.take(std::string(kManaged) + policy.name)) break;
      shown.push_back(PAWL_TRY(counted_policy(service, account, managed_record(policy))));
    }
  }
  return aws::Output(page.finish("Policies", std::move(shown)));
}

/// Where an entity of that kind is listed.
std::string_view list_of(Kind kind) {
  if (kind == Kind::Group) return "PolicyGroups";
  return kind == Kind::User ? "PolicyUsers" : "PolicyRoles";
}

ActionResult list_entities_for_policy(IamService& service, const Request& request) {
  const std::string arn = text_member(request.input, "PolicyArn");
  if (service.managed().find(arn) == nullptr)
    static_cast<void>(PAWL_TRY(find_own_policy(service, request, arn)));
  Page page = PAWL_TRY(Page::of(request.input));
  const std::string filter = text_member(request.input, "EntityFilter");
  const std::string usage = text_member(request.input, "PolicyUsageFilter");
  const std::string prefix = find_text(request.input, "PathPrefix").value_or("/");
  std::vector<Linked> linked;
  for (const Link link : {Link::PolicyAttachment, Link::PolicyBoundary}) {
    if ((link == Link::PolicyAttachment && usage == "PermissionsBoundary") ||
        (link == Link::PolicyBoundary && usage == "PermissionsPolicy"))
      continue;
    PAWL_TRY_VOID(service.store().visit_links(request.account_id(), link, arn,
                                              [&](std::string_view, const Linked& entity) {
                                                linked.push_back(entity);
                                                return true;
                                              }));
  }
  std::map<std::string_view, std::vector<Value>> lists;
  std::set<std::pair<Kind, std::string>> seen;
  size_t index = 0;
  size_t from = 0;
  std::from_chars(page.from().data(), page.from().data() + page.from().size(), from);
  for (const Linked& entity : linked) {
    const KindNames& names = names_of(entity.kind);
    if (!seen.emplace(entity.kind, entity.name).second ||
        (!filter.empty() && filter != names.capitalized))
      continue;
    const auto record =
        PAWL_TRY(service.store().find(request.account_id(), entity.kind, entity.name));
    if (!record || !text_member(*record, "Path").starts_with(prefix) || index++ < from) continue;
    if (!page.take(std::to_string(index - 1))) break;
    lists[list_of(entity.kind)].push_back(selected(*record, {names.name_member, names.id_member}));
  }
  ObjectBuilder output;
  for (const Kind kind : {Kind::Group, Kind::User, Kind::Role})
    output.set(list_of(kind), Value::array(std::move(lists[list_of(kind)])));
  page.finish(output);
  return aws::Output(std::move(output).build());
}

}  // namespace

std::span<const Operation> policy_listing_operations() {
  static constexpr std::array kOperations = {
      Operation{"ListPolicies", list_policies},
      Operation{"ListEntitiesForPolicy", list_entities_for_policy},
  };
  return kOperations;
}

}  // namespace pawl::iam
