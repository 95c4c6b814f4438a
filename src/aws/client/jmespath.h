// SPDX-License-Identifier: Apache-2.0
// JMESPath as waiters and paginators of the AWS models use it (jmespath.org specification): fields,
// indexes, projections, filters, comparisons, literals and length(). Nothing else: it is refused by
// name. Not a language of workflows.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "json/value.h"

namespace pawl::aws {

/// One compiled expression. Immutable; thread-safe.
class JmesPath {
 public:
  /// Errors: InvalidSyntax with the column; LimitExceeded for parentheses nested deeper than 64.
  static base::Result<JmesPath> compile(std::string_view text);

  /// What it selects of `value`; null if nothing. length() of what has none is null.
  json::Value search(const json::Value& value) const;

  const std::string& text() const { return text_; }

  struct Node;

 private:
  JmesPath(std::string text, std::shared_ptr<const Node> root)
      : text_(std::move(text)), root_(std::move(root)) {}

  std::string text_;
  std::shared_ptr<const Node> root_;
};

}  // namespace pawl::aws
