// SPDX-License-Identifier: Apache-2.0
// HTTP requests of tasks and their answers as results: what http:invoke and apigateway:invoke have
// in common. Nothing is sent here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "aws/http_message.h"
#include "base/error.h"
#include "json/value.h"

namespace pawl::integration {

/// Developer Guide "Call HTTPS APIs", RequestEncodingOptions.ArrayFormat, for a=[x,y]:
/// Indices a[0]=x&a[1]=y, Repeat a=x&a=y, Commas a=x,y, Brackets a[]=x&a[]=y, None: the list's
/// JSON.
enum class ArrayFormat : uint8_t { Indices, Repeat, Commas, Brackets, None };

std::optional<ArrayFormat> array_format_named(std::string_view name);

/// application/x-www-form-urlencoded text of an object: members of nested objects are "a[b]",
/// spaces are "%20".
std::string encode_form(const json::Value& object, ArrayFormat format);

/// QueryParameters: {"a": "x", "b": ["y", "z"]} becomes "a=x&b=y&b=z".
/// Errors: InvalidSyntax if it is no object of scalars and lists.
base::Result<std::string> encode_query_parameters(const json::Value& parameters);

/// Adds a query to a URL that may have one.
std::string with_query(std::string url, std::string_view query);

/// Puts the path and query of a URL into `request`; the rest, where it is sent, is the answer.
std::string take_target(std::string url, aws::HttpRequest& request);

/// A Headers parameter: values are texts or lists of texts; a list is joined by commas.
/// Errors: InvalidSyntax if it is no object of such.
base::Result<aws::Headers> headers_of(const json::Value& parameter);

/// Names that Step Functions refuses in http:invoke's Headers.
bool is_forbidden_http_header(std::string_view name);

/// {"Headers": {NAME: [TEXT, …]}, "ResponseBody": JSON or text, "StatusCode": 200, "StatusText":
/// "OK"}. A body whose type is JSON is parsed. Names of headers as they came, or in lower case.
json::Value http_result(const aws::HttpResponse& response, bool lower_case_headers);

/// API InspectionDataRequest and InspectionDataResponse, as JSON: headers are one text,
/// "[content-type: text/plain, date: …]".
std::string traced_request(const std::string& url, const aws::HttpRequest& request);
std::string traced_response(const std::string& url, const aws::HttpResponse& response);

/// "Not Found"; "" for what RFC 9110 does not name.
std::string_view status_text(int status);

/// Text as it is; all else as its JSON.
std::string plain_text(const json::Value& value);

/// GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS.
bool is_http_method(std::string_view method);

}  // namespace pawl::integration
