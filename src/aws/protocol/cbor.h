// SPDX-License-Identifier: Apache-2.0
// CBOR (RFC 8949) against shapes: bodies of RPC-v2-CBOR.
#pragma once

#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "aws/model/shape.h"
#include "json/value.h"

namespace pawl::aws {

/// Nulls and members the model does not know are left out; timestamps carry tag 1. Total.
std::string write_cbor(const Shape& shape, const json::Value& value);

/// One whole item; definite and indefinite lengths. Unknown members are skipped, nulls absent.
/// Errors: SerializationException for broken CBOR, wrong types, depth over 64.
ApiResult<json::Value> read_cbor(const Shape& shape, std::string_view bytes);

/// A structure {"__type": type, members of `shape`}: the body of an error. `shape` may be null.
std::string write_cbor_error(std::string_view type, const Shape* shape, const json::Value& members);

/// The text member `key` of the outermost map; "" if there is none.
std::string cbor_text_member(std::string_view bytes, std::string_view key);

}  // namespace pawl::aws
