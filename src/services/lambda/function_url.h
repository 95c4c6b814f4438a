// SPDX-License-Identifier: Apache-2.0
// Function URLs: what they look like, and HTTP requests as events and back (Developer Guide "Lambda
// function URLs", payload format 2.0).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aws/http_message.h"
#include "base/time.h"
#include "json/value.h"

namespace pawl::lambda {

/// "http://ID.lambda-url.REGION.HOST/" if `host` (name and port) has a name that may have others
/// below it; for addresses and localhost "http://HOST/_pawl/lambda-url/ID/".
std::string function_url(const std::string& id, const std::string& region, const std::string& host);

/// What a request for a function URL asks for.
struct UrlTarget {
  std::string id;
  std::string path;  ///< below the URL; begins with "/"
};

/// nullopt if the request is for none. Cheap.
std::optional<UrlTarget> url_target(const aws::HttpRequest& request);

/// The event of the function, JSON text.
std::string url_event(const aws::HttpRequest& request, const UrlTarget& target,
                      const std::string& request_id, base::Timestamp now);

/// The answer that a function's result means. "If your function returns valid JSON and doesn't
/// return a statusCode, Lambda assumes" 200, JSON, and that it is the body.
aws::HttpResponse url_response(const std::string& result, const std::string& content_type);

/// {"Message": …}
aws::HttpResponse url_refusal(int status, std::string_view message);

/// With a Cors configuration of the API: headers for the page that asks. True if `response` is the
/// whole answer to a preflight request.
bool apply_cors(const json::Value& cors, const aws::HttpRequest& request,
                aws::HttpResponse& response);

}  // namespace pawl::lambda
