// SPDX-License-Identifier: Apache-2.0
// Members of inputs and records, and the errors of this API in its words.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "aws/service/request.h"
#include "base/error.h"
#include "json/members.h"
#include "json/value.h"

namespace pawl::iam {

using json::texts_value;

/// The items of a list for who changes them; none if it is absent.
std::vector<json::Value> copied_items(const json::Value& input, std::string_view name);
/// {name: value}.
aws::Output output_of(std::string_view name, json::Value value);
json::Value seconds_value(base::Timestamp time);

std::string lower_case(std::string_view text);

aws::ApiError no_such_entity(std::string message);
aws::ApiError already_exists(std::string message);
aws::ApiError delete_conflict(std::string message);
aws::ApiError limit_exceeded(std::string message);
aws::ApiError invalid_input(std::string message);
aws::ApiError malformed_policy(std::string message);
aws::ApiError validation_error(std::string message);
/// A failure of the store is ours.
aws::ApiError as_api_error(const base::Error& error);

/// A page of `items` (already from the marker on, one more than fits if there are more).
class Page {
 public:
  /// MaxItems and Marker of the input. Errors: a marker that is not ours.
  static aws::ApiResult<Page> of(const json::Value& input);

  const std::string& from() const { return from_; }
  size_t max() const { return max_; }
  /// True until the page is full; then `key` is where the next one begins.
  bool take(std::string_view key);
  bool is_full() const { return is_truncated_; }
  /// The same for a list that is whole in memory.
  std::vector<json::Value> cut(std::span<const json::Value> all);
  /// IsTruncated and Marker beside the list.
  json::Value finish(std::string_view name, std::vector<json::Value> items) const;
  void finish(json::ObjectBuilder& output) const;

 private:
  std::string from_;
  std::string next_;
  size_t max_ = 100;
  size_t taken_ = 0;
  bool is_truncated_ = false;
};

}  // namespace pawl::iam
