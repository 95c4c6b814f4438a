// SPDX-License-Identifier: Apache-2.0
// ShownValues: values in an answer, those that are too large left out with their size, so that a
// page stays quick; whoever wants one whole asks for its place.
#pragma once

#include <cstddef>
#include <string_view>

#include "aws/api_error.h"
#include "json/value.h"

namespace pawl::console {

/// Of one answer. One thread.
class ShownValues {
 public:
  static constexpr size_t kBytesMax = size_t{64} << 10;      ///< of one value as JSON text
  static constexpr size_t kTotalBytesMax = size_t{2} << 20;  ///< of all; then only small ones
  static constexpr size_t kSmallBytesMax = 256;

  /// `whole`: nothing is left out.
  explicit ShownValues(bool whole) : whole_(whole) {}

  /// {"value": …}, or {"truncated": true, "bytes": length as JSON text, "kind": "object" | "array"
  /// | "string", "size": of members, items or bytes}.
  void show(json::ObjectBuilder& out, const json::Value& value);
  json::Value shown(const json::Value& value);

 private:
  const bool whole_;
  size_t bytes_ = 0;
};

/// {"value": …}: the member "value" of the object in `answer` (made whole) at JSON pointer
/// `pointer`. Errors: ValidationException if there is none.
aws::ApiResult<json::Value> whole_value(const json::Value& answer, std::string_view pointer);

}  // namespace pawl::console
