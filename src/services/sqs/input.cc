// SPDX-License-Identifier: Apache-2.0
#include "services/sqs/input.h"

#include "services/sqs/errors.h"

namespace pawl::sqs {

std::map<std::string, std::string> map_of(const json::Value& input, std::string_view name) {
  std::map<std::string, std::string> map;
  const json::Value* value = input.find(name);
  if (value == nullptr || !value->is_object()) return map;
  for (const json::Member& member : value->members()) {
    map[std::string(member.name())] =
        member.value.is_string() ? std::string(member.value.as_string()) : "";
  }
  return map;
}

aws::ApiResult<std::string> required_text(const json::Value& input, std::string_view name) {
  std::optional<std::string> text = find_text(input, name);
  if (!text || text->empty()) return missing_parameter(name);
  return std::move(*text);
}

aws::ApiResult<std::vector<std::string>> required_texts(const json::Value& input,
                                                        std::string_view name) {
  std::vector<std::string> texts = texts_member(input, name);
  if (texts.empty()) return missing_parameter(name);
  return texts;
}

aws::ApiResult<int64_t> required_number(const json::Value& input, std::string_view name) {
  const std::optional<int64_t> number = find_integer(input, name);
  if (!number) return missing_parameter(name);
  return *number;
}

aws::ApiResult<int64_t> number_between(const json::Value& input, std::string_view name,
                                       int64_t least, int64_t most, int64_t otherwise) {
  const std::optional<int64_t> number = find_integer(input, name);
  if (!number) return otherwise;
  if (*number >= least && *number <= most) return *number;
  return invalid_parameter(
      std::to_string(*number), name,
      "Must be >= " + std::to_string(least) + " and <= " + std::to_string(most) + ", if provided.");
}

}  // namespace pawl::sqs
