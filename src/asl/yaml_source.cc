// SPDX-License-Identifier: Apache-2.0
// YAML to a definition: yaml-cpp reads, the core schema (YAML 1.2 section 10.3) gives plain scalars
// their JSON type.
#include <charconv>
#include <optional>
#include <utility>

#include <yaml-cpp/yaml.h>

#include "asl/parsed_source.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::asl {
namespace {

constexpr std::string_view kCoreTag = "tag:yaml.org,2002:";
constexpr size_t kNodesMax = 200'000;  // aliases are expanded: this bounds what they may expand to

base::SourcePosition position_of(const YAML::Mark& mark) {
  return {mark.line + 1, mark.column + 1};
}

bool is_null_text(std::string_view text) {
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

std::optional<json::Value> read_number(std::string_view text) {
  const int base = text.starts_with("0x") ? 16 : (text.starts_with("0o") ? 8 : 10);
  if (base != 10) {
    int64_t integer = 0;
    const auto [end, error] =
        std::from_chars(text.data() + 2, text.data() + text.size(), integer, base);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return json::Value(integer);
  }
  // YAML lets out what JSON demands: "+1", ".5", "1.".
  std::string lexeme(text.substr(text.starts_with('+') ? 1 : 0));
  const size_t first = lexeme.starts_with('-') ? 1 : 0;
  if (first >= lexeme.size()) return std::nullopt;
  if (lexeme[first] == '.') lexeme.insert(first, "0");
  if (lexeme.ends_with('.')) lexeme += '0';
  if (lexeme[first] < '0' || lexeme[first] > '9') return std::nullopt;
  while (lexeme.size() > first + 1 && lexeme[first] == '0' && lexeme[first + 1] >= '0' &&
         lexeme[first + 1] <= '9') {
    lexeme.erase(first, 1);  // "007"
  }
  const base::Result<json::Value> value = json::parse(lexeme);
  if (!value || !value->is_number()) return std::nullopt;
  return *value;
}

template <typename Positions>
class YamlConverter {
 public:
  YamlConverter(Positions& positions, std::vector<std::string>& duplicates, size_t depth_max)
      : positions_(positions), duplicates_(duplicates), depth_max_(depth_max) {}

  base::Result<json::Value> convert(const YAML::Node& node, const std::string& pointer,
                                    size_t depth) {
    if (depth > depth_max_ || ++nodes_ > kNodesMax) {
      return base::Error(base::ErrorKind::LimitExceeded,
                         "the YAML is too deep or its aliases expand too far",
                         position_of(node.Mark()));
    }
    positions_.try_emplace(pointer, position_of(node.Mark()));
    switch (node.Type()) {
      case YAML::NodeType::Map: return convert_map(node, pointer, depth);
      case YAML::NodeType::Sequence: return convert_sequence(node, pointer, depth);
      case YAML::NodeType::Scalar: return convert_scalar(node);
      default: return json::Value();
    }
  }

 private:
  base::Result<json::Value> convert_map(const YAML::Node& node, const std::string& pointer,
                                        size_t depth) {
    json::ObjectBuilder object;
    std::unordered_map<std::string, bool> seen;
    for (const auto& member : node) {
      if (!member.first.IsScalar()) {
        return base::Error(base::ErrorKind::InvalidJson, "a key must be a scalar",
                           position_of(member.first.Mark()));
      }
      const std::string& key = member.first.Scalar();
      const std::string place = json::pointer_child(pointer, key);
      if (!seen.try_emplace(key, true).second) duplicates_.push_back(place);
      positions_.insert_or_assign(place, position_of(member.first.Mark()));
      object.set(key, PAWL_TRY(convert(member.second, place, depth + 1)));
    }
    return std::move(object).build();
  }

  base::Result<json::Value> convert_sequence(const YAML::Node& node, const std::string& pointer,
                                             size_t depth) {
    std::vector<json::Value> items;
    for (const YAML::Node& item : node) {
      items.push_back(
          PAWL_TRY(convert(item, json::pointer_child(pointer, items.size()), depth + 1)));
    }
    return json::Value::array(std::move(items));
  }

  // YAML 1.2 section 10.3.2, Tag Resolution. JSON has no infinity and no NaN: those stay text.
  static json::Value convert_scalar(const YAML::Node& node) {
    const std::string& text = node.Scalar();
    // "!" is a quoted scalar; "?" and "" a plain one. A tag other than the core schema's (!Sub)
    // leaves the text.
    const std::string& tag = node.Tag();
    const bool is_core = tag.starts_with(kCoreTag) && tag != "tag:yaml.org,2002:str";
    if (tag != "?" && !tag.empty() && !is_core) return json::Value(text);
    if (is_null_text(text)) return {};
    if (text == "true" || text == "True" || text == "TRUE") return json::Value(true);
    if (text == "false" || text == "False" || text == "FALSE") return json::Value(false);
    if (auto number = read_number(text)) return *std::move(number);
    return json::Value(text);
  }

  Positions& positions_;
  std::vector<std::string>& duplicates_;
  size_t depth_max_;
  size_t nodes_ = 0;
};

}  // namespace

base::Result<DefinitionSource> DefinitionSource::from_yaml(const std::string& text,
                                                           const base::Limits& limits) {
  if (text.size() > limits.definition_bytes_max) {
    return base::Error(
        base::ErrorKind::LimitExceeded,
        "the text is longer than " + std::to_string(limits.definition_bytes_max) + " bytes");
  }
  try {
    auto parsed = std::make_shared<Parsed>();
    YamlConverter converter(parsed->positions, parsed->duplicates, limits.json_depth_max);
    parsed->root = PAWL_TRY(converter.convert(YAML::Load(text), "", 1));
    parsed->json_text = json::write(parsed->root);
    return DefinitionSource(std::move(parsed));
  } catch (const YAML::Exception& error) {
    return base::Error(base::ErrorKind::InvalidJson, error.msg, position_of(error.mark));
  }
}

}  // namespace pawl::asl
