// SPDX-License-Identifier: Apache-2.0
// Text to an unchecked tree; and paths, which update and projection expressions have too.
#pragma once

#include <string_view>

#include "aws/api_error.h"
#include "services/dynamodb/expression/condition.h"
#include "services/dynamodb/expression/token.h"

namespace pawl::dynamodb {

/// Paths keep "#name" and values have their placeholder in `text`.
/// Errors: syntax.
aws::ApiResult<Condition> parse_condition(std::string_view title, std::string_view text);

/// A path that begins at the reader's token; the "#name"s stay.
aws::ApiResult<DocumentPath> parse_path(TokenReader& reader);
/// ".b" and "[1]" behind a path.
aws::ApiResult<void> parse_path_rest(TokenReader& reader, DocumentPath& path);

/// Replaces "#name"s. `reserved` and `undefined` get the first mistake of their kind.
void resolve_names(DocumentPath& path, Placeholders& placeholders, std::string& reserved,
                   std::string& undefined);

}  // namespace pawl::dynamodb
