// SPDX-License-Identifier: Apache-2.0
#include "services/apigateway/rest/template_input.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "base/bytes.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::apigateway {
namespace {

using vtl::Value;
using vtl::ValueList;
using vtl::ValueMap;

constexpr size_t kSelectedMax = 100'000;

/// Java's StringEscapeUtils.escapeJavaScript, whose "\'" JSON does not know: users replace it.
std::string escape_java_script(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\'': out += "\\'"; break;
      case '\\': out += "\\\\"; break;
      case '/': out += "\\/"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          char escaped[8];
          std::snprintf(escaped, sizeof escaped, "\\u%04X", static_cast<unsigned>(c));
          out += escaped;
        } else {
          out += c;
        }
    }
  }
  return out;
}

class UtilObject final : public vtl::Object {
 public:
  std::optional<Value> member(std::string_view) const override { return std::nullopt; }
  std::optional<Value> call(std::string_view name, const ValueList& arguments) const override {
    if (arguments.size() != 1) return std::nullopt;
    const std::string text = arguments[0].printed();
    if (name == "escapeJavaScript") return Value(escape_java_script(text));
    if (name == "urlEncode") return Value(aws::uri_encode(text));
    if (name == "urlDecode") return Value(aws::uri_decode(text, /*plus_is_space=*/true));
    if (name == "base64Encode") return Value(base::base64_encode(text));
    if (name == "base64Decode") {
      auto decoded = base::base64_decode(text);
      return decoded ? std::optional(Value(*std::move(decoded))) : std::nullopt;
    }
    if (name == "parseJson") {
      const base::Result<json::Value> parsed = json::parse(text);
      return parsed ? std::optional(Value::of_json(*parsed)) : std::nullopt;
    }
    return std::nullopt;
  }
};

class InputObject final : public vtl::Object {
 public:
  InputObject(const GatewayExchange& exchange, const std::string& body)
      : exchange_(exchange), body_(body) {
    const base::Result<json::Value> parsed = json::parse(body.empty() ? "{}" : body);
    // What is no JSON is a text.
    root_ = parsed ? Value::of_json(*parsed) : Value(body);
  }

  std::optional<Value> member(std::string_view name) const override {
    if (name == "body") return Value(body_);
    return std::nullopt;
  }

  std::optional<Value> call(std::string_view name, const ValueList& arguments) const override {
    if (name == "params" && arguments.empty()) return all_parameters();
    if (arguments.size() != 1) return std::nullopt;
    const std::string text = arguments[0].printed();
    if (name == "params") return Value(parameter(text));
    if (name == "path") return select_path(root_, text).value_or(Value());
    if (name == "json") {
      const std::optional<Value> selected = select_path(root_, text);
      // What is not there is an empty text.
      return Value(selected ? json::write(selected->to_json()) : std::string("\"\""));
    }
    return std::nullopt;
  }

 private:
  std::string parameter(const std::string& name) const {
    if (const std::string* found = exchange_.path_parameter(name)) return *found;
    if (const auto found = joined_query(exchange_.query, name)) return *found;
    return joined_header(*exchange_.http, name).value_or("");
  }

  Value all_parameters() const {
    const Value path{ValueMap{}};
    for (const auto& [name, value] : exchange_.path_parameters) path.put(name, Value(value));
    const Value query{ValueMap{}};
    for (const auto& [name, value] : exchange_.query) query.put(name, Value(value));
    const Value header{ValueMap{}};
    for (const auto& [name, value] : exchange_.http->headers) header.put(name, Value(value));
    return Value(ValueMap{{"path", path}, {"querystring", query}, {"header", header}});
  }

  const GatewayExchange& exchange_;
  const std::string& body_;
  Value root_;
};

/// Puts "a.b" into {"a": {"b": …}}.
void put_nested(const Value& map, std::string_view name, Value value) {
  const size_t dot = name.find('.');
  if (dot == std::string_view::npos) return map.put(name, std::move(value));
  const std::string_view head = name.substr(0, dot);
  Value* below = map.find(head);
  if (below == nullptr || !below->is_map()) {
    map.put(head, Value(ValueMap{}));
    below = map.find(head);
  }
  put_nested(*below, name.substr(dot + 1), std::move(value));
}

Value context_of(const GatewayExchange& exchange) {
  const Value context{ValueMap{}};
  for (const std::string_view name : GatewayExchange::context_names()) {
    if (auto value = exchange.context_variable(name)) put_nested(context, name, Value(*value));
  }
  const Value authorizer{ValueMap{}};
  for (const auto& [name, value] : exchange.authorizer) put_nested(authorizer, name, Value(value));
  context.put("authorizer", authorizer);
  const auto empty = [] { return Value(ValueMap{}); };
  context.put("requestOverride",
              Value(ValueMap{{"header", empty()}, {"querystring", empty()}, {"path", empty()}}));
  context.put("responseOverride", Value(ValueMap{{"header", empty()}}));
  return context;
}

TextMap texts_of(const Value* map) {
  TextMap texts;
  if (map == nullptr || !map->is_map()) return texts;
  for (const auto& [name, value] : map->map()) {
    if (!value.is_null()) texts[name] = value.printed();
  }
  return texts;
}

void collect_named(const Value& at, const std::string& name, size_t depth, ValueList& found) {
  if (depth > 100 || found.size() > kSelectedMax) return;
  if (at.is_map()) {
    if (const Value* own = at.find(name)) found.push_back(*own);
    for (const auto& [key, value] : at.map()) collect_named(value, name, depth + 1, found);
  } else if (at.is_list()) {
    for (const Value& item : at.list()) collect_named(item, name, depth + 1, found);
  }
}

struct PathStep {
  enum class Kind { Name, Index, All, Deep } kind = Kind::Name;
  std::string name = {};
  int64_t index = 0;
};

/// The step at the front of `path`, which it removes; nullopt if there is none.
std::optional<PathStep> take_step(std::string_view& path) {
  const auto take_name = [&](size_t skip, PathStep::Kind kind) -> std::optional<PathStep> {
    path.remove_prefix(skip);
    const size_t end = std::min(path.find_first_of(".["), path.size());
    if (end == 0) return std::nullopt;
    PathStep step{kind, std::string(path.substr(0, end))};
    path.remove_prefix(end);
    if (kind == PathStep::Kind::Name && step.name == "*") step.kind = PathStep::Kind::All;
    return step;
  };
  if (path.starts_with("..")) return take_name(2, PathStep::Kind::Deep);
  if (path.starts_with('.')) return take_name(1, PathStep::Kind::Name);
  if (!path.starts_with('[')) return std::nullopt;
  const size_t end = path.find(']');
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view inner = path.substr(1, end - 1);
  const bool is_quoted = inner.size() >= 2 && (inner.front() == '\'' || inner.front() == '"') &&
                         inner.back() == inner.front();
  path.remove_prefix(end + 1);
  if (is_quoted)
    return PathStep{PathStep::Kind::Name, std::string(inner.substr(1, inner.size() - 2))};
  if (inner == "*") return PathStep{PathStep::Kind::All};
  const base::Result<json::Value> number = json::parse(inner);
  int64_t index = 0;
  if (!number || !number->is_number() || !number->to_int64(index)) return std::nullopt;
  return PathStep{PathStep::Kind::Index, "", index};
}

void apply_step(const Value& at, const PathStep& step, ValueList& found) {
  switch (step.kind) {
    case PathStep::Kind::Name:
      if (const Value* own = at.find(step.name)) found.push_back(*own);
      return;
    case PathStep::Kind::Index:
      if (at.is_list()) {
        const auto size = static_cast<int64_t>(at.list().size());
        const int64_t index = step.index < 0 ? step.index + size : step.index;
        if (index >= 0 && index < size) found.push_back(at.list()[static_cast<size_t>(index)]);
      }
      return;
    case PathStep::Kind::All:
      if (at.is_list()) found.insert(found.end(), at.list().begin(), at.list().end());
      if (at.is_map()) {
        for (const auto& [key, value] : at.map()) found.push_back(value);
      }
      return;
    case PathStep::Kind::Deep: collect_named(at, step.name, 0, found); return;
  }
}

}  // namespace

std::optional<Value> select_path(const Value& root, std::string_view path) {
  if (!path.starts_with('$')) return std::nullopt;
  path.remove_prefix(1);
  ValueList at{root};
  bool is_definite = true;
  while (!path.empty()) {
    const std::optional<PathStep> step = take_step(path);
    if (!step) return std::nullopt;
    is_definite =
        is_definite && step->kind != PathStep::Kind::All && step->kind != PathStep::Kind::Deep;
    ValueList next;
    for (const Value& each : at) {
      apply_step(each, *step, next);
      if (next.size() > kSelectedMax) return std::nullopt;
    }
    at = std::move(next);
  }
  if (!is_definite) return Value(std::move(at));
  if (at.empty()) return std::nullopt;
  return at.front();
}

base::Result<RenderedTemplate> render_template(const vtl::Template& made,
                                               const GatewayExchange& exchange,
                                               const std::string& body, bool of_response) {
  const Value context = context_of(exchange);
  const Value stage_variables{ValueMap{}};
  for (const auto& [name, value] : exchange.stage_variables) {
    stage_variables.put(name, Value(value));
  }
  vtl::Variables variables;
  variables["input"] = Value(std::make_shared<const InputObject>(exchange, body));
  variables["util"] = Value(std::make_shared<const UtilObject>());
  variables["context"] = context;
  variables["stageVariables"] = stage_variables;
  RenderedTemplate rendered;
  rendered.text = PAWL_TRY(made.render(variables));
  const Value* override_of = context.find(of_response ? "responseOverride" : "requestOverride");
  if (override_of == nullptr) return rendered;
  rendered.headers = texts_of(override_of->find("header"));
  rendered.query = texts_of(override_of->find("querystring"));
  rendered.path = texts_of(override_of->find("path"));
  if (const Value* status = override_of->find("status")) {
    const long number = std::strtol(status->printed().c_str(), nullptr, 10);
    if (number >= 100 && number <= 599) rendered.status = static_cast<int>(number);
  }
  return rendered;
}

}  // namespace pawl::apigateway
