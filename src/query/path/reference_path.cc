// SPDX-License-Identifier: Apache-2.0
// ReferencePath: compile and assign (ASL "Reference Paths", "ResultPath").
#include <utility>

#include "query/path/path.h"
#include "query/path/program.h"

namespace pawl::query {
namespace {

base::Error mismatch(const ReferenceStep& step, const json::Value& found) {
  const std::string name = step.index ? std::to_string(*step.index) : step.name;
  return {base::ErrorKind::TypeMismatch, "Unable to apply step \"" + name + "\" to input " +
                                             std::string(json::kind_name(found.kind()))};
}

base::Result<json::Value> assign_below(const json::Value& current,
                                       const std::vector<ReferenceStep>& steps, size_t at,
                                       json::Value result) {
  if (at == steps.size()) return result;
  const ReferenceStep& step = steps[at];
  if (step.index) {
    if (!current.is_array() || *step.index >= current.size()) return mismatch(step, current);
    json::Value child =
        PAWL_TRY(assign_below(current.items()[*step.index], steps, at + 1, std::move(result)));
    return current.with_item(*step.index, std::move(child));
  }
  if (!current.is_object()) return mismatch(step, current);
  const json::Value* present = current.find(step.name);
  // ASL "ResultPath": what is not there is made.
  const json::Value below = present != nullptr ? *present : json::Value::object();
  return current.with_member(step.name,
                             PAWL_TRY(assign_below(below, steps, at + 1, std::move(result))));
}

}  // namespace

base::Result<ReferencePath> ReferencePath::compile(std::string_view text) {
  const auto program = PAWL_TRY(path::compile_program(text));
  const auto refuse = [&](std::string why) {
    return base::Error(base::ErrorKind::InvalidSyntax,
                       "'" + std::string(text) + "' is not a Reference Path: " + why);
  };
  if (program->root != PathRoot::Input || !text.starts_with('$'))
    return refuse("it must start with '$.' or '$['");
  if (program->function) return refuse("it calls a function");
  ReferencePath reference;
  reference.text_ = text;
  for (const path::Segment& segment : program->segments) {
    if (segment.kind == path::SegmentKind::Property) {
      reference.steps_.push_back({.name = segment.names.front(), .index = std::nullopt});
    } else if (segment.kind == path::SegmentKind::Index && segment.indexes.front() >= 0) {
      reference.steps_.push_back(
          {.name = {}, .index = static_cast<size_t>(segment.indexes.front())});
    } else {
      return refuse("it may select several nodes");
    }
  }
  return reference;
}

base::Result<json::Value> ReferencePath::assign(const json::Value& raw_input,
                                                json::Value result) const {
  return assign_below(raw_input, steps_, 0, std::move(result));
}

}  // namespace pawl::query
