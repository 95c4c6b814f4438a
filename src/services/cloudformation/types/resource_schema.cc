// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/types/resource_schema.h"

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <mutex>

#include "aws/model/gunzip.h"
#include "base/assert.h"
#include "json/parse.h"

namespace pawl::cloudformation {
namespace {

using Kind = TypeSchema::Kind;

constexpr size_t kBytesMax = size_t{16} << 20;

json::Value unpacked(std::string_view packed) {
  const auto text = aws::gunzip(packed, kBytesMax);
  PAWL_ASSERT(text);  // our own bytes
  auto value = json::parse(*text);
  PAWL_ASSERT(value);
  return *std::move(value);
}

const ObjectSchema& tag_schema() {
  static const ObjectSchema kTag = {
      .name = "Tag",
      .properties = {{.name = "Key", .type = {.kind = Kind::String}, .is_required = true},
                     {.name = "Value", .type = {.kind = Kind::String}, .is_required = true}}};
  return kTag;
}

/// Reads one block; the objects of a block refer to each other, so they never move.
class BlockReader {
 public:
  BlockReader(std::deque<ObjectSchema>& objects, const json::Value& block)
      : objects_(objects), first_(objects.size()) {
    const json::Value* rows = block.find("objects");
    objects_.resize(first_ + rows->size());
    for (size_t i = 0; i < rows->size(); ++i) {
      const json::Value& row = rows->items()[i];
      objects_[first_ + i] = {.name = std::string(row.find("Name")->as_string()),
                              .properties = properties(*row.find("Properties"))};
    }
  }

  ResourceSchema resource(std::string name, const json::Value& row) const {
    ResourceSchema schema = {
        .object = {.name = std::move(name), .properties = properties(*row.find("Properties"))}};
    if (const json::Value* attributes = row.find("Attributes")) {
      for (const json::Member& each : attributes->members()) {
        std::string_view text = each.value.as_string();
        schema.attributes.emplace_back(each.name(), type(text));
      }
    }
    schema.primary_identifier = names(row.find("Id"));
    schema.reference = names(row.find("Ref"));
    if (const json::Value* tags = row.find("Tags")) {
      schema.tag_property = tags->as_string();
      schema.tags_are_map = schema.tag_property.ends_with('{');
      if (schema.tags_are_map) schema.tag_property.pop_back();
      schema.has_system_tags = row.find("SystemTags") != nullptr;
    }
    return schema;
  }

 private:
  static std::vector<std::string> names(const json::Value* list) {
    std::vector<std::string> found;
    if (list == nullptr) return found;
    for (const json::Value& each : list->items()) found.emplace_back(each.as_string());
    return found;
  }

  std::vector<PropertySchema> properties(const json::Value& rows) const {
    std::vector<PropertySchema> found;
    for (const json::Member& row : rows.members()) {
      std::string_view text = row.value.as_string();
      PropertySchema property = {.name = std::string(row.name()), .type = type(text)};
      property.is_required = text.find('r') != std::string_view::npos;
      if (text.find('c') != std::string_view::npos) property.replacement = Replacement::Always;
      if (text.find('m') != std::string_view::npos)
        property.replacement = Replacement::Conditionally;
      found.push_back(std::move(property));
    }
    return found;
  }

  /// Takes a type off the front of `text`; what stays are the flags.
  TypeSchema type(std::string_view& text) const {
    const char first = text.front();
    text.remove_prefix(1);
    switch (first) {
      case 's':
      case 'd': return {.kind = Kind::String};
      case 'i': return {.kind = Kind::Integer};
      case 'n': return {.kind = Kind::Number};
      case 'b': return {.kind = Kind::Boolean};
      case 't': return {.kind = Kind::Object, .object = &tag_schema()};
      case '@': return {.kind = Kind::Object, .object = &objects_[first_ + number(text)]};
      case '[': return {.kind = Kind::List, .inner = {type(text)}};
      case '{': return {.kind = Kind::Map, .inner = {type(text)}};
      case '(': return alternatives(text);
      default: return {.kind = Kind::Json};
    }
  }

  TypeSchema alternatives(std::string_view& text) const {
    TypeSchema schema = {.kind = Kind::Union};
    for (char next = '|'; next == '|';) {
      schema.inner.push_back(type(text));
      next = text.front();
      text.remove_prefix(1);
    }
    return schema;
  }

  static size_t number(std::string_view& text) {
    size_t value = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
      value = value * 10 + static_cast<size_t>(text.front() - '0');
      text.remove_prefix(1);
    }
    return value;
  }

  std::deque<ObjectSchema>& objects_;
  size_t first_;
};

/// "AWS::SQS::Queue" is the service "SQS" and the type "Queue".
std::pair<std::string_view, std::string_view> parts_of(std::string_view type) {
  constexpr std::string_view kAws = "AWS::";
  if (!type.starts_with(kAws)) return {};
  type.remove_prefix(kAws.size());
  const size_t colons = type.find("::");
  if (colons == std::string_view::npos) return {};
  return {type.substr(0, colons), type.substr(colons + 2)};
}

/// All types; blocks are read when they are first asked for. Thread-safe.
class Registry {
 public:
  const ResourceSchema* find(std::string_view type) {
    const std::lock_guard lock(mutex_);
    const auto [service, name] = parts_of(type);
    const int64_t number = block_number(service, name);
    if (number < 0) return nullptr;
    const auto block = static_cast<size_t>(number);
    if (!read_[block]) read(service, block);
    const auto found = schemas_.find(type);
    return found == schemas_.end() ? nullptr : &found->second;
  }

  bool knows(std::string_view type) {
    const std::lock_guard lock(mutex_);
    const auto [service, name] = parts_of(type);
    return block_number(service, name) != kUnknown;
  }

 private:
  static constexpr int64_t kUnknown = -2;

  int64_t block_number(std::string_view service, std::string_view name) {
    open();
    const auto names = types_.find(service);
    if (names == types_.end()) return kUnknown;
    const auto found = names->second.find(name);
    return found == names->second.end() ? kUnknown : found->second;
  }

  void open() {
    if (!types_.empty()) return;
    std::string_view bytes = resource_types_bytes();
    size_t index_bytes = 0;
    for (size_t i = 0; i < 4; ++i)
      index_bytes |= static_cast<size_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
    const json::Value index = unpacked(bytes.substr(4, index_bytes));
    bytes.remove_prefix(4 + index_bytes);
    for (const json::Value& each : index.find("blocks")->items()) {
      int64_t size = 0;
      PAWL_ASSERT(each.to_int64(size));
      blocks_.push_back(bytes.substr(0, static_cast<size_t>(size)));
      bytes.remove_prefix(blocks_.back().size());
    }
    read_.resize(blocks_.size());
    for (const json::Member& service : index.find("types")->members()) {
      auto& names = types_[std::string(service.name())];
      for (const json::Member& each : service.value.members())
        PAWL_ASSERT(each.value.to_int64(names[std::string(each.name())]));
    }
  }

  void read(std::string_view service, size_t block) {
    const json::Value value = unpacked(blocks_[block]);
    const BlockReader reader(objects_, value);
    for (const json::Member& row : value.find("types")->members()) {
      std::string name = "AWS::" + std::string(service) + "::" + std::string(row.name());
      schemas_.emplace(name, reader.resource(name, row.value));
    }
    read_[block] = true;
  }

  std::mutex mutex_;
  std::vector<std::string_view> blocks_;
  std::vector<bool> read_;
  std::map<std::string, std::map<std::string, int64_t, std::less<>>, std::less<>> types_;
  std::deque<ObjectSchema> objects_;
  std::map<std::string, ResourceSchema, std::less<>> schemas_;
};

Registry& registry() {
  static Registry instance;
  return instance;
}

bool may_have_members(const TypeSchema& type) {
  return type.kind == Kind::Object || type.kind == Kind::Map || type.kind == Kind::Json;
}

}  // namespace

const PropertySchema* ObjectSchema::find(std::string_view property) const {
  const auto found = std::lower_bound(
      properties.begin(), properties.end(), property,
      [](const PropertySchema& a, std::string_view b) { return std::string_view(a.name) < b; });
  return found != properties.end() && found->name == property ? &*found : nullptr;
}

bool ResourceSchema::has_attribute(std::string_view attribute) const {
  if (object.name == "AWS::CloudFormation::Stack") return attribute.starts_with("Outputs.");
  if (object.name == "AWS::CloudFormation::CustomResource") return true;
  return std::any_of(attributes.begin(), attributes.end(), [&](const auto& each) {
    if (each.first == attribute) return true;
    return may_have_members(each.second) && attribute.starts_with(each.first + ".");
  });
}

const ResourceSchema* find_schema(std::string_view type) { return registry().find(type); }

bool is_aws_type(std::string_view type) { return registry().knows(type); }

}  // namespace pawl::cloudformation
