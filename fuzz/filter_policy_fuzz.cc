// SPDX-License-Identifier: Apache-2.0
// Filter policies of SNS subscriptions: the first line is a policy, the rest a message it is asked
// about.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "json/parse.h"
#include "services/sns/filter_policy.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using pawl::sns::FilterPolicy;
  using pawl::sns::FilterScope;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view policy_text = text.substr(0, text.find('\n'));
  const std::string_view rest =
      policy_text.size() < text.size() ? text.substr(policy_text.size() + 1) : std::string_view();
  (void)FilterPolicy::compile(policy_text, FilterScope::MessageAttributes);
  const auto policy = FilterPolicy::compile(policy_text, FilterScope::MessageBody);
  const auto message = pawl::json::parse(rest, {.depth_max = 500});
  if (policy && message) (void)policy->matches(*message);
  return 0;
}
