// SPDX-License-Identifier: Apache-2.0
// IntrinsicCall: a compiled intrinsic function call (ASL "Intrinsic Functions", Appendix B), e.g.
// States.Format('{}', $.name). Arguments are strings, numbers, true/false/null, paths and nested
// calls.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "json/value.h"
#include "query/bindings.h"
#include "query/path/path.h"

namespace pawl::query {

namespace intrinsic {
struct Call;  // the compiled tree, query/intrinsic/call.h
}

/// Immutable, cheap to copy, safe to evaluate from several threads.
class IntrinsicCall {
 public:
  /// Parses and checks name and number of arguments. The 18 functions: States.Format, StringToJson,
  /// JsonToString, Array, ArrayPartition, ArrayContains, ArrayRange, ArrayGetItem, ArrayLength,
  /// ArrayUnique, Base64Encode, Base64Decode, Hash, JsonMerge, MathRandom, MathAdd, StringSplit,
  /// UUID. Errors: InvalidSyntax with column: unknown function, wrong number of arguments,
  /// unterminated string, nesting deeper than 10 calls.
  static base::Result<IntrinsicCall> compile(std::string_view text);

  const std::string& text() const;
  /// Every path that stands in it as an argument, for validation of variables and Context Object
  /// access.
  std::vector<Path> paths() const;

  /// Errors: IntrinsicFailure (wrong argument types, limits, bad index …: States.IntrinsicFailure),
  /// PathNotFound for an argument path that selects nothing. Messages as recorded from AWS where
  /// known.
  base::Result<json::Value> evaluate(const Bindings& bindings) const;

 private:
  explicit IntrinsicCall(std::shared_ptr<const intrinsic::Call> call) : call_(std::move(call)) {}
  std::shared_ptr<const intrinsic::Call> call_;
};

/// True if `text` looks like a call ("States." first); paths start with "$".
bool is_intrinsic_text(std::string_view text);

}  // namespace pawl::query
