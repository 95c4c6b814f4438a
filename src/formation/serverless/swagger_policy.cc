// SPDX-License-Identifier: Apache-2.0
// SwaggerEditor: the resource policy of an API (Auth.ResourcePolicy).
#include <algorithm>

#include "base/error.h"
#include "formation/serverless/swagger_editor.h"
#include "text/unicode.h"

namespace pawl::formation::serverless {
namespace {

constexpr std::string_view kPolicy = "x-amazon-apigateway-policy";

bool all_texts(const Node& list) {
  return std::all_of(list.items().begin(), list.items().end(),
                     [](const Node& item) { return item.is_text(); });
}

Node statement(std::string_view effect, const Node& uris, const Node& principal) {
  Node made = Node::hashed_map();
  made.set("Effect", effect);
  made.set("Action", "execute-api:Invoke");
  made.set("Resource", uris);
  made.set("Principal", principal);
  return made;
}

void append(const Node& map, std::string_view name, const std::vector<Node>& values) {
  if (values.empty()) return;
  const Node list = map.set_default(name, Node::list());
  for (const Node& value : values) list.push(value);
}

}  // namespace

Outcome<Node> SwaggerEditor::method_uris(const Node& path, const Node& stage) const {
  Node uris = Node::list();
  const Node arn_path = path_for_arn(path, true);
  for (const Node& item : PAWL_TRY(path_items(path)))
    for (const Node& name : item.keys()) {
      const std::string lower = text::to_lower(name.text());
      const bool any = lower == kAnyMethod || lower == "any";
      const std::string uri = "execute-api:/${__Stage__}/" +
                              (any ? "*" : text::to_upper(name.text())) + arn_path.text();
      const bool mark = (!any && name.is_marked()) || arn_path.is_marked();
      uris.push(sub(Node(uri).with_mark(mark), Node::map({{"__Stage__", stage}})));
    }
  return uris;
}

void SwaggerEditor::add_statements(const std::vector<Node>& statements, bool unique) {
  const Node existing = resource_policy_.get("Statement");
  Node all = existing.is_list() ? existing : Node::list({existing});
  for (const Node& added : statements)
    if (!unique || !all.contains(added)) all.push(added);
  resource_policy_.set("Statement", all);
}

Outcome<void> SwaggerEditor::add_accounts(const Node& accounts, std::string_view effect,
                                          const Node& uris) {
  if (!accounts.truthy()) return {};
  if (!accounts.is_map() && !accounts.is_list())
    return bad_document("Type of '" + accounts.python_text() + "' must be a list or dictionary");
  const Node list = accounts.is_list() ? accounts : Node::list({accounts});
  resource_policy_.set("Version", "2012-10-17");
  const Node made = statement(effect, uris, Node::hashed_map({{"AWS", list}}));
  if (resource_policy_.get("Statement").is_null()) {
    resource_policy_.set("Statement", made);
  } else {
    add_statements({made}, false);
  }
  return {};
}

void SwaggerEditor::add_allow_and_deny(const Node& condition, const Node& uris) {
  resource_policy_.set("Version", "2012-10-17");
  const Node allow = statement("Allow", uris, "*");
  const Node deny = statement("Deny", uris, "*");
  deny.set("Condition", condition);
  if (resource_policy_.get("Statement").is_null()) {
    resource_policy_.set("Statement", Node::list({allow, deny}));
  } else {
    add_statements({allow, deny}, true);
  }
}

Outcome<void> SwaggerEditor::add_networks(const Node& policy, std::string_view which,
                                          std::string_view operation, const Node& uris) {
  const std::string suffix(which);
  const Node named = policy.get("SourceVpc" + suffix);
  if (!all_texts(named))
    return bad_document("SourceVpc" + suffix + " must be a list of strings. Use IntrinsicVpc" +
                        suffix + " instead for values that use Intrinsic Functions");
  std::vector<Node> networks;
  std::vector<Node> endpoints;
  for (const Node& name : named.items()) {
    if (name.text().starts_with("vpce-")) endpoints.push_back(name);
    if (name.text().starts_with("vpc-")) networks.push_back(name);
  }
  Node condition = Node::hashed_map();
  append(condition, "aws:SourceVpc", networks);
  append(condition, "aws:SourceVpce", endpoints);
  append(condition, "aws:SourceVpc", policy.get("IntrinsicVpc" + suffix).items());
  append(condition, "aws:SourceVpce", policy.get("IntrinsicVpce" + suffix).items());
  if (condition.truthy()) add_allow_and_deny(Node::map({{operation, condition}}), uris);
  return {};
}

Outcome<void> SwaggerEditor::add_resource_policy(const Node& policy, const Node& path,
                                                 const Node& stage) {
  if (policy.is_null()) return {};
  if (!policy.is_map()) return bad_document("Resource Policy is not a valid dictionary.");
  const Node uris = PAWL_TRY(method_uris(path, stage));
  PAWL_TRY_VOID(add_accounts(policy.get("AwsAccountWhitelist"), "Allow", uris));
  PAWL_TRY_VOID(add_accounts(policy.get("AwsAccountBlacklist"), "Deny", uris));
  for (const auto& [name, operation] : {std::pair("IpRangeWhitelist", "NotIpAddress"),
                                        std::pair("IpRangeBlacklist", "IpAddress")}) {
    const Node ranges = policy.get(name);
    if (!ranges.truthy()) continue;
    const Node list = ranges.is_list() ? ranges : Node::list({ranges});
    add_allow_and_deny(Node::map({{operation, Node::map({{"aws:SourceIp", list}})}}), uris);
  }
  PAWL_TRY_VOID(add_networks(policy, "Blacklist", "StringEquals", uris));
  PAWL_TRY_VOID(add_networks(policy, "Whitelist", "StringNotEquals", uris));
  document_.set(kPolicy, resource_policy_);
  return {};
}

void SwaggerEditor::add_custom_statements(const Node& statements) {
  if (!statements.is_null()) {
    resource_policy_.set("Version", "2012-10-17");
    if (resource_policy_.get("Statement").is_null()) {
      resource_policy_.set("Statement", statements);
    } else {
      add_statements(statements.is_list() ? statements.items() : std::vector<Node>{statements},
                     true);
    }
  }
  document_.set(kPolicy, resource_policy_);
}

}  // namespace pawl::formation::serverless
