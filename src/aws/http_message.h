// SPDX-License-Identifier: Apache-2.0
// An HTTP message as plain data: what the codecs write and read. No connection, no transfer coding
// (net); RFC 9110 and RFC 3986 for the text of a target.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/body_source.h"

namespace pawl::aws {

/// Header fields in order; names compare regardless of case (RFC 9110 section 5.1).
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;

  Headers() = default;
  Headers(std::initializer_list<Field> fields) : fields_(fields) {}

  /// The first field of that name; nullptr if absent.
  const std::string* find(std::string_view name) const;
  /// Its text or "".
  std::string_view get(std::string_view name) const;
  bool has(std::string_view name) const { return find(name) != nullptr; }
  /// Replaces every field of that name by one.
  void set(std::string_view name, std::string_view value);
  void add(std::string_view name, std::string_view value);
  void remove(std::string_view name);
  void reserve(size_t fields) { fields_.reserve(fields); }
  bool empty() const { return fields_.empty(); }

  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  size_t size() const { return fields_.size(); }
  std::vector<Field> take() && { return std::move(fields_); }

 private:
  std::vector<Field> fields_;
};

/// `path` and `query` as they stand in the target: still percent-encoded, without the "?".
struct HttpRequest {
  std::string method;
  std::string path = "/";
  std::string query;
  Headers headers;
  std::string body;
  std::shared_ptr<BodySource> stream = nullptr;  ///< instead of `body`, if it has not been read
};

struct HttpResponse {
  int status = 200;
  Headers headers;
  std::string body;
  std::shared_ptr<BodySource> stream = nullptr;  ///< instead of `body`
};

/// ASCII letters only.
std::string lower_ascii(std::string_view text);
bool equals_ignoring_case(std::string_view a, std::string_view b);

/// Percent-encodes all but RFC 3986's unreserved characters and those of `keep`; upper-case hex, as
/// SigV4 wants.
std::string uri_encode(std::string_view text, std::string_view keep = "");

/// Undoes it; a "%" that begins no pair stays. `plus_is_space`: the rule of HTML forms.
std::string uri_decode(std::string_view text, bool plus_is_space = false);

using QueryParameters = std::vector<std::pair<std::string, std::string>>;

/// name=value pairs of a query or a form, decoded, in order; without "=" the value is "".
QueryParameters parse_query(std::string_view text, bool plus_is_space = true);

/// The first value of `name`, nullptr if absent.
const std::string* find_parameter(const QueryParameters& parameters, std::string_view name);

/// The opposite of parse_query: encoded, joined by "&".
std::string write_query(const QueryParameters& parameters);

}  // namespace pawl::aws
