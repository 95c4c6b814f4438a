// SPDX-License-Identifier: Apache-2.0
// Words that expressions may not use as attribute names (Developer Guide "Reserved words in
// DynamoDB").
#pragma once

#include <string_view>

namespace pawl::dynamodb {

/// In upper or lower case.
bool is_reserved_word(std::string_view word);

}  // namespace pawl::dynamodb
