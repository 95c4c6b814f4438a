// SPDX-License-Identifier: Apache-2.0
#include "formation/yaml_text.h"

#include <sstream>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include "formation/words.h"
#include "formation/yaml_scalar.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::formation {
namespace {

constexpr size_t kNodesMax = 250'000;  // with aliases expanded: bounds what they may expand to
constexpr size_t kBytesMax = 4'194'304;
constexpr std::string_view kCoreTag = "tag:yaml.org,2002:";

base::Error not_well_formed(const YAML::Mark& mark) {
  std::string message = "Template format error: YAML not well-formed.";
  const base::SourcePosition at{mark.line + 1, mark.column + 1};
  if (!mark.is_null()) {
    message += " (line " + std::to_string(at.line) + ", column " + std::to_string(at.column) + ")";
  }
  return {base::ErrorKind::InvalidSyntax, std::move(message), at};
}

// yaml-cpp passes bytes on as they are.
bool is_utf8(std::string_view text) {
  std::string quoted;
  json::write_string(text, quoted);
  return json::validate(quoted).has_value();
}

/// Ends the reading from within an event: yaml-cpp knows no other way.
struct Refused {
  base::Error error;
};

/// "Fn::Sub" for "!Sub"; Ref and Condition have no prefix.
std::string long_name(std::string_view tag) {
  tag.remove_prefix(1);
  if (tag == "Ref" || tag == "Condition") return std::string(tag);
  return "Fn::" + std::string(tag);
}

/// "!GetAtt a.b.c" names the resource a and its attribute b.c.
json::Value split_attribute(const json::Value& value) {
  if (!value.is_string()) return value;
  const std::string_view text = value.as_string();
  const size_t dot = text.find('.');
  if (dot == std::string_view::npos) return value;
  std::vector<json::Value> parts;
  parts.emplace_back(text.substr(0, dot));
  parts.emplace_back(text.substr(dot + 1));
  return json::Value::array(std::move(parts));
}

bool is_function_tag(std::string_view tag) { return tag.size() > 1 && tag[0] == '!'; }

class TemplateBuilder : public YAML::EventHandler {
 public:
  explicit TemplateBuilder(bool aliases) : aliases_(aliases) {}

  json::Value take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add({json::Value(), 1}, anchor, mark, "");
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (!aliases_) {
      throw Refused{{base::ErrorKind::InvalidSyntax,
                     "Template error: YAML aliases are not allowed in CloudFormation templates",
                     {mark.line + 1, mark.column + 1}}};
    }
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) throw Refused{not_well_formed(mark)};  // within itself
    add(found->second, YAML::NullAnchor, mark, found->second.key);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    Node node{scalar(tag, text), 1};
    const bool is_function = is_function_tag(tag);
    if (is_function) node = wrapped(tag, std::move(node));
    node.is_scalar_key = !is_function;
    node.key = text;
    node.is_plain = tag == "?" || tag.empty();
    add(std::move(node), anchor, mark, text);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(false, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(true, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Node {
    json::Value value;
    size_t count = 1;  ///< values in it, aliases expanded
    std::string key = {};
    bool is_scalar_key = true;
    bool is_plain = false;
  };
  struct Open {
    bool is_map;
    YAML::Mark mark;
    std::string tag;
    YAML::anchor_t anchor;
    size_t count = 1;
    std::vector<json::Value> items = {};
    MemberList members = {};
    std::vector<json::Value> merged = {};
    bool has_key = false;
    bool is_merge = false;
    std::string key = {};
  };

  static json::Value scalar(const std::string& tag, const std::string& text) {
    if (tag.empty() || tag == "?") return plain_scalar(text);
    if (tag.starts_with(kCoreTag)) {
      const std::string_view type = std::string_view(tag).substr(kCoreTag.size());
      if (type == "int" || type == "float" || type == "bool" || type == "null") {
        return plain_scalar(text);
      }
    }
    return json::Value(text);
  }

  static Node wrapped(const std::string& tag, Node node) {
    json::Value value = tag == "!GetAtt" ? split_attribute(node.value) : std::move(node.value);
    return {single_member(long_name(tag), std::move(value)), node.count + 1};
  }

  void open(bool is_map, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (open_.size() >= kTemplateDepthMax) throw Refused{not_well_formed(mark)};
    open_.push_back({.is_map = is_map, .mark = mark, .tag = tag, .anchor = anchor});
  }

  void close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    Node node{json::Value(), done.count};
    node.value = done.is_map ? finish_map(done) : json::Value::array(std::move(done.items));
    if (is_function_tag(done.tag)) node = wrapped(done.tag, std::move(node));
    node.is_scalar_key = false;
    add(std::move(node), done.anchor, done.mark, "");
  }

  // https://yaml.org/type/merge.html: what the mapping itself has wins, then earlier mappings.
  static json::Value finish_map(Open& map) {
    json::Value own = std::move(map.members).build();
    if (map.merged.empty()) return own;
    MemberList all;
    for (auto from = map.merged.rbegin(); from != map.merged.rend(); ++from) {
      for (const json::Member& member : from->members()) all.set(member.key, member.value);
    }
    for (const json::Member& member : own.members()) all.set(member.key, member.value);
    return std::move(all).build();
  }

  // {!Sub x: y} is a map as a key, too. As for null values, AWS says Type for Properties.
  base::Error bad_key(const json::Value& key, const YAML::Mark& mark) const {
    std::string path;
    for (size_t i = 0; i + 1 < open_.size(); ++i) {
      const Open& level = open_[i];
      const std::string name = level.is_map ? level.key : std::to_string(level.items.size());
      if (is_function_tag(level.tag)) path += "/" + long_name(level.tag);
      path += "/" + (i == 2 && name == "Properties" ? "Type" : name);
    }
    return {base::ErrorKind::InvalidSyntax,
            "Template format error: [" + path + "] map keys must be strings; received a " +
                (key.is_array() ? "list" : "map") + " instead",
            {mark.line + 1, mark.column + 1}};
  }

  void add(Node node, YAML::anchor_t anchor, const YAML::Mark& mark, const std::string& key_text) {
    if (anchor != YAML::NullAnchor) anchors_.insert_or_assign(anchor, node);
    if (open_.empty()) {
      root_ = std::move(node.value);
      return;
    }
    Open& parent = open_.back();
    if (parent.is_map && !parent.has_key) {
      if (!node.is_scalar_key) throw Refused{bad_key(node.value, mark)};
      parent.key = key_text;
      parent.is_merge = aliases_ && key_text == "<<" && node.is_plain;
      parent.has_key = true;
      return;
    }
    grow(parent, node.count, mark);
    if (!parent.is_map) {
      parent.items.push_back(std::move(node.value));
    } else if (parent.is_merge) {
      merge(parent, node.value, mark);
    } else {
      parent.members.set(json::Value(parent.key), std::move(node.value));
    }
    parent.has_key = false;
  }

  // Values are shared, so expanding costs nothing here, but whoever walks the tree walks all of it.
  static void grow(Open& parent, size_t count, const YAML::Mark& mark) {
    parent.count += count;
    if (parent.count > kNodesMax) {
      throw Refused{{base::ErrorKind::LimitExceeded,
                     "Template format error: the template has more than " +
                         std::to_string(kNodesMax) + " values",
                     {mark.line + 1, mark.column + 1}}};
    }
  }

  static void merge(Open& parent, const json::Value& value, const YAML::Mark& mark) {
    if (value.is_object()) {
      parent.merged.push_back(value);
      return;
    }
    if (!value.is_array()) throw Refused{not_well_formed(mark)};
    for (const json::Value& item : value.items()) {
      if (!item.is_object()) throw Refused{not_well_formed(mark)};
      parent.merged.push_back(item);
    }
  }

  bool aliases_;
  std::vector<Open> open_;
  std::unordered_map<YAML::anchor_t, Node> anchors_;
  json::Value root_;
};

}  // namespace

base::Result<json::Value> read_yaml(std::string_view text, bool aliases) {
  if (!is_utf8(text)) return not_well_formed(YAML::Mark::null_mark());
  std::string whole(text);
  // yaml-cpp takes the end of the text for the end of a quoted scalar, but not a document's end.
  if (whole.ends_with('\n') && !whole.ends_with("\n...\n")) whole += "...\n";
  std::istringstream stream(whole);
  try {
    YAML::Parser parser(stream);
    TemplateBuilder builder(aliases);
    parser.HandleNextDocument(builder);
    TemplateBuilder second(aliases);
    if (parser.HandleNextDocument(second)) return not_well_formed(YAML::Mark::null_mark());
    json::Value root = builder.take_root();
    if (root.text_bytes() > kBytesMax) {
      return base::Error(base::ErrorKind::LimitExceeded,
                         "Template format error: the template's aliases expand to more than " +
                             std::to_string(kBytesMax) + " bytes");
    }
    return root;
  } catch (const Refused& refused) {
    return refused.error;
  } catch (const YAML::Exception& error) {
    return not_well_formed(error.mark);
  }
}

}  // namespace pawl::formation
