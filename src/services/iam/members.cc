// SPDX-License-Identifier: Apache-2.0
#include "services/iam/members.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "aws/policy/policy_pattern.h"
#include "base/bytes.h"

namespace pawl::iam {

using aws::ApiError;
using json::ObjectBuilder;
using json::Value;

std::vector<Value> copied_items(const Value& input, std::string_view name) {
  const std::span<const Value> items = items_member(input, name);
  return {items.begin(), items.end()};
}

aws::Output output_of(std::string_view name, Value value) {
  return {std::move(ObjectBuilder().set(name, std::move(value))).build()};
}

/// Whole seconds: this API knows no smaller part.
Value seconds_value(base::Timestamp time) { return Value(time.ms / 1000); }

std::string lower_case(std::string_view text) { return aws::policy_lower_case(text); }

ApiError no_such_entity(std::string message) {
  return {"NoSuchEntityException", std::move(message)};
}
ApiError already_exists(std::string message) {
  return {"EntityAlreadyExistsException", std::move(message)};
}
ApiError delete_conflict(std::string message) {
  return {"DeleteConflictException", std::move(message)};
}
ApiError limit_exceeded(std::string message) {
  return {"LimitExceededException", std::move(message)};
}
ApiError invalid_input(std::string message) {
  return {"InvalidInputException", std::move(message)};
}
ApiError malformed_policy(std::string message) {
  return {"MalformedPolicyDocumentException", std::move(message)};
}
ApiError validation_error(std::string message) {
  return aws::validation_exception(std::move(message));
}
ApiError as_api_error(const base::Error& error) { return aws::internal_failure(error.message); }

aws::ApiResult<Page> Page::of(const Value& input) {
  Page page;
  page.max_ = static_cast<size_t>(integer_member(input, "MaxItems", 100));
  if (const auto marker = find_text(input, "Marker")) {
    const auto from = base::base64_decode(*marker);
    if (!from || from->empty()) return validation_error("Invalid Marker.");
    page.from_ = *from;
  }
  return page;
}

bool Page::take(std::string_view key) {
  if (taken_ == max_) {
    is_truncated_ = true;
    next_ = key;
    return false;
  }
  ++taken_;
  return true;
}

std::vector<Value> Page::cut(std::span<const Value> all) {
  size_t begin = 0;
  std::from_chars(from_.data(), from_.data() + from_.size(), begin);
  begin = std::min(begin, all.size());
  size_t end = begin;
  while (end < all.size() && take(std::to_string(end))) ++end;
  return {all.begin() + static_cast<ptrdiff_t>(begin), all.begin() + static_cast<ptrdiff_t>(end)};
}

void Page::finish(ObjectBuilder& output) const {
  output.set("IsTruncated", Value(is_truncated_));
  if (is_truncated_) output.set("Marker", Value(base::base64_encode(next_)));
}

Value Page::finish(std::string_view name, std::vector<Value> items) const {
  ObjectBuilder output;
  output.set(name, Value::array(std::move(items)));
  finish(output);
  return std::move(output).build();
}

}  // namespace pawl::iam
