// SPDX-License-Identifier: Apache-2.0
// HTTP messages as the server hands them out and takes them. Requests are views of what was
// received.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/body_source.h"
#include "net/spool.h"

namespace pawl::net {

/// ASCII letters only (RFC 9110 section 5.1).
bool equal_ignoring_case(std::string_view a, std::string_view b);

struct HttpField {
  std::string_view name;
  std::string_view value;  ///< without white space around it
};

/// What is a view lives until the handler that got the request returns. What holds the
/// body may be moved away.
struct HttpRequest {
  std::string_view method;
  std::string_view target;  ///< path and query as sent
  std::vector<HttpField> headers;
  std::string body;
  std::shared_ptr<SpoolFile> spooled = nullptr;  ///< instead of `body` (LargeBodies)

  /// The first header of that name, whatever its case; "" if there is none.
  std::string_view header(std::string_view name) const;
};

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

/// The server adds Date, Content-Length or Transfer-Encoding and, where it is owed, Connection. A
/// Content-Length among the headers counts for HEAD only, where there is no body to count.
struct HttpResponse {
  int status = 200;
  HttpHeaders headers;
  std::string body;
  /// Instead of `body`: read on the loop's thread as the client takes it, so it should not wait for
  /// more than the page cache. Of one that fails, or does not keep the size it told, the rest is
  /// missing and the connection ends.
  std::shared_ptr<base::BodySource> source = nullptr;
};

/// How a message tells where its body ends (RFC 9112 section 6).
enum class BodyFraming {
  None,    ///< the status has no body
  Length,  ///< Content-Length
  Chunked,
  Connection,  ///< it ends with the connection
};
BodyFraming framing_of(const HttpResponse& response, bool is_http_1_0);

/// "Not Found"; "" for a status that RFC 9110 does not know.
std::string_view reason_phrase(int status);

/// Appends the message as it goes over the wire, without what comes from its source. Line breaks in
/// fields become spaces. `connection` is the value of that field, "" for none; a body is left out
/// for HEAD.
void write_response(const HttpResponse& response, BodyFraming framing, std::string_view date,
                    std::string_view connection, bool is_head, std::string& out);

/// Appends one chunk of a chunked body (RFC 9112 section 7.1); without bytes, the last.
void write_chunk(std::string_view bytes, std::string& out);

}  // namespace pawl::net
