// SPDX-License-Identifier: Apache-2.0
// Tokens of PartiQL statements.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"

namespace pawl::dynamodb {

struct PartiQlToken {
  enum class Kind { Word, Quoted, String, Number, Parameter, Symbol, End };
  Kind kind = Kind::End;
  std::string text;  ///< without quotes; words as written

  bool is(std::string_view symbol) const { return kind == Kind::Symbol && text == symbol; }
  /// A keyword in upper or lower case.
  bool is_word(std::string_view upper) const;
};

/// With an End behind. Errors: "Statement wasn't well formed, can't be processed: ".
aws::ApiResult<std::vector<PartiQlToken>> tokenize_partiql(std::string_view text);

/// "Statement wasn't well formed, can't be processed: DETAIL".
aws::ApiError not_well_formed(std::string_view detail);

}  // namespace pawl::dynamodb
