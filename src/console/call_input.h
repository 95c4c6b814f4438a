// SPDX-License-Identifier: Apache-2.0
// The input of an operation as JSON by the names of the API reference, checked against its shape.
#pragma once

#include "aws/api_error.h"
#include "aws/model/shape.h"
#include "json/value.h"

namespace pawl::console {

/// `given` as a service takes it: of the right types; nulls are absent. What the model asks for
/// beyond types (lengths, patterns, what is required) the service's own check says.
/// Errors: ValidationException for a member that the shape does not have, SerializationException
/// for a wrong type, as AWS words it. Thread-safe.
aws::ApiResult<json::Value> read_call_input(const aws::Shape& shape, const json::Value& given);

}  // namespace pawl::console
