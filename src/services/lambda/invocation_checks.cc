// SPDX-License-Identifier: Apache-2.0
#include "services/lambda/invocation_checks.h"

#include <array>
#include <charconv>
#include <cstdio>

#include "base/bytes.h"
#include "json/jackson_error.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::lambda {
namespace {

using aws::ApiError;
using aws::ApiResult;

constexpr size_t kPayloadBytesMax = 6'291'456;
constexpr size_t kEventBytesMax = 1'048'576;
constexpr size_t kClientContextBytesMax = 3'583;
constexpr size_t kLogBytesMax = 4'096;

ApiError too_large(std::string message) {
  return ApiError("RequestEntityTooLargeException", std::move(message), 413);
}

ApiError invalid_content(std::string message) {
  ApiError error("InvalidRequestContentException", std::move(message), 400);
  error.members = error.members.with_member("Type", json::Value("User"));
  return error;
}

/// Where the first byte is that cannot begin a character; npos if there is none.
size_t invalid_start_byte(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const size_t length = byte < 0x80             ? 1
                          : (byte & 0xe0) == 0xc0 ? 2
                          : (byte & 0xf0) == 0xe0 ? 3
                          : (byte & 0xf8) == 0xf0 ? 4
                                                  : 0;
    if (length == 0) return at;
    at += length;
  }
  return std::string_view::npos;
}

/// Jackson's location without the source: "line: 1, column: 3]".
std::string place_in(const json::JacksonError& error) {
  const size_t line = error.location.rfind("line: ");
  return line == std::string::npos ? "line: 1, column: 1]" : error.location.substr(line);
}

}  // namespace

ApiResult<void> check_payload_size(size_t bytes, bool is_event) {
  if (bytes > kPayloadBytesMax) {
    return too_large("Request must be smaller than " + std::to_string(kPayloadBytesMax) +
                     " bytes for the InvokeFunction operation");
  }
  if (is_event && bytes > kEventBytesMax) {
    return too_large(std::to_string(bytes) +
                     " byte payload is too large for the Event invocation type (limit " +
                     std::to_string(kEventBytesMax) + " bytes)");
  }
  return {};
}

ApiResult<void> check_payload(std::string_view payload) {
  const base::Result<void> valid = json::validate(payload);
  if (valid) return {};
  json::JacksonError error = json::jackson_error(payload, valid.error());
  std::string place = place_in(error);
  if (const size_t bad = invalid_start_byte(payload); bad != std::string_view::npos) {
    // NOTE: Jackson counts bytes here, and the one behind (recorded).
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "Invalid UTF-8 start byte 0x%x",
                  static_cast<unsigned>(static_cast<unsigned char>(payload[bad])));
    error.message = text.data();
    place = "line: 1, column: " + std::to_string(bad + 2) + "]";
  }
  return invalid_content(
      "Could not parse request body into json: Could not parse payload into json: " +
      error.message +
      "\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); " +
      place);
}

ApiResult<std::string> decode_client_context(std::string_view base64) {
  if (base64.empty()) return std::string();
  const auto text = base::base64_decode(base64);
  auto parsed =
      text && text->size() <= kClientContextBytesMax ? json::parse(*text) : json::parse("");
  if (!parsed || !parsed->is_object()) {
    return invalid_content("Client context must be a valid Base64-encoded JSON object.");
  }
  return json::write(*parsed);
}

std::optional<int64_t> version_number(std::string_view text) {
  int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size() || number < 1) return std::nullopt;
  return number;
}

std::string start_line(std::string_view request_id, std::string_view version) {
  return "START RequestId: " + std::string(request_id) + " Version: " + std::string(version);
}

std::string end_line(std::string_view request_id) {
  return "END RequestId: " + std::string(request_id);
}

std::string report_line(const InvokeResult& result, int64_t memory_mb) {
  const double duration_ms = static_cast<double>(result.duration_us) / 1'000;
  std::array<char, 256> report{};
  std::snprintf(report.data(), report.size(),
                "REPORT RequestId: %s\tDuration: %.2f ms\tBilled Duration: %lld ms\tMemory Size: "
                "%lld MB\tMax Memory Used: %lld MB\t",
                result.request_id.c_str(), duration_ms,
                static_cast<long long>((result.duration_us + 999) / 1'000),
                static_cast<long long>(memory_mb), static_cast<long long>(result.memory_peak_mb));
  return report.data();
}

std::string log_text(const InvokeResult& result, std::string_view version, int64_t memory_mb) {
  std::string log = start_line(result.request_id, version) + "\n" + result.log_tail;
  if (!log.ends_with('\n')) log += '\n';
  log += end_line(result.request_id) + "\n" + report_line(result, memory_mb) + "\n";
  if (log.size() > kLogBytesMax) log.erase(0, log.size() - kLogBytesMax);
  return log;
}

}  // namespace pawl::lambda
