// SPDX-License-Identifier: Apache-2.0
#include "services/apigateway/mapping_expression.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "json/parse.h"
#include "json/write.h"

namespace pawl::apigateway {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;

Error invalid(std::string_view text) {
  return {ErrorKind::InvalidSyntax,
          "Invalid mapping expression specified: Validation Result: warnings : [], errors : "
          "[Invalid mapping expression parameter specified: " +
              std::string(text) + "]"};
}

/// Removes `prefix` from the front of `text`, if it stands there.
bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == '$' || c == ':' || c == '+' || c == '[' || c == ']';
  });
}

}  // namespace

Result<BodyPath> BodyPath::parse(std::string_view text) {
  const std::string_view whole = text;
  BodyPath path;
  while (!text.empty()) {
    if (take(text, "['") || take(text, "[\"")) {
      const size_t end = text.find(whole[whole.size() - text.size() - 1]);
      if (end == std::string_view::npos || text.substr(end + 1, 1) != "]") return invalid(whole);
      path.tokens_.emplace_back(text.substr(0, end));
      text.remove_prefix(end + 2);
    } else if (take(text, "[")) {
      const size_t end = text.find(']');
      if (end == std::string_view::npos || end == 0 ||
          !std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end),
                       [](char c) { return c >= '0' && c <= '9'; })) {
        return invalid(whole);
      }
      path.tokens_.emplace_back(text.substr(0, end));
      text.remove_prefix(end + 1);
    } else if (take(text, ".")) {
      const size_t end = std::min(text.find_first_of(".["), text.size());
      if (end == 0) return invalid(whole);
      path.tokens_.emplace_back(text.substr(0, end));
      text.remove_prefix(end);
    } else {
      return invalid(whole);
    }
  }
  return path;
}

std::optional<std::string> BodyPath::select(std::string_view body) const {
  if (tokens_.empty()) return std::string(body);
  const Result<json::Value> parsed = json::parse(body);
  if (!parsed) return std::nullopt;
  const json::Value* at = &*parsed;
  for (const std::string& token : tokens_) {
    const json::Value* next = nullptr;
    if (at->is_array()) {
      size_t index = 0;
      const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
      if (error == std::errc() && end == token.data() + token.size() && index < at->size()) {
        next = &at->items()[index];
      }
    } else {
      next = at->find(token);
    }
    if (next == nullptr) return std::nullopt;
    at = next;
  }
  return at->is_string() ? std::string(at->as_string()) : json::write(*at);
}

/// "request.header.x" and its kin, without the "$".
Result<MappingExpression::Part> MappingExpression::variable(std::string_view text) {
  const std::string_view whole = text;
  const auto named = [&](Source source) -> Result<Part> {
    if (!is_name(text)) return invalid("$" + std::string(whole));
    return Part{source, std::string(text)};
  };
  const auto body = [&](Source source) -> Result<Part> {
    Result<BodyPath> path = BodyPath::parse(text);
    if (!path) return invalid("$" + std::string(whole));
    return Part{source, "", *std::move(path)};
  };
  if (take(text, "request.header.")) return named(Source::Header);
  if (take(text, "request.querystring.")) return named(Source::Query);
  if (take(text, "request.path.")) return named(Source::PathParameter);
  if (text == "request.path") return Part{Source::Path};
  if (take(text, "request.body")) return body(Source::Body);
  if (take(text, "response.header.")) return named(Source::ResponseHeader);
  if (take(text, "response.body")) return body(Source::ResponseBody);
  if (take(text, "context.")) return named(Source::Context);
  if (take(text, "stageVariables.")) return named(Source::StageVariable);
  return invalid("$" + std::string(whole));
}

Result<MappingExpression> MappingExpression::parse(std::string_view text) {
  MappingExpression expression;
  if (text.starts_with("$") && !text.starts_with("${")) {
    expression.parts_.push_back(PAWL_TRY(variable(text.substr(1))));
    return expression;
  }
  while (!text.empty()) {
    const size_t begin = std::min(text.find("${"), text.size());
    if (begin > 0) expression.parts_.push_back({Source::Text, std::string(text.substr(0, begin))});
    text.remove_prefix(begin);
    if (text.empty()) break;
    const size_t end = text.find('}');
    if (end == std::string_view::npos) return invalid(text);
    expression.parts_.push_back(PAWL_TRY(variable(text.substr(2, end - 2))));
    text.remove_prefix(end + 1);
  }
  return expression;
}

Result<MappingExpression::Part> MappingExpression::rest_variable(std::string_view text) {
  const std::string_view whole = text;
  const auto named = [&](Source source) -> Result<Part> {
    if (!is_name(text)) return invalid(whole);
    return Part{source, std::string(text)};
  };
  const auto body = [&](Source source) -> Result<Part> {
    // "integration.response.body" is the whole, then a JSON path without its "$".
    Result<BodyPath> path = BodyPath::parse(text);
    if (!path) return invalid(whole);
    return Part{source, "", *std::move(path)};
  };
  if (text.size() >= 2 && text.starts_with('\'') && text.ends_with('\'')) {
    return Part{Source::Text, std::string(text.substr(1, text.size() - 2))};
  }
  if (take(text, "method.request.header.") || take(text, "method.request.multivalueheader.")) {
    return named(Source::Header);
  }
  if (take(text, "method.request.querystring.") ||
      take(text, "method.request.multivaluequerystring.")) {
    return named(Source::Query);
  }
  if (take(text, "method.request.path.")) return named(Source::PathParameter);
  if (take(text, "method.request.body")) return body(Source::Body);
  if (take(text, "integration.response.header.") ||
      take(text, "integration.response.multivalueheader.")) {
    return named(Source::ResponseHeader);
  }
  if (take(text, "integration.response.body")) return body(Source::ResponseBody);
  if (take(text, "context.")) return named(Source::Context);
  if (take(text, "stageVariables.")) return named(Source::StageVariable);
  return invalid(whole);
}

Result<MappingExpression> MappingExpression::parse_rest(std::string_view text) {
  MappingExpression expression;
  expression.parts_.push_back(PAWL_TRY(rest_variable(text)));
  return expression;
}

std::optional<std::string> MappingExpression::value_of(const Part& part,
                                                       const GatewayExchange& exchange,
                                                       const aws::HttpResponse* response) {
  switch (part.source) {
    case Source::Text: return part.name;
    case Source::Header: return joined_header(*exchange.http, part.name);
    case Source::Query: return joined_query(exchange.query, part.name);
    case Source::Path: return exchange.resource_path;
    case Source::PathParameter: {
      const std::string* found = exchange.path_parameter(part.name);
      return found == nullptr ? std::nullopt : std::optional(*found);
    }
    case Source::Body:
      if (exchange.http->body.empty()) return std::nullopt;
      return part.body_path.select(exchange.http->body);
    case Source::Context: return exchange.context_variable(part.name);
    case Source::StageVariable: {
      const auto found = exchange.stage_variables.find(part.name);
      return found == exchange.stage_variables.end() ? std::nullopt : std::optional(found->second);
    }
    case Source::ResponseHeader: {
      const std::string* found = response == nullptr ? nullptr : response->headers.find(part.name);
      return found == nullptr ? std::nullopt : std::optional(*found);
    }
    case Source::ResponseBody:
      if (response == nullptr || response->body.empty()) return std::nullopt;
      return part.body_path.select(response->body);
  }
  return std::nullopt;
}

std::optional<std::string> MappingExpression::evaluate(const GatewayExchange& exchange,
                                                       const aws::HttpResponse* response) const {
  if (parts_.size() == 1) return value_of(parts_.front(), exchange, response);
  std::string text;
  for (const Part& part : parts_) text += value_of(part, exchange, response).value_or("");
  return text;
}

}  // namespace pawl::apigateway
