// SPDX-License-Identifier: Apache-2.0
// Why a property changes: because the template says something else, or because what it refers to
// is something else now.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "json/value.h"

namespace pawl::cloudformation {

/// What has changed around a property's expression.
struct ChangedEntities {
  std::set<std::string, std::less<>> parameters = {};
  std::set<std::string, std::less<>> replaced = {};  ///< resources with another physical id
};

struct ChangeCause {
  std::string source;  ///< the API's ChangeSource
  std::string entity;  ///< CausingEntity; "" for DirectModification
  bool is_static = true;
};

/// Of an expression as the template before and the one now have it (null: not at all), whose value
/// changes. Never empty.
std::vector<ChangeCause> change_causes(const json::Value& before, const json::Value& after,
                                       const ChangedEntities& changed);

}  // namespace pawl::cloudformation
