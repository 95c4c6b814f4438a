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

  /// For text that is known to be JSON because it came out of a Payload, such as a stored one:
  /// not looked at before value(). `as_written`: what is_as_written() said when it was stored.
  static Payload from_trusted_text(std::string text, bool as_written);

  /// The value; parsed at the first call.
  const Value& value() const;
  /// The same where trusted text may yet be wrong. Errors: as json::parse. The pointer lives as
  /// long as a Payload that shares the text.
  base::Result<const Value*> checked_value() const;
  /// As written, else the compact text.
  std::string text() const;
  void write(std::string& out) const;
  /// Length of text(). O(1).
  size_t text_bytes() const;
  /// True if this still is the text it came in.
  bool is_as_written() const { return text_ != nullptr && text_->as_written; }
  /// True if it keeps its text, which text_view() shows without a copy while it lives.
  bool is_text() const { return text_ != nullptr; }
  std::string_view text_view() const& {
    return text_ != nullptr ? text_->text : std::string_view();
  }
  std::string_view text_view() const&& = delete;
  /// Equal for payloads that share text or node (then they are equal); nullptr for a value of its
  /// own.
  const void* identity() const {
    return text_ != nullptr ? static_cast<const void*>(text_) : value_.shared_node();
  }

 private:
  /// Shared by all copies, so that the text is parsed once for all of them. Plainly counted, like
  /// Value's nodes.
  struct Text {
    uint32_t references;
    std::string text;
    std::optional<Value> value;
    size_t depth_max;
    bool as_written;
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
