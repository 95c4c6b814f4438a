// SPDX-License-Identifier: Apache-2.0
// The parts of an object that was uploaded in parts, as reads see them.
#pragma once

#include "aws/api_error.h"
#include "json/value.h"
#include "services/s3/input.h"
#include "services/s3/records.h"

namespace pawl::s3 {

struct PartPlace {
  uint64_t offset = 0;
  uint64_t size = 0;
  const Piece* piece = nullptr;  ///< null: the object is one whole
};

/// An object that was not uploaded in parts is its own part 1.
/// Errors: InvalidPartNumber (416), InvalidRequest (with a Range).
aws::ApiResult<PartPlace> find_part(const ObjectVersion& version, int64_t number, bool has_range);
/// The part's own checksum, if it has one.
void tell_part_checksum(const ObjectVersion& version, const PartPlace& place,
                        json::ObjectBuilder& out);
/// ObjectParts of GetObjectAttributes.
json::Value describe_parts(const ObjectVersion& version, const Input& input);

}  // namespace pawl::s3
