// SPDX-License-Identifier: Apache-2.0
// RequestTarget: which API an HTTP request is for, by its host or its path, and where an API is to
// be reached.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aws/http_message.h"

namespace pawl::apigateway {

struct RequestTarget {
  std::string api_id;
  std::string path;         ///< below the API, as encoded by the client; begins with "/"
  std::string domain_name;  ///< of the host, without a port
};

/// "ID.execute-api.REGION.ANYTHING", "/_pawl/api/ID/…", LocalStack's "/_aws/execute-api/ID/…" and
/// "/restapis/ID/STAGE/_user_request_/…". nullopt if the request is for no API. Cheap.
std::optional<RequestTarget> request_target(const aws::HttpRequest& request);

/// "http://HOST/_pawl/api/ID" for addresses and localhost, else
/// "http://ID.execute-api.REGION.HOST": `host` has name and port. Hosts of AWS, to which somebody
/// has redirected a name, get "https://ID.execute-api.REGION.amazonaws.com".
std::string api_endpoint(const std::string& api_id, const std::string& region,
                         const std::string& host);

/// The host and port of "http://host:port/…".
std::string host_of_url(std::string_view url);

}  // namespace pawl::apigateway
