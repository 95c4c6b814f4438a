// SPDX-License-Identifier: Apache-2.0
// Content of others that a browser would run as pages of this server: objects, answers of function
// URLs and APIs. Served by path on the host where the console is, a page with scripts would be of
// the console's origin. So it is sandboxed: it runs, in an origin of its own that nobody shares.
#pragma once

#include <string_view>

#include "aws/http_message.h"

namespace pawl::server {

/// A host below which content of one owner has an origin of its own: "BUCKET.s3.localhost",
/// "ID.execute-api.…", "ID.lambda-url.…". The console is not on such hosts.
bool is_content_host(std::string_view host);

/// Whether the answer to this request may become a document of a browser, in the origin where the
/// console is (Fetch Metadata; where a browser does not send it, any browser's request).
bool is_document_beside_console(const aws::HttpRequest& request);

/// The policy of such an answer, besides any that it has itself.
inline constexpr std::string_view kForeignContentPolicy =
    "sandbox allow-scripts allow-forms allow-popups allow-downloads";

}  // namespace pawl::server
