// SPDX-License-Identifier: Apache-2.0
#include "integration/http_exchange.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "integration/shape_conversion.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::integration {
namespace {

using json::ObjectBuilder;
using json::Value;

constexpr std::pair<std::string_view, ArrayFormat> kArrayFormats[] = {
    {"INDICES", ArrayFormat::Indices}, {"REPEAT", ArrayFormat::Repeat},
    {"COMMAS", ArrayFormat::Commas},   {"BRACKETS", ArrayFormat::Brackets},
    {"NONE", ArrayFormat::None},
};

constexpr std::string_view kForbiddenHeaders[] = {
    "a-im",
    "accept-charset",
    "accept-datetime",
    "accept-encoding",
    "cache-control",
    "connection",
    "content-encoding",
    "content-md5",
    "date",
    "expect",
    "forwarded",
    "from",
    "host",
    "http2-settings",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "max-forwards",
    "origin",
    "pragma",
    "proxy-authorization",
    "referer",
    "server",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "warning",
};

constexpr std::pair<int, std::string_view> kStatusTexts[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {203, "Non-Authoritative Information"},
    {204, "No Content"},
    {205, "Reset Content"},
    {206, "Partial Content"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
};

class FormWriter {
 public:
  explicit FormWriter(ArrayFormat format) : format_(format) {}

  void add(const std::string& name, const Value& value) {
    if (value.is_object()) {
      for (const json::Member& member : value.members())
        add(name.empty() ? std::string(member.name())
                         : name + "[" + std::string(member.name()) + "]",
            member.value);
    } else if (value.is_array()) {
      add_list(name, value);
    } else if (!value.is_null()) {
      pair(name, plain_text(value));
    }
  }
  std::string take() && { return std::move(text_); }

 private:
  void add_list(const std::string& name, const Value& list) {
    if (format_ == ArrayFormat::None) return pair(name, json::write(list));
    std::string joined;
    for (size_t i = 0; i < list.size(); ++i) {
      const Value& item = list.items()[i];
      switch (format_) {
        case ArrayFormat::Indices: add(name + "[" + std::to_string(i) + "]", item); break;
        case ArrayFormat::Brackets: add(name + "[]", item); break;
        case ArrayFormat::Repeat: add(name, item); break;
        default: joined += (i == 0 ? "" : ",") + plain_text(item);
      }
    }
    if (format_ == ArrayFormat::Commas) pair(name, joined);
  }

  void pair(const std::string& name, const std::string& value) {
    if (!text_.empty()) text_ += '&';
    text_ += aws::uri_encode(name) + "=" + aws::uri_encode(value);
  }

  ArrayFormat format_;
  std::string text_;
};

/// "application/json; charset=utf-8", "application/problem+json".
bool is_json_type(std::string_view content_type) {
  const std::string type = aws::lower_ascii(content_type.substr(0, content_type.find(';')));
  const size_t end = type.find_last_not_of(' ') + 1;
  const std::string_view bare = std::string_view(type).substr(0, end);
  return bare == "application/json" || bare.ends_with("+json");
}

std::string headers_text(const aws::Headers& headers) {
  std::string text = "[";
  for (const auto& [name, value] : headers)
    text += (text.size() > 1 ? ", " : "") + name + ": " + value;
  return text + "]";
}

}  // namespace

std::optional<ArrayFormat> array_format_named(std::string_view name) {
  const auto* found = std::find_if(std::begin(kArrayFormats), std::end(kArrayFormats),
                                   [&](const auto& each) { return each.first == name; });
  return found == std::end(kArrayFormats) ? std::nullopt : std::optional(found->second);
}

std::string encode_form(const Value& object, ArrayFormat format) {
  FormWriter writer(format);
  writer.add("", object);
  return std::move(writer).take();
}

base::Result<std::string> encode_query_parameters(const Value& parameters) {
  const base::Error invalid(base::ErrorKind::InvalidSyntax,
                            "The value of the field 'QueryParameters' has an invalid format");
  if (!parameters.is_object()) return invalid;
  for (const json::Member& member : parameters.members()) {
    if (member.value.is_object()) return invalid;
    if (!member.value.is_array()) continue;
    const auto items = member.value.items();
    if (std::any_of(items.begin(), items.end(), [](const Value& v) { return v.is_container(); }))
      return invalid;
  }
  return encode_form(parameters, ArrayFormat::Repeat);
}

std::string with_query(std::string url, std::string_view query) {
  if (query.empty()) return url;
  url += url.find('?') == std::string::npos ? '?' : '&';
  return url.append(query);
}

std::string take_target(std::string url, aws::HttpRequest& request) {
  url.resize(std::min(url.find('#'), url.size()));
  const size_t query = url.find('?');
  if (query != std::string::npos) {
    request.query = url.substr(query + 1);
    url.resize(query);
  }
  const size_t scheme = url.find("://");
  const size_t path = url.find('/', scheme == std::string::npos ? 0 : scheme + 3);
  request.path = path == std::string::npos ? "/" : url.substr(path);
  if (path != std::string::npos) url.resize(path);
  return url;
}

base::Result<aws::Headers> headers_of(const Value& parameter) {
  const base::Error invalid(base::ErrorKind::InvalidSyntax,
                            "The value of the field 'Headers' has an invalid format");
  if (!parameter.is_object()) return invalid;
  aws::Headers headers;
  for (const json::Member& member : parameter.members()) {
    if (member.value.is_object()) return invalid;
    std::string text;
    if (member.value.is_array()) {
      for (const Value& item : member.value.items())
        text += (text.empty() ? "" : ",") + plain_text(item);
    } else {
      text = plain_text(member.value);
    }
    // A line break would begin another header.
    if (text.find_first_of("\r\n") != std::string::npos) return invalid;
    headers.set(member.name(), text);
  }
  return headers;
}

bool is_forbidden_http_header(std::string_view name) {
  const std::string lower = aws::lower_ascii(name);
  for (const std::string_view prefix : {"x-forwarded", "x-amz-", "x-amzn-"}) {
    if (lower.starts_with(prefix)) return true;
  }
  return std::find(std::begin(kForbiddenHeaders), std::end(kForbiddenHeaders), lower) !=
         std::end(kForbiddenHeaders);
}

Value http_result(const aws::HttpResponse& response, bool lower_case_headers) {
  std::vector<std::pair<std::string, std::vector<Value>>> fields;
  for (const auto& [given, text] : response.headers) {
    const std::string name = lower_case_headers ? aws::lower_ascii(given) : given;
    const auto found = std::find_if(fields.begin(), fields.end(),
                                    [&](const auto& each) { return each.first == name; });
    if (found == fields.end()) {
      fields.emplace_back(name, std::vector<Value>{Value(text)});
    } else {
      found->second.emplace_back(text);
    }
  }
  ObjectBuilder headers;
  for (auto& [name, texts] : fields) headers.set(name, Value::array(std::move(texts)));
  Value body(response.body);
  if (is_json_type(response.headers.get("content-type"))) {
    if (base::Result<Value> parsed = json::parse(response.body)) body = *std::move(parsed);
  }
  ObjectBuilder result;
  result.set("Headers", std::move(headers).build())
      .set("ResponseBody", std::move(body))
      .set("StatusCode", Value(response.status))
      .set("StatusText", Value(status_text(response.status)));
  return std::move(result).build();
}

std::string traced_request(const std::string& url, const aws::HttpRequest& request) {
  ObjectBuilder out;
  out.set("protocol", Value(url.substr(0, url.find(':'))))
      .set("method", Value(request.method))
      .set("url", Value(url))
      .set("headers", Value(headers_text(request.headers)));
  if (!request.body.empty()) out.set("body", Value(request.body));
  return json::write(std::move(out).build());
}

std::string traced_response(const std::string& url, const aws::HttpResponse& response) {
  ObjectBuilder out;
  out.set("protocol", Value(url.substr(0, url.find(':'))))
      .set("statusCode", Value(std::to_string(response.status)))
      .set("statusMessage", Value(status_text(response.status)))
      .set("headers", Value(headers_text(response.headers)));
  if (!response.body.empty()) out.set("body", Value(response.body));
  return json::write(std::move(out).build());
}

std::string_view status_text(int status) {
  const auto* found = std::find_if(std::begin(kStatusTexts), std::end(kStatusTexts),
                                   [&](const auto& each) { return each.first == status; });
  return found == std::end(kStatusTexts) ? std::string_view() : found->second;
}

std::string plain_text(const Value& value) {
  return value.is_string() ? std::string(value.as_string()) : json::write(value);
}

bool is_http_method(std::string_view method) {
  constexpr std::string_view kMethods[] = {"GET",   "HEAD",   "POST",   "PUT",
                                           "PATCH", "DELETE", "OPTIONS"};
  return std::find(std::begin(kMethods), std::end(kMethods), method) != std::end(kMethods);
}

}  // namespace pawl::integration
