// SPDX-License-Identifier: Apache-2.0
// RFC 7396, section 2, line by line.
#include "aws/model/merge_patch.h"

#include <string>
#include <unordered_set>
#include <vector>

namespace pawl::aws {

json::Value merge_patch(const json::Value& target, const json::Value& patch) {
  // "if Patch is an Object … else return Patch"
  if (!patch.is_object()) return patch;
  std::vector<json::Member> merged;
  std::unordered_set<std::string> seen;
  // "if Target is not an Object: Target = {}"
  if (target.is_object()) {
    for (const json::Member& member : target.members()) {
      const json::Value* change = patch.find(member.name());
      if (change == nullptr) {
        merged.push_back(member);
        continue;
      }
      seen.emplace(member.name());
      // "if Value is null: remove the Name/Value pair from Target"
      if (change->is_null()) continue;
      merged.emplace_back(member.key, merge_patch(member.value, *change));
    }
  }
  for (const json::Member& member : patch.members()) {
    if (member.value.is_null() || seen.contains(std::string(member.name()))) continue;
    merged.emplace_back(member.key, merge_patch(json::Value(), member.value));
  }
  return json::Value::object(std::move(merged));
}

}  // namespace pawl::aws
