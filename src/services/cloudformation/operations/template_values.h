// SPDX-License-Identifier: Apache-2.0
// Between stored records and the language of templates: parameters, environments, events.
#pragma once

#include <string>
#include <vector>

#include "formation/environment.h"
#include "formation/parameters.h"
#include "json/value.h"
#include "services/cloudformation/state/records.h"

namespace pawl::cloudformation {

formation::ParameterValues parameter_values(const std::vector<ParameterRecord>& records);
std::vector<ParameterRecord> parameter_records(
    const std::vector<formation::ParameterDeclaration>& declarations,
    const formation::ParameterValues& values);
formation::Environment environment_of(const StackKey& key, const StackRecord& stack,
                                      const std::string& url_suffix);

/// The event of a stack that has just got its status.
EventRecord stack_event(const StackRecord& stack, const OperationRecord& operation,
                        const std::string& reason, int64_t now_ms);

/// Numbers and booleans as text, as events, change sets and custom resources have them.
json::Value with_texts(const json::Value& value);

/// A UUID, the same for the same text.
std::string uuid_from(std::string_view text);

}  // namespace pawl::cloudformation
