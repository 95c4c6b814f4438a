// SPDX-License-Identifier: Apache-2.0
// Outcome: a result, or the error that a Map Run ends with (States.ItemReaderFailed,
// States.ResultWriterFailed). The error is data that Retriers and Catchers match, so it is no
// base::Error.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

#include "asl/execution_error.h"
#include "base/error.h"

namespace pawl::items {

/// A T or an ExecutionError; PAWL_TRY works with it. T may be void.
template <typename T>
class [[nodiscard]] Outcome : public tl::expected<T, asl::ExecutionError> {
 public:
  using tl::expected<T, asl::ExecutionError>::expected;
  Outcome(asl::ExecutionError error)
      : tl::expected<T, asl::ExecutionError>(tl::unexpect, std::move(error)) {}
  Outcome(tl::unexpected<asl::ExecutionError> error)
      : tl::expected<T, asl::ExecutionError>(std::move(error)) {}
};

/// {States.ItemReaderFailed, cause}
inline asl::ExecutionError reader_failed(std::string cause) {
  return {.error = std::string(asl::error_name::kItemReaderFailed), .cause = std::move(cause)};
}

/// {States.ResultWriterFailed, cause}
inline asl::ExecutionError writer_failed(std::string cause) {
  return {.error = std::string(asl::error_name::kResultWriterFailed), .cause = std::move(cause)};
}

}  // namespace pawl::items
