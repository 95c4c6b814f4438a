// SPDX-License-Identifier: Apache-2.0
// What actions read and answer alike: tags, times, pages, stacks as DescribeStacks shows them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/api_error.h"
#include "json/value.h"
#include "services/cloudformation/state/records.h"

namespace pawl::cloudformation {

NamedTexts tags_of(const json::Value& input);
json::Value tags_value(const NamedTexts& tags);
json::Value time_of(int64_t ms);
json::Value parameters_value(const std::vector<ParameterRecord>& parameters);
json::Value object_of(std::initializer_list<std::pair<std::string_view, json::Value>> members);
/// Sets the member unless the text is "".
void set_text(json::ObjectBuilder& out, std::string_view name, const std::string& text);
/// JSON text as a value; {} for what is none.
json::Value json_of(const std::string& text);
/// Of what a user asks a stack to be, all but template and parameters.
Configuration asked_configuration(const json::Value& input);

/// At most `max` items from the one that `NextToken` names on.
struct Page {
  size_t begin = 0;
  size_t end = 0;
  std::string next = {};
};
/// Errors: ValidationError for a token that is none.
aws::ApiResult<Page> page_of(const json::Value& input, size_t items, size_t max);

/// The DriftInformation of a stack.
json::Value drift_value(const StackRecord& stack);

/// A member of DescribeStacks' Stacks.
json::Value stack_value(const StackRecord& stack);
/// Whether the stack may be changed now.
bool is_updatable(const std::string& status);

}  // namespace pawl::cloudformation
