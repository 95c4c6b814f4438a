// SPDX-License-Identifier: Apache-2.0
#include "json/payload.h"

#include <utility>

#include "base/assert.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::json {
namespace {

/// Of trusted text: beyond anything that a state makes of values within Limits::json_depth_max.
constexpr size_t kTrustedDepthMax = 10'000;

}  // namespace

base::Result<Payload> Payload::from_text(std::string text, size_t depth_max) {
  PAWL_TRY_VOID(validate(text, {.depth_max = depth_max}));
  Payload payload;
  payload.text_ = new Text{1, std::move(text), std::nullopt, depth_max, true};
  return payload;
}

Payload Payload::from_trusted_text(std::string text, bool as_written) {
  Payload payload;
  payload.text_ = new Text{1, std::move(text), std::nullopt, kTrustedDepthMax, as_written};
  return payload;
}

const Value& Payload::value() const {
  if (text_ == nullptr) return value_;
  if (text_->value) return *text_->value;
  const base::Result<const Value*> parsed = checked_value();
  PAWL_ASSERT(parsed.has_value());  // from_text has validated it, or somebody vouched for it
  return **parsed;
}

base::Result<const Value*> Payload::checked_value() const {
  if (text_ == nullptr) return &value_;
  if (!text_->value) text_->value = PAWL_TRY(parse(text_->text, {.depth_max = text_->depth_max}));
  return &*text_->value;
}

std::string Payload::text() const { return text_ != nullptr ? text_->text : json::write(value_); }

void Payload::write(std::string& out) const {
  if (text_ != nullptr) {
    out += text_->text;
  } else {
    json::write(value_, out);
  }
}

size_t Payload::text_bytes() const {
  return text_ != nullptr ? text_->text.size() : value_.text_bytes();
}

}  // namespace pawl::json
