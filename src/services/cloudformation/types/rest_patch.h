// SPDX-License-Identifier: Apache-2.0
// Patch operations of API Gateway's REST APIs from two sets of properties: what an update of a
// resource sends.
// https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"

namespace pawl::cloudformation {

class PatchList {
 public:
  void replace(std::string path, std::string_view value) { add("replace", path, value); }
  void remove(std::string path) { operations_.push_back(operation("remove", path)); }
  void add(std::string_view op, std::string_view path, std::string_view value);
  /// What makes `before` into `after`, both in the operation's shape: members that differ are
  /// replaced or removed, items of lists of texts added or removed.
  void add_changes(const std::string& path, const json::Value& before, const json::Value& after);

  bool empty() const { return operations_.empty(); }
  json::Value build() && { return json::Value::array(std::move(operations_)); }

  /// "/a~1b" of "a/b".
  static std::string child(std::string_view path, std::string_view name);

 private:
  static json::Value operation(std::string_view op, std::string_view path);

  std::vector<json::Value> operations_;
};

}  // namespace pawl::cloudformation
