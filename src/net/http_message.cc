// SPDX-License-Identifier: Apache-2.0
// RFC 9112, the sending side.
#include "net/http_message.h"

#include <algorithm>
#include <charconv>

namespace pawl::net {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

void append_number(size_t number, std::string& out) {
  char text[20];
  const auto [end, error] = std::to_chars(text, text + sizeof text, number);
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
    default: return "";
  }
}

void write_response(const HttpResponse& response, std::string_view date,
                    std::string_view connection, bool is_head, std::string& out) {
  out.reserve(out.size() + response.body.size() + 512);
  out += "HTTP/1.1 ";
  append_number(static_cast<size_t>(response.status), out);
  out += ' ';
  out += reason_phrase(response.status);
  out += "\r\nDate: ";
  out += date;
  for (const auto& [name, value] : response.headers) {
    out += "\r\n";
    append_field_text(name, out);
    out += ": ";
    append_field_text(value, out);
  }
  // RFC 9110 section 8.6: neither 1xx nor 204 has it; a 304 would tell that of its 200.
  const bool has_body = response.status != 204 && response.status != 304;
  if (has_body) {
    out += "\r\nContent-Length: ";
    append_number(response.body.size(), out);
  }
  if (!connection.empty()) {
    out += "\r\nConnection: ";
    out += connection;
  }
  out += "\r\n\r\n";
  if (has_body && !is_head) out += response.body;
}

}  // namespace pawl::net
