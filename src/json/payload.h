// SPDX-License-Identifier: Apache-2.0
// Payload: JSON that flows through an execution. What nobody looks into keeps the text it came in,
// spaces included (AWS passes input on as written until a state changes it); what a state made is a
// Value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "json/value.h"

namespace pawl::json {

/// Immutable to its users; cheap to copy. One thread at a time, like Value (value() caches what it
/// parsed).
class Payload {
 public:
  Payload() = default;  ///< null
  explicit Payload(Value value) : value_(std::move(value)) {}
  Payload(const Payload& other) noexcept : value_(other.value_), text_(other.text_) { retain(); }
  Payload(Payload&& other) noexcept
      : value_(std::move(other.value_)), text_(std::exchange(other.text_, nullptr)) {}
  Payload& operator=(Payload other) noexcept {
    std::swap(value_, other.value_);
    std::swap(text_, other.text_);
    return *this;
  }
  ~Payload() { release(); }

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
  /// Shared by all copies, so that the text is parsed once for all of them. Plainly counted, like
  /// Value's nodes.
  struct Text {
    uint32_t references;
    std::string text;
    std::optional<Value> value;
    size_t depth_max;
  };

  void retain() const noexcept {
    if (text_ != nullptr) ++text_->references;
  }
  void release() noexcept {
    if (text_ != nullptr && --text_->references == 0) delete text_;
  }

  Value value_;
  Text* text_ = nullptr;
};

}  // namespace pawl::json
