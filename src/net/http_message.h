// SPDX-License-Identifier: Apache-2.0
// HTTP messages as the server hands them out and takes them. Requests are views of what was
// received.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pawl::net {

/// ASCII letters only (RFC 9110 section 5.1).
bool equal_ignoring_case(std::string_view a, std::string_view b);

struct HttpField {
  std::string_view name;
  std::string_view value;  ///< without white space around it
};

/// What is a view lives until the handler that got the request returns. The body may be moved away.
struct HttpRequest {
  std::string_view method;
  std::string_view target;  ///< path and query as sent
  std::vector<HttpField> headers;
  std::string body;

  /// The first header of that name, whatever its case; "" if there is none.
  std::string_view header(std::string_view name) const;
};

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

/// The server adds Date, Content-Length and, where it is owed, Connection.
struct HttpResponse {
  int status = 200;
  HttpHeaders headers;
  std::string body;
};

/// "Not Found"; "" for a status that RFC 9110 does not know.
std::string_view reason_phrase(int status);

/// Appends the message as it goes over the wire. Line breaks in fields become spaces.
/// `connection` is the value of that field, "" for none; a body is left out for HEAD.
void write_response(const HttpResponse& response, std::string_view date,
                    std::string_view connection, bool is_head, std::string& out);

}  // namespace pawl::net
