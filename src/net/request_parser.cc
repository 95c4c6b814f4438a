// SPDX-License-Identifier: Apache-2.0
// The stages in the order of RFC 9112: request line, fields, body or chunks and trailers.
#include "net/request_parser.h"

#include <algorithm>
#include <array>
#include <utility>

namespace pawl::net {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr size_t kChunkLineBytesMax = 1'024;
constexpr uint64_t kBodyReserveMax = 1'048'576;  // a length is only a promise

/// RFC 9110 section 5.6.2.
constexpr std::array<bool, 256> kIsTokenByte = [] {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789"
                                       "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")) {
    table[static_cast<unsigned char>(c)] = true;
  }
  return table;
}();

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return kIsTokenByte[static_cast<unsigned char>(c)];
  });
}

/// RFC 9110 section 5.5: visible, space, tab, or beyond ASCII.
bool is_field_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || byte == '\t';
  });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Whether a comma-separated list has the word.
bool has_word(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    if (equal_ignoring_case(trimmed(list.substr(0, comma)), word)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

void RequestParser::reset() {
  stage_ = Stage::Head;
  refusal_ = 0;
  scanned_ = 0;
  request_.method = {};
  request_.target = {};
  request_.headers.clear();
  request_.body.clear();
  request_.spooled = nullptr;
  bound_ = {};
  remaining_ = received_ = 0;
  trailer_bytes_ = 0;
  has_fields_ = has_length_ = is_chunked_ = has_host_ = expects_continue_ = is_http_1_0_ = false;
  keep_alive_ = true;
}

RequestParser::Status RequestParser::parse(std::string_view& data) {
  std::string_view head = data;
  const bool head_was_there = has_head();
  if (!head_was_there) {
    const Status status = read_head(data);
    if (status != Status::Done) return status;
    head = head.substr(0, head.size() - data.size());
  }
  const Status status = read_body(data);
  if (status == Status::NeedMore && !head_was_there) own_head(head);
  return status;
}

RequestParser::Status RequestParser::read_head(std::string_view& data) {
  // RFC 9112 section 2.2: empty lines before the request line are ignored.
  while (scanned_ == 0 && data.starts_with(kLineEnd)) data.remove_prefix(kLineEnd.size());
  if (data.empty() || data == "\r") return Status::NeedMore;
  if (!kIsTokenByte[static_cast<unsigned char>(data.front())]) return refuse(400);
  const size_t end = data.find(kHeadEnd, scanned_);
  if (std::min(end, data.size()) > limits_.header_bytes_max) return refuse(431);
  if (end == std::string_view::npos) {
    scanned_ = data.size() - std::min(data.size(), kHeadEnd.size() - 1);
    return Status::NeedMore;
  }
  if (!read_lines(data.substr(0, end))) return Status::Refused;
  has_fields_ = true;
  if (!begin_body()) return Status::Refused;
  data.remove_prefix(end + kHeadEnd.size());
  return Status::Done;
}

bool RequestParser::read_lines(std::string_view head) {
  for (bool is_first = true; !head.empty(); is_first = false) {
    const size_t end = std::min(head.find(kLineEnd), head.size());
    const std::string_view line = head.substr(0, end);
    if (!(is_first ? read_request_line(line) : read_field(line))) return false;
    head.remove_prefix(std::min(end + kLineEnd.size(), head.size()));
  }
  return true;
}

bool RequestParser::read_request_line(std::string_view line) {
  refusal_ = 400;
  const size_t method_end = line.find(' ');
  const size_t target_end = line.rfind(' ');
  if (method_end == std::string_view::npos || target_end <= method_end + 1) return false;
  request_.method = line.substr(0, method_end);
  request_.target = line.substr(method_end + 1, target_end - method_end - 1);
  const std::string_view version = line.substr(target_end + 1);
  if (!is_token(request_.method)) return false;
  const bool is_visible = std::all_of(request_.target.begin(), request_.target.end(), [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && c != 0x7f;
  });
  if (!is_visible) return false;
  if (version == "HTTP/1.0") {
    is_http_1_0_ = true;
    keep_alive_ = false;
  } else if (version != "HTTP/1.1") {
    if (version.starts_with("HTTP/")) refusal_ = 505;
    return false;
  }
  return true;
}

bool RequestParser::read_field(std::string_view line) {
  refusal_ = 400;
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return false;
  const HttpField field{line.substr(0, colon), trimmed(line.substr(colon + 1))};
  if (!is_token(field.name) || !is_field_value(field.value)) return false;
  request_.headers.push_back(field);
  return note_field(field);
}

bool RequestParser::note_field(const HttpField& field) {
  const auto is = [&field](std::string_view name) { return equal_ignoring_case(field.name, name); };
  switch (field.name.size()) {
    case 4:
      if (is("Host")) return !std::exchange(has_host_, true);
      return true;
    case 6:
      if (is("Expect")) expects_continue_ = equal_ignoring_case(field.value, "100-continue");
      return true;
    case 10:
      if (is("Connection")) {
        if (has_word(field.value, "close")) keep_alive_ = false;
        if (is_http_1_0_ && has_word(field.value, "keep-alive")) keep_alive_ = true;
      }
      return true;
    case 14: return !is("Content-Length") || read_content_length(field.value);
    case 17:
      if (!is("Transfer-Encoding")) return true;
      if (is_chunked_ || is_http_1_0_) return false;
      is_chunked_ = equal_ignoring_case(field.value, "chunked");
      if (!is_chunked_) refusal_ = 501;
      return is_chunked_;
    default: return true;
  }
}

bool RequestParser::read_content_length(std::string_view value) {
  if (has_length_ || value.empty()) return false;
  has_length_ = true;
  for (const char c : value) {
    if (c < '0' || c > '9') return false;
    if (remaining_ > (UINT64_MAX - 9) / 10) {
      refusal_ = 413;
      return false;
    }
    remaining_ = remaining_ * 10 + static_cast<uint64_t>(c - '0');
  }
  return true;
}

bool RequestParser::begin_body() {
  refusal_ = 400;
  if (!has_host_ && !is_http_1_0_) return false;
  if (is_chunked_ && has_length_) return false;
  bound_.bytes_max = limits_.body_bytes_max;
  if (large_ != nullptr && large_->bound_of &&
      (is_chunked_ || remaining_ > large_->memory_bytes_max)) {
    bound_ = large_->bound_of(request_);
    bound_.bytes_max = std::max<uint64_t>(bound_.bytes_max, limits_.body_bytes_max);
  }
  if (remaining_ > bound_.bytes_max) {
    refusal_ = 413;
    return false;
  }
  refusal_ = 0;
  if (is_chunked_) {
    stage_ = Stage::ChunkSize;
    return true;
  }
  stage_ = remaining_ == 0 ? Stage::Done : Stage::Body;
  if (!bound_.is_spooled) request_.body.reserve(std::min(remaining_, kBodyReserveMax));
  return true;
}

RequestParser::Status RequestParser::read_body(std::string_view& data) {
  while (stage_ != Stage::Done) {
    if (data.empty()) return Status::NeedMore;
    Status status = Status::Done;
    switch (stage_) {
      case Stage::Body:
        status = take_data(data);
        if (remaining_ == 0) stage_ = Stage::Done;
        break;
      case Stage::ChunkData:
        status = take_data(data);
        if (remaining_ == 0) stage_ = Stage::ChunkEnd;
        break;
      case Stage::ChunkSize: status = read_chunk_size(data); break;
      case Stage::ChunkEnd: status = read_chunk_end(data); break;
      default: status = read_trailer(data); break;
    }
    if (status != Status::Done) return status;
  }
  if (request_.spooled) request_.spooled->finish();
  return Status::Done;
}

RequestParser::Status RequestParser::take_data(std::string_view& data) {
  const std::string_view bytes = data.substr(0, std::min<uint64_t>(remaining_, data.size()));
  data.remove_prefix(bytes.size());
  remaining_ -= bytes.size();
  received_ += bytes.size();
  return keep(bytes);
}

/// In memory, until it becomes too much.
RequestParser::Status RequestParser::keep(std::string_view bytes) {
  if (!request_.spooled) {
    if (!bound_.is_spooled || received_ <= large_->memory_bytes_max) {
      request_.body.append(bytes);
      return Status::Done;
    }
    auto file = large_->folder->create();
    if (!file) return refuse(500);
    request_.spooled = *std::move(file);
    if (!request_.spooled->append(std::exchange(request_.body, {}))) {
      return refuse(request_.spooled->status());
    }
  }
  return request_.spooled->append(bytes) ? Status::Done : refuse(request_.spooled->status());
}

RequestParser::Status RequestParser::take_line(std::string_view& data, std::string_view& line) {
  const size_t end = data.find(kLineEnd);
  if (std::min(end, data.size()) > kChunkLineBytesMax) return refuse(400);
  if (end == std::string_view::npos) return Status::NeedMore;
  line = data.substr(0, end);
  data.remove_prefix(end + kLineEnd.size());
  return Status::Done;
}

RequestParser::Status RequestParser::read_chunk_size(std::string_view& data) {
  std::string_view line;
  if (const Status status = take_line(data, line); status != Status::Done) return status;
  // RFC 9112 section 7.1.1: extensions that are not understood are ignored.
  const std::string_view size = trimmed(line.substr(0, line.find(';')));
  if (size.empty() || !is_field_value(line)) return refuse(400);
  uint64_t bytes = 0;
  for (const char c : size) {
    const int digit = hex_digit(c);
    if (digit < 0) return refuse(400);
    if (bytes > (UINT64_MAX >> 4)) return refuse(413);
    bytes = bytes * 16 + static_cast<uint64_t>(digit);
  }
  if (bytes > bound_.bytes_max - received_) return refuse(413);
  remaining_ = bytes;
  stage_ = bytes == 0 ? Stage::Trailers : Stage::ChunkData;
  return Status::Done;
}

RequestParser::Status RequestParser::read_chunk_end(std::string_view& data) {
  if (!kLineEnd.starts_with(data.substr(0, kLineEnd.size()))) return refuse(400);
  if (data.size() < kLineEnd.size()) return Status::NeedMore;
  data.remove_prefix(kLineEnd.size());
  stage_ = Stage::ChunkSize;
  return Status::Done;
}

RequestParser::Status RequestParser::read_trailer(std::string_view& data) {
  std::string_view line;
  if (const Status status = take_line(data, line); status != Status::Done) return status;
  if (line.empty()) {
    stage_ = Stage::Done;
    return Status::Done;
  }
  trailer_bytes_ += line.size();
  if (trailer_bytes_ > limits_.header_bytes_max) return refuse(431);
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return refuse(400);
  return Status::Done;  // not needed by anybody: RFC 9110 section 6.5.1 lets us drop it
}

void RequestParser::own_head(std::string_view head) {
  head_.assign(head);
  const auto move = [this, head](std::string_view& view) {
    if (!view.empty()) view = {head_.data() + (view.data() - head.data()), view.size()};
  };
  move(request_.method);
  move(request_.target);
  for (HttpField& field : request_.headers) {
    move(field.name);
    move(field.value);
  }
}

}  // namespace pawl::net
