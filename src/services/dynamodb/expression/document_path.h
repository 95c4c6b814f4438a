// SPDX-License-Identifier: Apache-2.0
// DocumentPath: a place in an item, "a.b[3]", and what reading and projecting by it gives
// (Developer Guide "Specifying item attributes").
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/dynamodb/attribute_value.h"

namespace pawl::dynamodb {

struct PathElement {
  std::string name;    ///< of an attribute or a map's member
  int64_t index = -1;  ///< of a list, if not below 0

  bool is_index() const { return index >= 0; }
  friend bool operator==(const PathElement&, const PathElement&) = default;
};

using DocumentPath = std::vector<PathElement>;

/// "[a, b, [3]]", as messages print it.
std::string printed(const DocumentPath& path);

/// Null if there is nothing.
const AttributeValue* resolve(const DocumentPath& path, const Item& item);

/// Two paths of one expression that may not stand together.
enum class PathRelation { Distinct, Overlap, Conflict };
PathRelation relation(const DocumentPath& a, const DocumentPath& b);

/// The part of `item` that the paths name. Lists keep the order of the chosen elements, without
/// gaps.
Item project(const Item& item, std::span<const DocumentPath> paths);

}  // namespace pawl::dynamodb
