// SPDX-License-Identifier: Apache-2.0
// Each step under the sentence of the guide it follows.
#include "aws/signing/canonical_request.h"

#include <algorithm>

#include "aws/signing/hmac.h"

namespace pawl::aws {
namespace {

/// RFC 3986 section 5.2.4 on segments; empty ones go too, a trailing slash stays.
std::string normalized_path(std::string_view path) {
  std::vector<std::string_view> kept;
  std::string_view rest = path;
  while (!rest.empty()) {
    const size_t slash = std::min(rest.find('/'), rest.size());
    const std::string_view segment = rest.substr(0, slash);
    rest.remove_prefix(std::min(slash + 1, rest.size()));
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (!segment.empty() && segment != ".") {
      kept.push_back(segment);
    }
  }
  std::string out;
  for (const std::string_view segment : kept) out += "/" + std::string(segment);
  if (out.empty() || path.ends_with('/')) out += '/';
  return out;
}

/// "CanonicalURI: the URI-encoded version of the absolute path component URL"
std::string canonical_path(std::string_view path, CanonicalRules rules) {
  if (path.empty()) return "/";
  std::string out = rules.normalize_path ? normalized_path(path) : std::string(path);
  // What arrives is encoded once already; a client that did not is put right by decoding first.
  if (!rules.encode_path_twice) return uri_encode(uri_decode(out), "/");
  return uri_encode(out, "/");
}

/// "CanonicalQueryString: the URL-encoded query parameters … sort the parameters after encoding"
std::string canonical_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> encoded;
  for (const auto& [name, value] : parse_query(query, false)) {
    if (name == "X-Amz-Signature") continue;
    encoded.emplace_back(uri_encode(name), uri_encode(value));
  }
  std::sort(encoded.begin(), encoded.end());
  std::string out;
  for (const auto& [name, value] : encoded) {
    if (!out.empty()) out += '&';
    out += name + "=" + value;
  }
  return out;
}

/// "Trim leading and trailing spaces, convert sequential spaces to a single space"
std::string trimmed_value(std::string_view value) {
  std::string out;
  for (const char c : value) {
    const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!space) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

}  // namespace

std::string canonical_request(const HttpRequest& request,
                              const std::vector<std::string>& signed_headers,
                              std::string_view payload_hash, CanonicalRules rules) {
  std::string out = request.method + "\n" + canonical_path(request.path, rules) + "\n" +
                    canonical_query(request.query) + "\n";
  for (const std::string& name : signed_headers) {
    out += name + ":";
    bool first = true;
    for (const auto& [field, value] : request.headers) {
      if (!equals_ignoring_case(field, name)) continue;
      if (!first) out += ',';
      first = false;
      out += trimmed_value(value);
    }
    out += '\n';
  }
  out += "\n" + joined_headers(signed_headers) + "\n";
  return out.append(payload_hash);
}

std::string amz_date(base::Timestamp time) {
  const std::string iso = base::format_iso8601(time);
  return iso.substr(0, 4) + iso.substr(5, 2) + iso.substr(8, 5) + iso.substr(14, 2) +
         iso.substr(17, 2) + "Z";
}

std::optional<base::Timestamp> parse_amz_date(std::string_view text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  const std::string t(text);
  return base::parse_iso8601(t.substr(0, 4) + "-" + t.substr(4, 2) + "-" + t.substr(6, 5) + ":" +
                             t.substr(11, 2) + ":" + t.substr(13, 2) + "Z");
}

std::string string_to_sign(std::string_view algorithm, std::string_view date,
                           const CredentialScope& scope, std::string_view canonical) {
  return std::string(algorithm) + "\n" + std::string(date) + "\n" + scope.text() + "\n" +
         sha256_hex(canonical);
}

std::string signing_key(std::string_view secret_access_key, const CredentialScope& scope) {
  std::string key = hmac_sha256("AWS4" + std::string(secret_access_key), scope.date);
  key = hmac_sha256(key, scope.region);
  key = hmac_sha256(key, scope.service);
  return hmac_sha256(key, "aws4_request");
}

std::string joined_headers(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ";") + name;
  return out;
}

std::vector<std::string> split_headers(std::string_view joined) {
  std::vector<std::string> names;
  while (!joined.empty()) {
    const size_t end = std::min(joined.find(';'), joined.size());
    names.emplace_back(joined.substr(0, end));
    joined.remove_prefix(std::min(end + 1, joined.size()));
  }
  return names;
}

}  // namespace pawl::aws
