// SPDX-License-Identifier: Apache-2.0
// ASL Appendix B: intrinsics for JSON data.
#include "json/parse.h"
#include "json/write.h"
#include "query/intrinsic/call.h"

namespace pawl::query::intrinsic {

base::Result<json::Value> string_to_json(const Arguments& arguments) {
  if (!arguments.values[0].is_string()) return failure(arguments, "the argument must be a string");
  const std::string_view text = arguments.values[0].as_string();
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
    return json::Value();  // recorded: null
  base::Result<json::Value> parsed = json::parse(text);
  if (!parsed) return failure(arguments, "the string is not JSON: " + parsed.error().message);
  return parsed;
}

base::Result<json::Value> json_to_string(const Arguments& arguments) {
  return json::Value(json::write(arguments.values[0]));
}

base::Result<json::Value> json_merge(const Arguments& arguments) {
  const json::Value& first = arguments.values[0];
  const json::Value& second = arguments.values[1];
  const json::Value& deep = arguments.values[2];
  if (!first.is_object() || !second.is_object())
    return failure(arguments, "the first two arguments must be objects");
  if (!deep.is_boolean()) return failure(arguments, "the third argument must be a boolean");
  // "Step Functions currently only supports the shallow merging mode; therefore, you must specify
  // false."
  if (deep.as_boolean()) return failure(arguments, "deep merging is not supported");
  json::Value merged = first;
  for (const json::Member& member : second.members())
    merged = merged.with_member(member.name(), member.value);
  return merged;
}

}  // namespace pawl::query::intrinsic
