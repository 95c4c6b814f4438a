// SPDX-License-Identifier: Apache-2.0
#include "services/s3/actions/object_parts.h"

#include <algorithm>

#include "base/integer.h"
#include "services/s3/checksums.h"
#include "services/s3/errors.h"
#include "services/s3/object_attributes.h"

namespace pawl::s3 {

using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr int64_t kPartsMax = 1'000;

}  // namespace

ApiResult<PartPlace> find_part(const ObjectVersion& version, int64_t number, bool has_range) {
  if (has_range) {
    return invalid_request("Cannot specify both Range header and partNumber query parameter");
  }
  const auto parts = static_cast<int64_t>(version.has_parts() ? version.pieces.size() : 1);
  if (number < 1 || number > parts) {
    return error("InvalidPartNumber", "The requested partnumber is not satisfiable", 416,
                 {{"ActualPartCount", std::to_string(parts)},
                  {"PartNumberRequested", std::to_string(number)}});
  }
  if (!version.has_parts()) return PartPlace{0, version.size, nullptr};
  PartPlace place;
  for (int64_t i = 0; i + 1 < number; ++i) {
    place.offset += version.pieces[static_cast<size_t>(i)].content.size;
  }
  place.piece = &version.pieces[static_cast<size_t>(number - 1)];
  place.size = place.piece->content.size;
  return place;
}

void tell_part_checksum(const ObjectVersion& version, const PartPlace& place, ObjectBuilder& out) {
  if (place.piece == nullptr) return tell_checksum(version.checksum, out);
  if (place.piece->checksum.empty()) return;
  out.set(member_of(version.checksum.algorithm), Value(place.piece->checksum))
      .set("ChecksumType", Value(version.checksum.is_composite ? "COMPOSITE" : "FULL_OBJECT"));
}

Value describe_parts(const ObjectVersion& version, const Input& input) {
  ObjectBuilder out;
  out.set("TotalPartsCount", Value(static_cast<int64_t>(version.pieces.size())));
  // Recorded: only the parts of a composite checksum are listed.
  if (!version.checksum.is_composite) return std::move(out).build();
  const int64_t after =
      input.integer("PartNumberMarker")
          .value_or(base::parse_int64(input.text("PartNumberMarker")).value_or(0));
  const auto count_max = static_cast<size_t>(
      std::clamp<int64_t>(input.integer("MaxParts").value_or(kPartsMax), 0, kPartsMax));
  std::vector<Value> parts;
  bool is_truncated = false;
  int64_t last = 0;
  for (const Piece& piece : version.pieces) {
    if (piece.part_number <= after) continue;
    if (parts.size() == count_max) {
      is_truncated = true;
      break;
    }
    ObjectBuilder one;
    last = piece.part_number;
    one.set("PartNumber", Value(last)).set("Size", Value(static_cast<int64_t>(piece.content.size)));
    if (!piece.checksum.empty()) {
      one.set(member_of(version.checksum.algorithm), Value(piece.checksum));
    }
    parts.push_back(std::move(one).build());
  }
  out.set("PartNumberMarker", Value(after))
      .set("NextPartNumberMarker", Value(last))
      .set("MaxParts", Value(static_cast<int64_t>(count_max)))
      .set("IsTruncated", Value(is_truncated))
      .set("Parts", Value::array(std::move(parts)));
  return std::move(out).build();
}

}  // namespace pawl::s3
