// SPDX-License-Identifier: Apache-2.0
// The record is JSON: written seldom, read at start.
#include "services/dynamodb/table_schema.h"

#include "aws/arn.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::dynamodb {
namespace {

using json::ObjectBuilder;
using json::Value;

constexpr int kFormat = 1;

class MemberReader {
 public:
  explicit MemberReader(const Value& object) : object_(object) {}

  std::string text(std::string_view name) const { return text_member(object_, name); }
  int64_t integer(std::string_view name) const { return integer_member(object_, name); }
  bool flag(std::string_view name) const { return flag_member(object_, name); }
  Value value(std::string_view name) const {
    const Value* found = object_.find(name);
    return found == nullptr ? Value() : *found;
  }

 private:
  const Value& object_;
};

Value key_json(const KeyAttribute& key) {
  return Value::array({Value(key.name), Value(type_name(key.type))});
}

KeyAttribute read_key(const Value& json) {
  KeyAttribute out;
  if (!json.is_array() || json.size() != 2) return out;
  const Value name = json.items()[0];
  const Value type = json.items()[1];
  if (name.is_string()) out.name = name.as_string();
  if (type.is_string()) out.type = type_named(type.as_string()).value_or(Type::S);
  return out;
}

Value keys_json(const KeySchema& keys) {
  std::vector<Value> out{key_json(keys.hash)};
  if (keys.range) out.push_back(key_json(*keys.range));
  return Value::array(std::move(out));
}

KeySchema read_keys(const Value& json) {
  KeySchema out;
  if (!json.is_array() || json.size() == 0) return out;
  out.hash = read_key(json.items()[0]);
  if (json.size() > 1) out.range = read_key(json.items()[1]);
  return out;
}

Value throughput_json(const Throughput& units) {
  return Value::array({Value(units.read), Value(units.write)});
}

std::optional<Throughput> read_throughput(const Value& json) {
  if (!json.is_array() || json.size() != 2) return std::nullopt;
  Throughput out;
  (void)json.items()[0].to_int64(out.read);
  (void)json.items()[1].to_int64(out.write);
  return out;
}

Value index_json(const IndexSchema& index) {
  ObjectBuilder out;
  std::vector<Value> names;
  for (const std::string& name : index.non_key_attributes) names.emplace_back(name);
  out.set("name", Value(index.name)).set("id", Value(static_cast<int64_t>(index.id)));
  out.set("global", Value(index.is_global)).set("keys", keys_json(index.keys));
  out.set("projection", Value(index.projection)).set("nonKey", Value::array(std::move(names)));
  out.set("filling", Value(index.is_filling));
  out.set("provisioned", throughput_json(index.provisioned));
  if (index.warm) out.set("warm", throughput_json(*index.warm));
  if (index.on_demand) out.set("onDemand", throughput_json(*index.on_demand));
  return std::move(out).build();
}

IndexSchema read_index(const Value& json) {
  const MemberReader in(json);
  IndexSchema out;
  out.name = in.text("name");
  out.id = static_cast<uint32_t>(in.integer("id"));
  out.is_global = in.flag("global");
  out.keys = read_keys(in.value("keys"));
  out.projection = in.text("projection");
  const Value names = in.value("nonKey");
  for (const Value& name : names.is_array() ? names.items() : std::span<const Value>())
    if (name.is_string()) out.non_key_attributes.emplace_back(name.as_string());
  out.is_filling = in.flag("filling");
  out.provisioned = read_throughput(in.value("provisioned")).value_or(Throughput());
  out.warm = read_throughput(in.value("warm"));
  out.on_demand = read_throughput(in.value("onDemand"));
  return out;
}

Value stream_json(const StreamSchema& stream) {
  ObjectBuilder out;
  out.set("number", Value(static_cast<int64_t>(stream.number))).set("label", Value(stream.label));
  out.set("view", Value(stream.view_type)).set("created", Value(stream.created_ms));
  out.set("closed", Value(stream.closed_ms));
  return std::move(out).build();
}

StreamSchema read_stream(const Value& json) {
  const MemberReader in(json);
  return {static_cast<uint64_t>(in.integer("number")), in.text("label"), in.text("view"),
          in.integer("created"), in.integer("closed")};
}

void write_settings(const TableSchema& schema, ObjectBuilder& out) {
  out.set("onDemand", Value(schema.is_on_demand));
  out.set("billingMode", Value(schema.has_billing_mode));
  out.set("onDemandSince", Value(schema.on_demand_since_ms));
  out.set("provisioned", throughput_json(schema.provisioned));
  out.set("increased", Value(schema.increased_ms)).set("decreased", Value(schema.decreased_ms));
  if (schema.warm) out.set("warm", throughput_json(*schema.warm));
  if (schema.on_demand_max) out.set("onDemandMax", throughput_json(*schema.on_demand_max));
  if (schema.stream) out.set("stream", stream_json(*schema.stream));
  out.set("timeToLive", Value(schema.time_to_live_attribute));
  out.set("protected", Value(schema.is_deletion_protected));
  out.set("key", Value(schema.sse_key_arn)).set("class", Value(schema.table_class));
  out.set("classChanged", Value(schema.class_changed_ms));
  out.set("recovery", Value(schema.has_point_in_time_recovery));
  out.set("recoveryDays", Value(schema.recovery_days));
  out.set("recoverySince", Value(schema.recovery_since_ms));
  out.set("policy", Value(schema.policy)).set("policyRevision", Value(schema.policy_revision));
  out.set("destinations", Value(schema.destinations));
  ObjectBuilder tags;
  for (const auto& [key, value] : schema.tags) tags.set(key, Value(value));
  out.set("tags", std::move(tags).build());
}

void read_settings(const MemberReader& in, TableSchema& out) {
  out.is_on_demand = in.flag("onDemand");
  out.has_billing_mode = in.flag("billingMode");
  out.on_demand_since_ms = in.integer("onDemandSince");
  out.provisioned = read_throughput(in.value("provisioned")).value_or(Throughput());
  out.increased_ms = in.integer("increased");
  out.decreased_ms = in.integer("decreased");
  out.warm = read_throughput(in.value("warm"));
  out.on_demand_max = read_throughput(in.value("onDemandMax"));
  if (const Value stream = in.value("stream"); stream.is_object()) out.stream = read_stream(stream);
  out.time_to_live_attribute = in.text("timeToLive");
  out.is_deletion_protected = in.flag("protected");
  out.sse_key_arn = in.text("key");
  out.table_class = in.text("class");
  out.class_changed_ms = in.integer("classChanged");
  out.has_point_in_time_recovery = in.flag("recovery");
  out.recovery_days = in.integer("recoveryDays");
  out.recovery_since_ms = in.integer("recoverySince");
  out.policy = in.text("policy");
  out.policy_revision = in.text("policyRevision");
  out.destinations = in.text("destinations");
  const Value tags = in.value("tags");
  for (const json::Member& tag :
       tags.is_object() ? tags.members() : std::span<const json::Member>()) {
    out.tags.emplace(tag.name(), tag.value.is_string() ? tag.value.as_string() : "");
  }
}

}  // namespace

std::string table_arn(std::string_view region, std::string_view account, std::string_view name) {
  return aws::Arn{std::string(aws::partition_of(region)), "dynamodb", std::string(region),
                  std::string(account), "table/" + std::string(name)}
      .text();
}

std::string stream_arn(std::string_view region, std::string_view account, std::string_view table,
                       std::string_view label) {
  return table_arn(region, account, table) + "/stream/" + std::string(label);
}

std::string TableSchema::arn() const { return table_arn(region, account, name); }

std::string TableSchema::stream_arn() const {
  return stream ? dynamodb::stream_arn(region, account, name, stream->label) : "";
}

const IndexSchema* TableSchema::find_index(std::string_view index) const {
  for (const IndexSchema& candidate : indexes) {
    if (candidate.name == index) return &candidate;
  }
  return nullptr;
}

std::optional<Type> TableSchema::defined_type(std::string_view attribute) const {
  for (const KeyAttribute& definition : definitions) {
    if (definition.name == attribute) return definition.type;
  }
  return std::nullopt;
}

std::string encode_schema(const TableSchema& schema) {
  ObjectBuilder out;
  out.set("format", Value(kFormat));
  out.set("account", Value(schema.account)).set("region", Value(schema.region));
  out.set("name", Value(schema.name)).set("number", Value(static_cast<int64_t>(schema.number)));
  out.set("id", Value(schema.id)).set("created", Value(schema.created_ms));
  std::vector<Value> definitions;
  for (const KeyAttribute& definition : schema.definitions)
    definitions.push_back(key_json(definition));
  out.set("definitions", Value::array(std::move(definitions)));
  out.set("keys", keys_json(schema.keys));
  std::vector<Value> indexes;
  for (const IndexSchema& index : schema.indexes) indexes.push_back(index_json(index));
  out.set("indexes", Value::array(std::move(indexes)));
  out.set("nextIndex", Value(static_cast<int64_t>(schema.next_index_id)));
  write_settings(schema, out);
  return json::write(std::move(out).build());
}

base::Result<TableSchema> decode_schema(std::string_view record) {
  const Value json = PAWL_TRY(json::parse(record));
  if (!json.is_object()) return base::Error(base::ErrorKind::InvalidSyntax, "DynamoDB table");
  const MemberReader in(json);
  if (in.integer("format") != kFormat) {
    return base::Error(base::ErrorKind::Unsupported,
                       "DynamoDB table of format " + std::to_string(in.integer("format")));
  }
  TableSchema out;
  out.account = in.text("account");
  out.region = in.text("region");
  out.name = in.text("name");
  out.number = static_cast<uint64_t>(in.integer("number"));
  out.id = in.text("id");
  out.created_ms = in.integer("created");
  const Value definitions = in.value("definitions");
  const Value indexes = in.value("indexes");
  if (!definitions.is_array() || !indexes.is_array())
    return base::Error(base::ErrorKind::InvalidSyntax, "DynamoDB table " + out.name);
  for (const Value& definition : definitions.items())
    out.definitions.push_back(read_key(definition));
  out.keys = read_keys(in.value("keys"));
  for (const Value& index : indexes.items()) out.indexes.push_back(read_index(index));
  out.next_index_id = static_cast<uint32_t>(in.integer("nextIndex"));
  read_settings(in, out);
  return out;
}

}  // namespace pawl::dynamodb
