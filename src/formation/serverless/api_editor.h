// SPDX-License-Identifier: Apache-2.0
// What the editors of Swagger 2 and OpenAPI 3 definitions have in common: paths and methods, also
// those inside Fn::If (open_api/base_editor.py of the translator).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formation/serverless/sam_resource.h"

namespace pawl::formation::serverless {

inline constexpr std::string_view kIntegration = "x-amazon-apigateway-integration";
inline constexpr std::string_view kAnyMethod = "x-amazon-apigateway-any-method";
inline constexpr std::string_view kAuthorizerKey = "x-amazon-apigateway-authorizer";

/// True if the text of `version` is 3, 3.0 or 3.0.1.
bool is_openapi_3(const Node& version);
/// Lower case; "any" is x-amazon-apigateway-any-method.
Node normalized_method(const Node& method);
/// Path parameters as "*", for ARNs; those with a + too if `greedy`.
Node path_for_arn(const Node& path, bool greedy);
/// The sides of an Fn::If, or the item alone. Errors: Fn::If without a list.
Outcome<std::vector<Node>> conditional_contents(const Node& item);
/// The member at "a.b.c"; null if it is not there. Errors: the message of what is no map on the
/// way.
tl::expected<Node, std::string> deep_get(const Node& map, const std::vector<std::string>& path);

class ApiEditor {
 public:
  /// Works on a deep copy of `document`, which must be valid.
  explicit ApiEditor(const Node& document);

  std::vector<Node> paths() const { return paths_.keys(); }
  Node path(const Node& name) const { return paths_.get(name.text()); }
  void make_path_conditional(const Node& path, const Node& condition);
  Outcome<bool> has_integration(const Node& path, const Node& method) const;
  Outcome<void> add_path(const Node& path, const Node& method);
  Outcome<void> set_timeout(const Node& path, const Node& method, const Node& timeout);

 protected:
  using Method = std::pair<Node, Node>;

  Outcome<std::vector<Node>> path_items(const Node& path) const;
  /// The definitions of one method; those without integration only if `all`.
  Outcome<std::vector<Node>> method_definitions(const Node& path, const Node& method,
                                                bool all = false) const;
  /// The methods of a path that have an integration, with normalized names.
  Outcome<std::vector<Method>> methods_of(const Node& path,
                                          const std::vector<std::string_view>& excluded) const;

  Node document_;
  Node paths_;
};

}  // namespace pawl::formation::serverless
