// SPDX-License-Identifier: Apache-2.0
// Expected failures as values: Error, Result<T>, PAWL_TRY.
// Not for broken invariants (base/assert.h) and not for workflow errors, which are data (asl/execution_error.h).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <tl/expected.hpp>

namespace pawl::base {

/// What a caller can react to; the message is for people.
enum class ErrorKind {
  InvalidJson,       ///< text is not JSON, or beyond the reader's limits
  InvalidSyntax,     ///< a path, intrinsic, expression or option does not parse
  PathNotFound,      ///< a path selects nothing where a value is owed
  IntrinsicFailure,  ///< States.IntrinsicFailure
  TypeMismatch,      ///< a value has the wrong JSON type for its place
  LimitExceeded,     ///< size, depth, count or time beyond base::Limits
  NotFound,          ///< a file, function or other named thing is absent
  Unsupported,       ///< known, but not built; the message names it
  Io,                ///< the operating system refused
};

/// A place in a text: line and column count from 1, column in bytes; 0 means unknown.
struct SourcePosition {
  int line = 0;
  int column = 0;
};

/// An expected failure. Immutable by convention; owns its text; cheap to move.
struct Error {
  ErrorKind kind;
  std::string message;
  SourcePosition position = {};

  Error(ErrorKind error_kind, std::string text, SourcePosition where = {})
      : kind(error_kind), message(std::move(text)), position(where) {}
};

/// A T or an Error. T may be void.
template <typename T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
  Result(Error error) : tl::expected<T, Error>(tl::unexpect, std::move(error)) {}
  Result(tl::unexpected<Error> error) : tl::expected<T, Error>(std::move(error)) {}
};

}  // namespace pawl::base

/// Evaluates to the value of a Result, or returns its Error from the enclosing function.
#define PAWL_TRY(expression)                                                             \
  ({                                                                                     \
    auto pawl_try_result = (expression);                                                 \
    if (!pawl_try_result) return tl::unexpected(std::move(pawl_try_result).error());     \
    static_assert(!std::is_reference_v<decltype(std::move(pawl_try_result).value())> ||  \
                  std::is_rvalue_reference_v<decltype(std::move(pawl_try_result).value())>); \
    std::move(*pawl_try_result);                                                         \
  })

/// The same for Result<void>.
#define PAWL_TRY_VOID(expression)                                                    \
  do {                                                                               \
    auto pawl_try_result = (expression);                                             \
    if (!pawl_try_result) return tl::unexpected(std::move(pawl_try_result).error()); \
  } while (false)
