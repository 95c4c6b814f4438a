// SPDX-License-Identifier: Apache-2.0
// IAM's policies: the first line is an action, the second a resource and what conditions may see,
// the rest a policy, read as each kind.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "aws/policy/evaluation.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using pawl::aws::PolicyDocument;
  using pawl::aws::PolicyKind;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const auto line = [&rest] {
    const std::string_view first = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(first.size() < rest.size() ? first.size() + 1 : rest.size());
    return std::string(first);
  };
  pawl::aws::RequestContext request;
  request.action = line();
  request.resource = line();
  request.principal = {.account_id = "111111111111", .arn = "arn:aws:iam::111111111111:user/u"};
  request.conditions = {{"aws:username", {"u"}}, {"k", {request.resource}}};
  for (const PolicyKind kind : {PolicyKind::Identity, PolicyKind::Trust, PolicyKind::Resource}) {
    const auto policy = PolicyDocument::parse(rest, kind);
    if (!policy) continue;
    (void)policy->context_keys();
    pawl::aws::PolicySet policies;
    (kind == PolicyKind::Identity ? policies.identity : policies.resource) = {{&*policy, "", ""}};
    (void)pawl::aws::evaluate(policies, request);
  }
  return 0;
}
