// SPDX-License-Identifier: Apache-2.0
// SdkHttpMetadata and SdkResponseMetadata: what optimized integrations add to a service's answer
// (recorded).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "aws/model/service_model.h"
#include "base/time.h"
#include "json/value.h"

namespace pawl::integration {

/// The HTTP response that a service would have sent.
struct HttpResponseFacts {
  base::Timestamp date;
  std::string request_id;
  std::string content_type = "application/json";
  size_t content_bytes = 0;
  int status = 200;
};

/// {"AllHttpHeaders", "HttpHeaders", "HttpStatusCode"} with Lambda's own headers.
json::Value lambda_http_metadata(const HttpResponseFacts& response,
                                 std::string_view executed_version, std::string_view trace_id);

/// The same for services of the application/x-amz-json protocols.
json::Value json_http_metadata(const HttpResponseFacts& response);

/// What `operation`'s service would have sent with `output`, which has the model's member names.
json::Value service_http_metadata(const aws::OperationModel& operation, const json::Value& output,
                                  base::Timestamp date, std::string_view request_id);

/// {"RequestId": …}
json::Value response_metadata(std::string_view request_id);

/// RFC 9110 section 5.6.7: "Fri, 20 Nov 2026 23:24:16 GMT".
std::string format_http_date(base::Timestamp time);

}  // namespace pawl::integration
