// SPDX-License-Identifier: Apache-2.0
// Fields: typed reading of the members of one JSON object of a definition. Every mistake becomes a diagnostic.
// Internal to asl.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "asl/program.h"
#include "json/value.h"

namespace pawl::asl {

class Compiler;

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
  /// Reports those that are absent, in one diagnostic: "These fields are required: [A, B]".
  void require(std::initializer_list<std::string_view> names) const;
  /// Reports if more than one of them is there.
  void exclude(std::string_view a, std::string_view b) const;
  void error(std::string_view name, std::string message) const;
  void error_here(std::string message) const;
  void warn(std::string_view name, std::string message) const;
  void warn_here(std::string message) const;

  // Each gives nothing if the member is absent or wrong; wrong is reported.
  std::optional<std::string> string(std::string_view name) const;
  std::optional<bool> boolean(std::string_view name) const;
  std::optional<int64_t> integer(std::string_view name, int64_t min, int64_t max) const;
  std::optional<double> number(std::string_view name, double min, double max) const;
  std::optional<Fields> object(std::string_view name) const;
  /// The objects of an array, each with its pointer. Reports an empty array if `non_empty`.
  std::vector<Fields> objects(std::string_view name, bool non_empty) const;
  std::vector<std::string> strings(std::string_view name) const;

  std::optional<query::Path> path(std::string_view name) const;
  PathField path_field(std::string_view name, bool nullable) const;
  ResultPathField result_path(std::string_view name) const;
  IntegerField integer_field(std::string_view name, int64_t min, int64_t max) const;
  NumberField number_field(std::string_view name, double min, double max) const;
  StringField string_field(std::string_view name) const;
  std::optional<query::PayloadTemplate> payload_template(std::string_view name) const;

 private:
  Compiler& compiler_;
  const json::Value& object_;
  std::string pointer_;
};

}  // namespace pawl::asl
