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
  using Names = std::set<std::string, std::less<>>;
  Names parameters = {};
  Names replaced = {};  ///< resources that will have another physical id, or may have
  Names certain = {};   ///< those of them that certainly will: new ones, too
  Names modified = {};  ///< resources whose attributes may be others afterwards
  Names unsure = {};    ///< replaced only if what they refer to turns out to be another
};

/// DescribeChangeSet tells of values where it knows them, else of what might change.
enum class ChangeView { Both, WithValues, WithoutValues };

struct ChangeCause {
  std::string source;  ///< the API's ChangeSource
  std::string entity;  ///< CausingEntity; "" for DirectModification
  bool is_static = true;
  ChangeView view = ChangeView::Both;
};

/// Of an expression as the template before and the one now have it (null: not at all), whose value
/// changes. Never empty.
std::vector<ChangeCause> change_causes(const json::Value& before, const json::Value& after,
                                       const ChangedEntities& changed);

/// Why the value of an expression might change, though nothing known says that it does: attributes
/// of resources that change in place. May be empty.
std::vector<ChangeCause> possible_causes(const json::Value& expression,
                                         const ChangedEntities& changed);

}  // namespace pawl::cloudformation
