// SPDX-License-Identifier: Apache-2.0
// Values against shapes in the form parameters of Query and EC2: "Tags.member.1.Key=a". Smithy 2.0,
// "AWS query protocol" and "AWS EC2 query protocol".
#pragma once

#include "aws/api_error.h"
#include "aws/http_message.h"
#include "aws/model/service_model.h"
#include "json/value.h"

namespace pawl::aws {

/// Appends the members of `input`. `protocol` is Query or Ec2.
void write_query_parameters(const Shape& shape, const json::Value& input, Protocol protocol,
                            QueryParameters& out);

/// Parameters that the shape does not know are ignored; both forms of lists are taken.
/// Errors: SerializationException for a scalar that is none, or names nested deeper than 32.
ApiResult<json::Value> read_query_parameters(const Shape& shape, const QueryParameters& parameters,
                                             Protocol protocol);

}  // namespace pawl::aws
