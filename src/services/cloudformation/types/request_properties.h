// SPDX-License-Identifier: Apache-2.0
// Reads the properties of a resource, as they were and as they are to be, by their paths. Members
// of one object read json/members.h.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "json/value.h"
#include "services/cloudformation/types/resource_type.h"

namespace pawl::cloudformation {

/// The value at "A.B.C"; nullptr if it is not there or null.
const json::Value* value_at(const json::Value& properties, std::string_view path);

/// True if the property differs between the resource and the template.
bool differs(const ResourceRequest& request, std::string_view path);
bool any_differs(const ResourceRequest& request, std::initializer_list<std::string_view> paths);

/// The text at "A.B"; "" if there is none.
std::string text_at(const json::Value& properties, std::string_view path);

/// The name that the template gives, or a generated one of at most `length_max` characters.
std::string name_of(const ResourceRequest& request, std::string_view property, size_t length_max);

/// "LogicalId-aB3dEfGhIjKl", with `prefix` before: how newer types of AWS name what the template
/// does not. At most `length_max` characters.
std::string generated_identifier(const ResourceRequest& request, size_t length_max,
                                 std::string_view prefix = {});

/// A token for ClientToken and the like: a UUID, the same for the same operation.
std::string client_token(const ResourceRequest& request);

}  // namespace pawl::cloudformation
