// SPDX-License-Identifier: Apache-2.0
#include "services/s3/form_reader.h"

#include <algorithm>

#include "aws/http_message.h"
#include "services/s3/errors.h"

namespace pawl::s3 {
namespace {

using aws::ApiResult;

constexpr size_t kFieldBytesMax = 20 * 1024;  // "POST Object": all that is before the file
constexpr size_t kHeaderBytesMax = 8 * 1024;

aws::ApiError malformed() {
  return error("MalformedPOSTRequest",
               "The body of your POST request is not well-formed multipart/form-data.", 400);
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// The parameter of a header's value: name="text".
std::string parameter_of(std::string_view value, std::string_view name) {
  for (size_t at = value.find(';'); at != std::string_view::npos;) {
    value.remove_prefix(at + 1);
    const size_t equals = value.find('=');
    if (equals == std::string_view::npos) return {};
    const std::string_view key = trimmed(value.substr(0, equals));
    std::string_view text = value.substr(equals + 1);
    size_t end = std::min(text.find(';'), text.size());
    if (text.starts_with('"')) {
      end = std::min(text.find('"', 1), text.size());
      text = text.substr(1, end > 0 ? end - 1 : 0);
    } else {
      text = trimmed(text.substr(0, end));
    }
    if (aws::equals_ignoring_case(key, name)) return std::string(text);
    at = value.find(';', equals + end);
  }
  return {};
}

std::string delimiter_of(std::string_view content_type) {
  const std::string boundary = parameter_of(content_type, "boundary");
  return boundary.empty() ? std::string() : "\r\n--" + boundary;
}

}  // namespace

FormReader::FormReader(std::string_view content_type, FileSink sink)
    : delimiter_(delimiter_of(content_type)), sink_(std::move(sink)), buffer_("\r\n") {}

ApiResult<void> FormReader::feed(std::string_view bytes) {
  if (delimiter_.empty()) return malformed();
  buffer_ += bytes;
  while (PAWL_TRY(step())) {
  }
  return {};
}

ApiResult<void> FormReader::finish() const {
  if (state_ != State::Done) return malformed();
  return {};
}

ApiResult<bool> FormReader::step() {
  switch (state_) {
    case State::Preamble: {
      const size_t at = buffer_.find(delimiter_);
      if (at == std::string::npos) {
        if (buffer_.size() > kHeaderBytesMax) return malformed();
        return false;
      }
      buffer_.erase(0, at + delimiter_.size());
      state_ = State::BoundaryEnd;
      return true;
    }
    case State::BoundaryEnd:
      if (buffer_.size() < 2) return false;
      if (buffer_.starts_with("--")) {
        state_ = State::Done;
      } else if (buffer_.starts_with("\r\n")) {
        state_ = State::Headers;
      } else {
        return malformed();
      }
      buffer_.erase(0, 2);
      return true;
    case State::Headers: {
      const size_t end = buffer_.find("\r\n\r\n");
      if (end == std::string::npos) {
        if (buffer_.size() > kHeaderBytesMax) return malformed();
        return false;
      }
      PAWL_TRY_VOID(take_headers(std::string_view(buffer_).substr(0, end)));
      // The line end stays: an empty body is followed by the delimiter at once.
      buffer_.erase(0, end + 4);
      return true;
    }
    case State::Field:
    case State::File: return take_body();
    case State::Done: buffer_.clear(); return false;
  }
  return false;
}

ApiResult<void> FormReader::take_headers(std::string_view headers) {
  name_.clear();
  value_.clear();
  std::string type;
  std::string file_name;
  while (!headers.empty()) {
    const size_t end = std::min(headers.find("\r\n"), headers.size());
    const std::string_view line = headers.substr(0, end);
    headers.remove_prefix(std::min(end + 2, headers.size()));
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) return malformed();
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (aws::equals_ignoring_case(line.substr(0, colon), "Content-Disposition")) {
      name_ = aws::lower_ascii(parameter_of(value, "name"));
      file_name = parameter_of(value, "filename");
    } else if (aws::equals_ignoring_case(line.substr(0, colon), "Content-Type")) {
      type = value;
    }
  }
  if (name_.empty()) return malformed();
  state_ = State::Field;
  if (name_ == "file" && !has_file_) {
    state_ = State::File;
    has_file_ = true;
    file_name_ = file_name;
    file_type_ = type;
  }
  return {};
}

ApiResult<bool> FormReader::take_body() {
  const size_t at = buffer_.find(delimiter_);
  const bool is_whole = at != std::string::npos;
  // What could be the beginning of the delimiter waits.
  const size_t safe = is_whole                              ? at
                      : buffer_.size() >= delimiter_.size() ? buffer_.size() - delimiter_.size() + 1
                                                            : 0;
  const std::string_view bytes = std::string_view(buffer_).substr(0, safe);
  if (state_ == State::File) {
    if (!bytes.empty()) PAWL_TRY_VOID(sink_(bytes));
  } else if (!has_file_) {
    kept_bytes_ += bytes.size();
    if (kept_bytes_ > kFieldBytesMax) {
      return error("MaxPostPreDataLengthExceeded",
                   "Your POST request fields preceding the upload file were too large.", 400);
    }
    value_ += bytes;
  }
  if (!is_whole) {
    buffer_.erase(0, safe);
    return false;
  }
  if (state_ == State::Field && !has_file_) fields_.emplace_back(name_, value_);
  buffer_.erase(0, at + delimiter_.size());
  state_ = State::BoundaryEnd;
  return true;
}

}  // namespace pawl::s3
