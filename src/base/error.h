// SPDX-License-Identifier: Apache-2.0
// Expected failures as values: Error, Result<T>, PAWL_TRY.
// Not for broken invariants (base/assert.h) and not for workflow errors, which are data
// (asl/execution_error.h).
#pragma once

#include <string>
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

#define PAWL_CONCATENATE_EXPANDED(a, b) a##b
#define PAWL_CONCATENATE(a, b) PAWL_CONCATENATE_EXPANDED(a, b)

#define PAWL_TRY_NAMED(result, expression)                         \
  ({                                                               \
    auto result = (expression);                                    \
    if (!result) return tl::unexpected(std::move(result).error()); \
    std::move(*result);                                            \
  })

/// Evaluates to the value of a Result, or returns its error from the enclosing function. Also takes
/// any other tl::expected whose error the enclosing function returns.
#define PAWL_TRY(expression) PAWL_TRY_NAMED(PAWL_CONCATENATE(pawl_result_, __COUNTER__), expression)

/// The same for a Result<void>, as a statement.
#define PAWL_TRY_VOID(expression)                                                    \
  do {                                                                               \
    auto pawl_try_result = (expression);                                             \
    if (!pawl_try_result) return tl::unexpected(std::move(pawl_try_result).error()); \
  } while (false)
