// SPDX-License-Identifier: Apache-2.0
// What API Invoke demands of a request before anything runs, and the log that it returns after.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "services/lambda/lambda_runtime.h"

namespace pawl::lambda {

/// Developer Guide "Lambda quotas": 6 MB, 1 MB if asynchronous. Errors:
/// RequestEntityTooLargeException.
aws::ApiResult<void> check_payload_size(size_t bytes, bool is_event);

/// Errors: InvalidRequestContentException in Jackson's words.
aws::ApiResult<void> check_payload(std::string_view payload);

/// base64 to compact JSON text, fit for a header; "" stays "". Errors:
/// InvalidRequestContentException.
aws::ApiResult<std::string> decode_client_context(std::string_view base64);

/// "12"; nullopt if it is no number or beyond int64_t.
std::optional<int64_t> version_number(std::string_view text);

// The platform's lines of a log, without line feed.
std::string start_line(std::string_view request_id, std::string_view version);
std::string end_line(std::string_view request_id);
std::string report_line(const InvokeResult& result, int64_t memory_mb);

/// The last 4 KB of an invocation's log: START, what it printed, END, REPORT.
std::string log_text(const InvokeResult& result, std::string_view version, int64_t memory_mb);

}  // namespace pawl::lambda
