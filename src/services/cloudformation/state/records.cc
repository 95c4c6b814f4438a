// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/state/records.h"

#include <algorithm>
#include <array>

namespace pawl::cloudformation {
namespace {

constexpr std::array<std::pair<StepKind, std::string_view>, 6> kSteps = {{
    {StepKind::None, ""},
    {StepKind::Create, "create"},
    {StepKind::Update, "update"},
    {StepKind::Replace, "replace"},
    {StepKind::Remove, "remove"},
    {StepKind::Adopt, "adopt"},
}};

}  // namespace

std::string_view step_name(StepKind kind) {
  return std::find_if(kSteps.begin(), kSteps.end(),
                      [kind](const auto& step) { return step.first == kind; })
      ->second;
}

StepKind step_kind(std::string_view name) {
  const auto* found = std::find_if(kSteps.begin(), kSteps.end(),
                                   [name](const auto& step) { return step.second == name; });
  return found != kSteps.end() ? found->first : StepKind::None;
}

ActorRecord ActorRecord::of(const aws::Principal& principal) {
  return {.account_id = principal.account_id,
          .arn = principal.arn,
          .user_id = principal.user_id,
          .access_key_id = principal.access_key_id};
}

aws::Principal ActorRecord::principal() const {
  return {.account_id = account_id, .arn = arn, .user_id = user_id, .access_key_id = access_key_id};
}

}  // namespace pawl::cloudformation
