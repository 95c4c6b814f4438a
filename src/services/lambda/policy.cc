// SPDX-License-Identifier: Apache-2.0
#include "services/lambda/policy.h"

#include <algorithm>

#include "json/members.h"
#include "json/write.h"
#include "services/lambda/function_reference.h"
#include "services/lambda/identifiers.h"

namespace pawl::lambda {

using json::ObjectBuilder;
using json::Value;

Value policy_principal(const std::string& text, std::string_view partition) {
  const bool is_account = text.size() == 12 && is_version_number(text);
  if (text == "*") return Value(text);
  ObjectBuilder out;
  if (is_account) {
    out.set("AWS", Value("arn:" + std::string(partition) + ":iam::" + text + ":root"));
  } else if (text.starts_with("arn:")) {
    out.set("AWS", Value(text));
  } else {
    out.set("Service", Value(text));
  }
  return std::move(out).build();
}

std::vector<Value> statements_of(const std::optional<Value>& policy) {
  const Value* found = policy ? policy->find("Statement") : nullptr;
  if (found == nullptr) return {};
  return {found->items().begin(), found->items().end()};
}

Value make_policy(std::vector<Value> statements) {
  ObjectBuilder out;
  out.set("RevisionId", Value(new_uuid())).set("Statement", Value::array(std::move(statements)));
  return std::move(out).build();
}

std::string policy_document(const Value& policy) {
  ObjectBuilder text;
  text.set("Version", Value("2012-10-17"))
      .set("Id", Value("default"))
      .set("Statement", *policy.find("Statement"));
  return json::write(std::move(text).build());
}

aws::ApiResult<void> check_new_statement(const std::vector<Value>& statements,
                                         const std::string& id) {
  for (const Value& each : statements) {
    if (text_member(each, "Sid") != id) continue;
    return resource_conflict("The statement id (" + id +
                             ") provided already exists. Please provide a new statement id, or "
                             "remove the existing statement.");
  }
  return {};
}

bool erase_statement(std::vector<Value>& statements, const std::string& id) {
  return std::erase_if(statements,
                       [&](const Value& each) { return text_member(each, "Sid") == id; }) != 0;
}

}  // namespace pawl::lambda
