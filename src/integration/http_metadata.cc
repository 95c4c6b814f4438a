// SPDX-License-Identifier: Apache-2.0
#include "integration/http_metadata.h"

#include <array>
#include <boost/crc.hpp>
#include <chrono>
#include <cstdio>
#include <utility>
#include <vector>

#include "aws/protocol/protocol_codec.h"

namespace pawl::integration {
namespace {

using json::ObjectBuilder;
using json::Value;
using Headers = std::vector<std::pair<std::string_view, std::string>>;

Value http_metadata(const Headers& headers, int status) {
  ObjectBuilder all;
  ObjectBuilder single;
  for (const auto& [name, text] : headers) {
    all.set(name, Value::array({Value(text)}));
    single.set(name, Value(text));
  }
  ObjectBuilder metadata;
  metadata.set("AllHttpHeaders", std::move(all).build())
      .set("HttpHeaders", std::move(single).build())
      .set("HttpStatusCode", Value(status));
  return std::move(metadata).build();
}

/// What line breaks and indentation add to XML that has none: services of the Query protocol print
/// each element on its own line, two spaces deeper than its parent (recorded: lengths of SNS).
size_t indentation_bytes(std::string_view xml) {
  size_t added = 1;  // the last line's end
  size_t depth = 0;
  bool is_leaf = false;
  for (size_t i = xml.find('<'); i != std::string_view::npos; i = xml.find('<', i + 1)) {
    const bool closes = xml.substr(i + 1, 1) == "/";
    if (closes) --depth;
    const bool is_own_line = i > 0 && !(closes && is_leaf);
    if (is_own_line) added += 1 + 2 * depth;
    if (!closes) ++depth;
    is_leaf = !closes;
  }
  return added;
}

}  // namespace

Value lambda_http_metadata(const HttpResponseFacts& response, std::string_view executed_version,
                           std::string_view trace_id) {
  return http_metadata({{"Connection", "keep-alive"},
                        {"Content-Length", std::to_string(response.content_bytes)},
                        {"Content-Type", response.content_type},
                        {"Date", format_http_date(response.date)},
                        {"X-Amz-Executed-Version", std::string(executed_version)},
                        {"x-amzn-Remapped-Content-Length", "0"},
                        {"x-amzn-RequestId", response.request_id},
                        {"X-Amzn-Trace-Id", std::string(trace_id)}},
                       response.status);
}

Value json_http_metadata(const HttpResponseFacts& response) {
  return http_metadata({{"connection", "keep-alive"},
                        {"Content-Length", std::to_string(response.content_bytes)},
                        {"Content-Type", response.content_type},
                        {"Date", format_http_date(response.date)},
                        {"x-amzn-RequestId", response.request_id}},
                       response.status);
}

Value service_http_metadata(const aws::OperationModel& operation, const Value& output,
                            base::Timestamp date, std::string_view request_id) {
  const aws::ServiceMetadata& service = operation.service->metadata();
  const aws::Protocol protocol =
      operation.service->speaks(aws::Protocol::Json) ? aws::Protocol::Json : service.protocol;
  const std::string body =
      aws::codec(protocol)
          .encode_response(operation, output, {.request_id = std::string(request_id)})
          .body;
  std::string content_type = "application/json";
  if (protocol == aws::Protocol::Json) {
    content_type =
        "application/x-amz-json-" + (service.json_version.empty() ? "1.0" : service.json_version);
  } else if (protocol != aws::Protocol::RestJson) {
    content_type = "text/xml";
  }
  size_t bytes = body.size();
  if (protocol == aws::Protocol::Query) bytes += indentation_bytes(body);
  const HttpResponseFacts response{date, std::string(request_id), content_type, bytes, 200};
  if (service.service_name != "dynamodb") return json_http_metadata(response);
  boost::crc_32_type crc;
  crc.process_bytes(body.data(), body.size());
  // NOTE: recorded: reads spell the id's header otherwise than writes.
  const bool reads = operation.name.starts_with("Get");
  return http_metadata({{"Connection", "keep-alive"},
                        {"Content-Length", std::to_string(body.size())},
                        {"Content-Type", content_type},
                        {"Date", format_http_date(date)},
                        {"Server", "Server"},
                        {"x-amz-crc32", std::to_string(crc.checksum())},
                        {reads ? "x-amzn-requestid" : "x-amzn-RequestId", std::string(request_id)}},
                       200);
}

Value response_metadata(std::string_view request_id) {
  ObjectBuilder metadata;
  metadata.set("RequestId", Value(request_id));
  return std::move(metadata).build();
}

std::string format_http_date(base::Timestamp time) {
  using namespace std::chrono;
  constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const sys_seconds instant = floor<seconds>(sys_time<milliseconds>(milliseconds(time.ms)));
  const sys_days day = floor<days>(instant);
  const year_month_day date(day);
  const hh_mm_ss clock(instant - day);
  char text[48];
  std::snprintf(text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d GMT",
                kDays[weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text;
}

}  // namespace pawl::integration
