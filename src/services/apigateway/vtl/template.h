// SPDX-License-Identifier: Apache-2.0
// Template: a mapping template (Velocity Template Language 1.7 as API Gateway has it) ready to be
// rendered. What its variables are is the caller's.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "services/apigateway/vtl/syntax.h"
#include "services/apigateway/vtl/value.h"

namespace pawl::apigateway::vtl {

/// By name, without the "$". #set changes it.
using Variables = std::map<std::string, Value, std::less<>>;

/// Immutable; may be rendered by several threads, each with variables of its own.
class Template {
 public:
  /// Errors: InvalidSyntax, LimitExceeded (parser.h).
  static base::Result<Template> parse(std::string_view text);

  /// Errors: LimitExceeded beyond 200,000 steps or 10 MB of text; TypeMismatch for a method that
  /// cannot be called so.
  base::Result<std::string> render(Variables& variables) const;

 private:
  std::shared_ptr<const std::vector<Node>> nodes_;
};

}  // namespace pawl::apigateway::vtl
