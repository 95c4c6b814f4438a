// SPDX-License-Identifier: Apache-2.0
// Payload: JSON that flows through an execution. What nobody looks into keeps the text it came in, spaces
// included (AWS passes input on as written until a state changes it); what a state made is a Value.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "json/value.h"

namespace pawl::json {

/// Immutable to its users; cheap to copy. One thread at a time, like Value (value() caches what it parsed).
class Payload {
 public:
  Payload() = default;  ///< null
  explicit Payload(Value value) : value_(std::move(value)) {}

  /// Validates, but does not build the value yet. Errors: as json::parse.
  static base::Result<Payload> from_text(std::string text, size_t depth_max = 1'000);

  /// The value; parsed at the first call.
  const Value& value() const;
  /// As written, else the compact text.
  std::string text() const;
  void write(std::string& out) const;
  /// Length of text(). O(1).
  size_t text_bytes() const;
  /// True if this still is the text it came in.
  bool is_as_written() const { return text_ != nullptr; }

 private:
  struct Text;
  mutable Value value_;
  std::shared_ptr<Text> text_;
};

}  // namespace pawl::json
