// SPDX-License-Identifier: Apache-2.0
// RFC 9112, the sending side.
#include "net/http_message.h"

#include <algorithm>
#include <charconv>

namespace pawl::net {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

void append_number(uint64_t number, std::string& out, int base = 10) {
  char text[20];
  const auto [end, error] = std::to_chars(text, text + sizeof text, number, base);
  out.append(text, end);
}

void append_field_text(std::string_view text, std::string& out) {
  const size_t begin = out.size();
  out += text;
  for (size_t i = begin; i < out.size(); ++i) {
    if (out[i] == '\r' || out[i] == '\n' || out[i] == '\0') out[i] = ' ';
  }
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view HttpRequest::header(std::string_view name) const {
  for (const HttpField& field : headers) {
    if (equal_ignoring_case(field.name, name)) return field.value;
  }
  return {};
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 416: return "Range Not Satisfiable";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    case 507: return "Insufficient Storage";
    default: return "";
  }
}

BodyFraming framing_of(const HttpResponse& response, bool is_http_1_0) {
  // RFC 9110 section 8.6: neither 1xx nor 204 has it; a 304 would tell that of its 200.
  if (response.status == 204 || response.status == 304) return BodyFraming::None;
  if (!response.source || response.source->size()) return BodyFraming::Length;
  return is_http_1_0 ? BodyFraming::Connection : BodyFraming::Chunked;
}

void write_response(const HttpResponse& response, BodyFraming framing, std::string_view date,
                    std::string_view connection, bool is_head, std::string& out) {
  out.reserve(out.size() + response.body.size() + 512);
  out += "HTTP/1.1 ";
  append_number(static_cast<size_t>(response.status), out);
  out += ' ';
  out += reason_phrase(response.status);
  out += "\r\nDate: ";
  out += date;
  uint64_t length =
      response.source ? response.source->size().value_or(0) : uint64_t{response.body.size()};
  for (const auto& [name, value] : response.headers) {
    if (equal_ignoring_case(name, "Content-Length")) {
      if (is_head) std::from_chars(value.data(), value.data() + value.size(), length);
      continue;
    }
    out += "\r\n";
    append_field_text(name, out);
    out += ": ";
    append_field_text(value, out);
  }
  if (framing == BodyFraming::Length) {
    out += "\r\nContent-Length: ";
    append_number(length, out);
  } else if (framing == BodyFraming::Chunked) {
    out += "\r\nTransfer-Encoding: chunked";
  }
  if (!connection.empty()) {
    out += "\r\nConnection: ";
    out += connection;
  }
  out += "\r\n\r\n";
  if (framing != BodyFraming::None && !is_head && !response.source) out += response.body;
}

void write_chunk(std::string_view bytes, std::string& out) {
  append_number(bytes.size(), out, 16);
  out += "\r\n";
  out += bytes;
  out += "\r\n";
}

}  // namespace pawl::net
