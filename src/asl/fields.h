// SPDX-License-Identifier: Apache-2.0
// Fields: typed reading of the members of one JSON object of a definition. Every mistake becomes a
// diagnostic. Internal to asl.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "asl/diagnostic.h"
#include "asl/program.h"
#include "json/value.h"

namespace pawl::asl {

class Compiler;

/// The fields an object may have in each query language.
struct LanguageNames {
  std::span<const std::string_view> json_path;
  std::span<const std::string_view> jsonata;
};

/// A view; object and compiler are borrowed.
class Fields {
 public:
  Fields(Compiler& compiler, const json::Value& object, std::string pointer)
      : compiler_(compiler), object_(object), pointer_(std::move(pointer)) {}

  const json::Value& object() const { return object_; }
  const std::string& pointer() const { return pointer_; }
  std::string child_pointer(std::string_view name) const;
  bool has(std::string_view name) const { return object_.find(name) != nullptr; }
  const json::Value* find(std::string_view name) const { return object_.find(name); }

  /// Reports members whose names are not in `allowed`.
  void check_names(std::span<const std::string_view> allowed) const;
  /// The same where the names depend on the query language; a field of the other language is called
  /// that.
  void check_names(const LanguageNames& names, QueryLanguage language) const;
  /// Reports those that are absent, in one diagnostic: "These fields are required: [A, B]".
  void require(std::initializer_list<std::string_view> names) const;
  /// Reports if more than one of them is there.
  void at_most_one(std::initializer_list<std::string_view> names) const;
  /// Reports if none or more than one of them is there.
  void exactly_one(std::initializer_list<std::string_view> names) const;
  /// Reports that there is no such field.
  void refuse(std::string_view name) const;
  void error(std::string_view name, std::string message) const;
  /// Of an item of the array `name`.
  void error(std::string_view name, size_t index, std::string message) const;
  void error_here(std::string message) const;
  void warn(std::string_view name, std::string message,
            std::string_view code = kSchemaValidationFailed) const;
  void warn_here(std::string message) const;

  // Each gives nothing if the member is absent or wrong; wrong is reported.
  std::optional<std::string> string(std::string_view name) const;
  std::optional<std::string> one_of(std::string_view name,
                                    std::initializer_list<std::string_view> values) const;
  std::optional<bool> boolean(std::string_view name) const;
  std::optional<int64_t> integer(std::string_view name, int64_t min, int64_t max) const;
  std::optional<double> number(std::string_view name, double min, double max) const;
  std::optional<Fields> object(std::string_view name) const;
  /// The objects of an array, each with its pointer. Reports an empty array if `non_empty`.
  std::vector<Fields> objects(std::string_view name, bool non_empty) const;
  std::vector<std::string> strings(std::string_view name) const;

  std::optional<query::Path> path(std::string_view name) const;
  /// A path that names one node, of the input, the Context Object or a variable (ASL "Reference
  /// Paths").
  std::optional<query::Path> reference_path(std::string_view name) const;
  /// Variable and the …Path operators of Choice Rules: called Reference Paths, but AWS takes any
  /// path.
  std::optional<query::Path> choice_path(std::string_view name) const;
  PathField path_field(std::string_view name, bool nullable) const;
  ResultPathField result_path(std::string_view name) const;
  IntegerField integer_field(std::string_view name, int64_t min, int64_t max) const;
  NumberField number_field(std::string_view name, double min, double max) const;
  StringField string_field(std::string_view name) const;
  std::optional<query::PayloadTemplate> payload_template(std::string_view name) const;

 private:
  void warn_of_missing_dollars(const json::Value& value, const std::string& pointer) const;

  Compiler& compiler_;
  const json::Value& object_;
  std::string pointer_;
};

/// True for text that is a path or a call wherever one is expected: "$.a", "$$.b", "States.UUID()".
bool looks_like_expression(std::string_view text);

}  // namespace pawl::asl
