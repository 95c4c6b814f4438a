// SPDX-License-Identifier: Apache-2.0
// JSON is tried first; yaml-cpp reads the rest, whose plain scalars get the JSON type of YAML's
// core schema.
#include "services/apigateway/openapi_source.h"

#include <cctype>
#include <string>
#include <utility>
#include <vector>

#include <yaml-cpp/yaml.h>

#include "json/parse.h"

namespace pawl::apigateway {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using json::Value;

constexpr size_t kNodesMax = 200'000;
constexpr size_t kDepthMax = 100;

Value scalar(const YAML::Node& node) {
  const std::string& text = node.Scalar();
  if (node.Tag() == "!") return Value(text);  // quoted
  if (text.empty() || text == "~" || text == "null") return {};
  if (text == "true" || text == "false") return Value(text == "true");
  const bool may_be_number =
      text[0] == '-' || std::isdigit(static_cast<unsigned char>(text[0])) != 0;
  if (may_be_number) {
    Result<Value> number = json::parse(text);
    if (number && number->is_number()) return *std::move(number);
  }
  return Value(text);
}

Result<Value> convert(const YAML::Node& node, size_t depth, size_t& nodes) {
  if (depth > kDepthMax || ++nodes > kNodesMax) {
    return Error(ErrorKind::LimitExceeded, "the definition is too deep or too large");
  }
  if (node.IsSequence()) {
    std::vector<Value> items;
    for (const YAML::Node& item : node) {
      items.push_back(PAWL_TRY(convert(item, depth + 1, nodes)));
    }
    return Value::array(std::move(items));
  }
  if (node.IsMap()) {
    json::ObjectBuilder object;
    for (const auto& member : node) {
      if (!member.first.IsScalar()) return Error(ErrorKind::InvalidSyntax, "a key is no text");
      object.set(member.first.Scalar(), PAWL_TRY(convert(member.second, depth + 1, nodes)));
    }
    return std::move(object).build();
  }
  return node.IsScalar() ? scalar(node) : Value();
}

}  // namespace

Result<Value> read_openapi(std::string_view text) {
  Result<Value> parsed = json::parse(text);
  if (!parsed) {
    try {
      size_t nodes = 0;
      parsed = convert(YAML::Load(std::string(text)), 0, nodes);
    } catch (const YAML::Exception& failure) {
      return Error(ErrorKind::InvalidSyntax, failure.what());
    }
  }
  if (parsed && !parsed->is_object()) {
    return Error(ErrorKind::InvalidSyntax, "the definition is no object");
  }
  return parsed;
}

}  // namespace pawl::apigateway
