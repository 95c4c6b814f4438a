// SPDX-License-Identifier: Apache-2.0
// Reads members of objects whose types are settled already: inputs that a model has checked, and
// records that we wrote. What is missing, null or of another type reads as nothing.
//
// An integer is a number with an integral value that fits int64_t, however it is written: 1.0 and
// 1e3 are, 1.5 is none. Every function takes any Value: what is no object has no members.
//
// Not a validator: who must tell a wrong type from a missing member looks at Value::find itself.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"

namespace pawl::json {

/// The member if it is there and not null, else nullptr. Lives as long as `object`.
const Value* member_of(const Value& object, std::string_view name);
const Value* member_of(const Value&& object, std::string_view name) = delete;
/// True if the member is there and not null.
bool has_member(const Value& object, std::string_view name);

/// nullopt if it is no text; an empty text is one.
std::optional<std::string> find_text(const Value& object, std::string_view name);
/// "" if it is no text.
std::string text_member(const Value& object, std::string_view name);
/// nullopt if it is no integer.
std::optional<int64_t> find_integer(const Value& object, std::string_view name);
/// `otherwise` if it is no integer.
int64_t integer_member(const Value& object, std::string_view name, int64_t otherwise = 0);
/// nullopt if it is no number; the nearest double.
std::optional<double> find_number(const Value& object, std::string_view name);
/// `otherwise` if it is no boolean.
bool flag_member(const Value& object, std::string_view name, bool otherwise = false);

/// {} if it is no object.
Value object_member(const Value& object, std::string_view name);
/// [] if it is no array.
Value array_member(const Value& object, std::string_view name);
/// The items of an array, none if it is no array. They live as long as `object`.
std::span<const Value> items_member(const Value& object, std::string_view name);
std::span<const Value> items_member(const Value&& object, std::string_view name) = delete;
/// The texts among the items of an array, none if it is no array.
std::vector<std::string> texts_member(const Value& object, std::string_view name);
/// The array of these texts.
Value texts_value(const std::vector<std::string>& texts);

/// Sets in `out` those of the members of `from` that are there (null counts), in the order given.
void copy_members(const Value& from, std::initializer_list<std::string_view> names,
                  ObjectBuilder& out);
/// An object of those of the members that are there (null counts), in the order given.
Value selected(const Value& object, std::initializer_list<std::string_view> names);

}  // namespace pawl::json
