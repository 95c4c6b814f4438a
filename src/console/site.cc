// SPDX-License-Identifier: Apache-2.0
#include "console/site.h"

#include <algorithm>

#include "aws/http_message.h"
#include "aws/model/gunzip.h"

namespace pawl::console {
namespace {

/// Nothing but what this server sends is loaded, run or shown, and nobody frames it.
constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";
constexpr std::string_view kPermissionsPolicy =
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), "
    "screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()";
constexpr std::string_view kForEver = "public, max-age=31536000, immutable";
constexpr std::string_view kAskEachTime = "no-cache";
constexpr std::string_view kAssets = "assets/";
constexpr size_t kFileBytesMax = size_t{64} << 20;

constexpr std::string_view kNotBuilt =
    "<!doctype html>\n"
    "<html lang=\"en\">\n"
    "<head><meta charset=\"utf-8\"><title>Pawl console</title></head>\n"
    "<body>\n"
    "<h1>This pawl was built without its console</h1>\n"
    "<p>The console is made by Node.js 18 or later and npm, which were not there when this program "
    "was built. Install them and build again:</p>\n"
    "<pre>./dev build</pre>\n"
    "<p>Everything else works as it is: the AWS API, the command line, "
    "<a href=\"/_pawl/health\">/_pawl/health</a>.</p>\n"
    "</body>\n"
    "</html>\n";

net::HttpHeaders page_headers(std::string_view content_type, std::string_view cache_control) {
  return {
      {"Content-Type", std::string(content_type)},
      {"Cache-Control", std::string(cache_control)},
      {"Content-Security-Policy", std::string(kContentSecurityPolicy)},
      {"X-Content-Type-Options", "nosniff"},
      {"X-Frame-Options", "DENY"},
      {"Referrer-Policy", "no-referrer"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Permissions-Policy", std::string(kPermissionsPolicy)},
  };
}

net::HttpResponse text_page(int status, std::string text) {
  return {status, page_headers("text/plain; charset=utf-8", kAskEachTime), std::move(text)};
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// What stands before `mark`; `text` is left with what follows it.
std::string_view next_part(std::string_view& text, char mark) {
  const size_t at = std::min(text.find(mark), text.size());
  const std::string_view part = trimmed(text.substr(0, at));
  text.remove_prefix(std::min(at + 1, text.size()));
  return part;
}

/// RFC 9110 section 12.5.3: whether a coding "gzip" is acceptable.
bool accepts_gzip(std::string_view accepted) {
  bool any = false;
  while (!accepted.empty()) {
    std::string_view parameters = next_part(accepted, ',');
    const std::string_view coding = next_part(parameters, ';');
    const bool is_gzip = net::equal_ignoring_case(coding, "gzip");
    if (!is_gzip && coding != "*") continue;
    bool is_refused = false;
    while (!parameters.empty()) {
      std::string_view parameter = next_part(parameters, ';');
      if (!net::equal_ignoring_case(next_part(parameter, '='), "q")) continue;
      is_refused = parameter.find_first_not_of("0.") == std::string_view::npos;
    }
    if (is_gzip) return !is_refused;
    any = !is_refused;
  }
  return any;
}

/// RFC 9110 section 13.1.2, weak comparison.
bool matches_tag(std::string_view tags, std::string_view tag) {
  if (tags == "*") return true;
  while (!tags.empty()) {
    std::string_view each = next_part(tags, ',');
    if (each.starts_with("W/")) each.remove_prefix(2);
    if (each == tag) return true;
  }
  return false;
}

bool has_extension(std::string_view path) {
  return path.substr(path.rfind('/') + 1).find('.') != std::string_view::npos;
}

net::HttpResponse file_answer(const SiteFile& file, const net::HttpRequest& request) {
  const bool is_kept = file.path.starts_with(kAssets);
  net::HttpResponse response{
      200, page_headers(file.content_type, is_kept ? kForEver : kAskEachTime), {}};
  const std::string tag = "\"" + std::string(file.hash) + "\"";
  response.headers.emplace_back("ETag", "W/" + tag);
  if (file.is_gzip) response.headers.emplace_back("Vary", "Accept-Encoding");
  if (matches_tag(request.header("If-None-Match"), tag)) {
    response.status = 304;
    return response;
  }
  if (!file.is_gzip) {
    response.body = file.bytes;
  } else if (accepts_gzip(request.header("Accept-Encoding"))) {
    response.headers.emplace_back("Content-Encoding", "gzip");
    response.body = file.bytes;
  } else {
    auto plain = aws::gunzip(file.bytes, kFileBytesMax);
    if (!plain) return text_page(500, plain.error().message + "\n");
    response.body = *std::move(plain);
  }
  return response;
}

}  // namespace

const SiteFile* Site::find(std::string_view path) const {
  const auto found = std::lower_bound(
      files_.begin(), files_.end(), path,
      [](const SiteFile& file, std::string_view wanted) { return file.path < wanted; });
  return found == files_.end() || found->path != path ? nullptr : &*found;
}

net::HttpResponse Site::answer(const net::HttpRequest& request, std::string_view path) const {
  if (request.method != "GET" && request.method != "HEAD") {
    net::HttpResponse refusal = text_page(405, "Pages are read: GET, HEAD.\n");
    refusal.headers.emplace_back("Allow", "GET, HEAD");
    return refusal;
  }
  if (const SiteFile* file = find(path)) return file_answer(*file, request);
  // A place may end in a name with a dot: who looks for a page is not looking for a file.
  const bool wants_page = request.header("Accept").find("text/html") != std::string_view::npos;
  if (path.starts_with(kAssets) || (has_extension(path) && !wants_page)) {
    return text_page(404, "There is no such file in the console.\n");
  }
  if (const SiteFile* index = find("index.html")) return file_answer(*index, request);
  return {200, page_headers("text/html; charset=utf-8", kAskEachTime), std::string(kNotBuilt)};
}

net::HttpResponse redirect_to_site() {
  net::HttpResponse response = text_page(308, "The console is at /_pawl/console/\n");
  response.headers.emplace_back("Location", "/_pawl/console/");
  return response;
}

}  // namespace pawl::console
