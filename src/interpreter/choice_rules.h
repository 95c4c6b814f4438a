// SPDX-License-Identifier: Apache-2.0
// The data tests of Choice Rules (ASL "Data-test expression"): pure comparisons of JSON values.
#pragma once

#include <optional>
#include <string_view>

#include "asl/program.h"
#include "json/value.h"
#include "query/bindings.h"
#include "query/path/path.h"

namespace pawl::interpreter {

/// What a Variable or …Path selects: borrowed where the path is definite, owned where it builds an
/// array.
class SelectedValue {
 public:
  SelectedValue(const query::Path& path, const query::Bindings& bindings);
  SelectedValue(const SelectedValue&) = delete;
  SelectedValue& operator=(const SelectedValue&) = delete;

  bool present() const { return value_ != nullptr; }
  const json::Value& value() const { return *value_; }

 private:
  std::optional<json::Value> owned_;
  const json::Value* value_ = nullptr;
};

/// `rule` with a literal comparand. False if `variable` has not the operator's type.
bool compare_literal(const asl::ChoiceRule& rule, const json::Value& variable);

/// `op` with a comparand out of the data ("StringEqualsPath").
bool compare_values(asl::ChoiceOperator op, const json::Value& variable,
                    const json::Value& comparand);

/// UTF-16 code unit order, as Java's String.compareTo; both texts are valid UTF-8. Negative, 0 or
/// positive.
int compare_utf16(std::string_view a, std::string_view b);

/// ASL "StringMatches": `*` stands for any run of characters; the split at unescaped `*` was done
/// at compile time.
bool matches_pattern(const asl::StringPattern& pattern, std::string_view text);

}  // namespace pawl::interpreter
