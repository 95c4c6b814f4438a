// SPDX-License-Identifier: Apache-2.0
// What a message can meet is computed from its leaves up. A set of conditions is a mask of bits,
// and since there are at most five, a family of such sets is a mask of 32: bit m stands for
// "exactly the conditions of m can be met together here".
#include "services/sns/filter_policy.h"

#include <algorithm>

#include "base/assert.h"

namespace pawl::sns {
namespace {

using json::Value;
using Mask = uint32_t;
using Family = uint32_t;

constexpr size_t kMasks = size_t{1} << kFilterKeysMax;
constexpr Family kNothing = 1;  ///< the family of the empty set only

Family family_of(Mask mask) { return Family{1} << mask; }

/// Both sides can be had at once: every union of one set of each.
Family both(Family a, Family b) {
  if (a == kNothing) return b;
  if (b == kNothing) return a;
  Family unions = 0;
  for (Mask x = 0; x < kMasks; ++x) {
    if ((a >> x & 1) == 0) continue;
    for (Mask y = 0; y < kMasks; ++y)
      if ((b >> y & 1) != 0) unions |= family_of(x | y);
  }
  return unions;
}

class Matcher {
 public:
  explicit Matcher(const FilterPolicy::Alternative& conditions) : conditions_(conditions) {}

  bool matches(const Value& message) {
    const Family met = in_object(message);
    Mask absent = 0;
    for (size_t i = 0; i < conditions_.size(); ++i) {
      if ((present_ >> i & 1) == 0 && wants_absence(conditions_[i])) absent |= Mask{1} << i;
    }
    const Mask all = (Mask{1} << conditions_.size()) - 1;
    for (Mask mask = 0; mask < kMasks; ++mask)
      if ((met >> mask & 1) != 0 && (mask | absent) == all) return true;
    return false;
  }

 private:
  static bool wants_absence(const FilterPolicy::Condition& condition) {
    return std::any_of(
        condition.patterns.begin(), condition.patterns.end(),
        [](const FilterPattern& pattern) { return pattern.kind == FilterPattern::Kind::Absent; });
  }

  Family in_object(const Value& object) {
    Family met = kNothing;
    for (const json::Member& member : object.members()) {
      const size_t before = path_.size();
      if (before != 0) path_ += '.';
      path_ += member.name();
      if (leads_somewhere()) met = both(met, in_value(member.value));
      path_.resize(before);
    }
    return met;
  }

  /// Values of an array stand beside each other; of its objects and arrays only one is looked at.
  Family in_array(const Value& array) {
    Family values = kNothing;
    Family one_of = 0;
    for (const Value& item : array.items()) {
      if (item.is_container()) {
        one_of |= in_value(item);
      } else {
        values = both(values, in_value(item));
      }
    }
    return one_of == 0 ? values : both(values, one_of);
  }

  Family in_value(const Value& value) {
    if (value.is_object()) return in_object(value);
    if (value.is_array()) return in_array(value);
    Mask met = 0;
    for (size_t i = 0; i < conditions_.size(); ++i) {
      const FilterPolicy::Condition& condition = conditions_[i];
      if (condition.path != path_) continue;
      present_ |= Mask{1} << i;
      const bool matches =
          std::any_of(condition.patterns.begin(), condition.patterns.end(),
                      [&](const FilterPattern& pattern) { return pattern.matches(value); });
      if (matches) met |= Mask{1} << i;
    }
    return family_of(met);
  }

  /// Whether a condition is on this path or on one below.
  bool leads_somewhere() const {
    return std::any_of(
        conditions_.begin(), conditions_.end(), [this](const FilterPolicy::Condition& condition) {
          return condition.path.starts_with(path_) &&
                 (condition.path.size() == path_.size() || condition.path[path_.size()] == '.');
        });
  }

  const FilterPolicy::Alternative& conditions_;
  std::string path_;
  Mask present_ = 0;
};

}  // namespace

bool FilterPolicy::matches(const Value& message) const {
  // "Attribute key matching": an empty set of attributes matches nothing, not even absence.
  if (!message.is_object() || message.size() == 0) return false;
  return std::any_of(alternatives_.begin(), alternatives_.end(), [&](const Alternative& each) {
    PAWL_ASSERT(each.size() <= kFilterKeysMax);
    return Matcher(each).matches(message);
  });
}

}  // namespace pawl::sns
