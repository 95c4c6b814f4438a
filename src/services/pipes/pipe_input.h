// SPDX-License-Identifier: Apache-2.0
// What Pipes demands of a pipe beyond the model.
#pragma once

#include <cstdint>

#include "aws/api_error.h"
#include "json/value.h"

namespace pawl::pipes {

/// Members of CreatePipe's or UpdatePipe's input that make a pipe.
json::Value settings_of(const json::Value& input);

/// The settings with what UpdatePipe's input changes.
json::Value updated_settings(const json::Value& settings, const json::Value& input);

/// Errors: ValidationException.
aws::ApiResult<void> check_settings(const json::Value& settings);

/// Of SourceParameters: the member for the source's kind; {} if there is none.
json::Value source_parameters(const json::Value& settings);

/// How many events the target, and the enrichment, take at once at most.
int64_t batch_size_max(const json::Value& settings);
/// BatchSize, or its default.
int64_t batch_size(const json::Value& settings);

}  // namespace pawl::pipes
