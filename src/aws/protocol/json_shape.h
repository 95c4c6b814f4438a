// SPDX-License-Identifier: Apache-2.0
// Values against shapes in the JSON protocols: member names to wire names and back, types checked
// with the words AWS uses.
#pragma once

#include "aws/api_error.h"
#include "aws/model/shape.h"
#include "json/value.h"

namespace pawl::aws {

/// JSON from the wire as a Value of the shape of `member`. Unknown members are dropped, null
/// members are absent. Errors: SerializationException as coral words it. Thread-safe.
ApiResult<json::Value> read_json(const Member& member, const json::Value& wire);
ApiResult<json::Value> read_json(const Shape& shape, const json::Value& wire);

/// The opposite: members the model does not know, and nulls, are left out. Total: a value of the
/// wrong type is written as it is.
json::Value write_json(const Member& member, const json::Value& value);
json::Value write_json(const Shape& shape, const json::Value& value);

/// Whether only the members of the body (location "body") are read and written: REST-JSON.
enum class Members { All, BodyOnly };
ApiResult<json::Value> read_json_structure(const Shape& shape, const json::Value& wire,
                                           Members which);
json::Value write_json_structure(const Shape& shape, const json::Value& value, Members which);

}  // namespace pawl::aws
