// SPDX-License-Identifier: Apache-2.0
#include "services/dynamodb/schema_input.h"

#include <algorithm>
#include <cstring>
#include <set>
#include <utility>

#include "aws/arn.h"
#include "base/bytes.h"
#include "base/random.h"
#include "json/members.h"
#include "services/dynamodb/errors.h"

namespace pawl::dynamodb {
namespace {

using aws::ApiResult;
using json::Value;

constexpr size_t kTagsMax = 50;
constexpr size_t kTagKeyMax = 128;
constexpr size_t kTagValueMax = 256;

std::string listed(const std::vector<std::string>& names) {
  std::string out = "[";
  for (const std::string& name : names) out += (out.size() > 1 ? ", " : "") + name;
  return out + "]";
}

std::vector<std::string> names_of(const std::vector<KeyAttribute>& keys) {
  std::vector<std::string> out;
  for (const KeyAttribute& key : keys) out.push_back(key.name);
  return out;
}

ApiResult<void> read_projection(const Value& index, IndexSchema& out) {
  const Value* projection = member_of(index, "Projection");
  const std::string type = projection == nullptr ? "" : text_member(*projection, "ProjectionType");
  if (type.empty()) return invalid_parameter("Unknown ProjectionType: null");
  out.projection = type;
  const Value* names = member_of(*projection, "NonKeyAttributes");
  if (type == "INCLUDE" && names == nullptr)
    return invalid_parameter("ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
  if (names == nullptr) return {};
  if (type != "INCLUDE") {
    return invalid_parameter("ProjectionType is " + type + ", but NonKeyAttributes is specified");
  }
  std::set<std::string> seen;
  for (const Value& name : names->items()) {
    out.non_key_attributes.emplace_back(name.as_string());
    if (!seen.insert(out.non_key_attributes.back()).second) {
      return invalid_parameter("Duplicate element in NonKeyAttributes: " +
                               out.non_key_attributes.back());
    }
  }
  return {};
}

ApiResult<void> check_key_order(const Value& list) {
  if (list.size() > 2) {
    return invalid(
        "1 validation error detected: Value at 'keySchema' failed to satisfy "
        "constraint: Member must have length less than or equal to 2");
  }
  if (text_member(list.items()[0], "KeyType") != "HASH")
    return invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  if (list.size() == 2 && text_member(list.items()[1], "KeyType") != "RANGE")
    return invalid("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
  return {};
}

}  // namespace

ApiResult<std::vector<KeyAttribute>> read_definitions(const Value& list) {
  std::vector<KeyAttribute> out;
  for (const Value& element : list.items()) {
    KeyAttribute key{text_member(element, "AttributeName"),
                     type_named(text_member(element, "AttributeType")).value_or(Type::S)};
    for (const KeyAttribute& other : out) {
      if (other.name == key.name) return invalid("Attribute Name is duplicated: " + key.name);
    }
    out.push_back(std::move(key));
  }
  return out;
}

ApiResult<KeySchema> read_key_schema(const Value& list,
                                     const std::vector<KeyAttribute>& definitions) {
  std::vector<std::string> names;
  for (const Value& element : list.items()) names.push_back(text_member(element, "AttributeName"));
  if (names.size() > definitions.size())
    return invalid("Invalid KeySchema: Some index key attribute have no definition");
  std::vector<KeyAttribute> found;
  for (const std::string& name : names) {
    const auto defined =
        std::find_if(definitions.begin(), definitions.end(),
                     [&](const KeyAttribute& definition) { return definition.name == name; });
    if (defined == definitions.end()) {
      return invalid_parameter(
          "Some index key attributes are not defined in AttributeDefinitions. Keys: " +
          listed(names) + ", AttributeDefinitions: " + listed(names_of(definitions)));
    }
    found.push_back(*defined);
  }
  if (names.size() == 2 && names[0] == names[1]) {
    return invalid(
        "Both the Hash Key and the Range Key element in the KeySchema have the same name");
  }
  PAWL_TRY_VOID(check_key_order(list));
  KeySchema out{found[0], std::nullopt};
  if (found.size() > 1) out.range = found[1];
  return out;
}

ApiResult<IndexSchema> read_global_index(const Value& index,
                                         const std::vector<KeyAttribute>& definitions,
                                         bool is_on_demand) {
  IndexSchema out;
  out.name = text_member(index, "IndexName");
  out.keys = PAWL_TRY(read_key_schema(*index.find("KeySchema"), definitions));
  PAWL_TRY_VOID(read_projection(index, out));
  const Value* provisioned = member_of(index, "ProvisionedThroughput");
  if (is_on_demand && provisioned != nullptr) {
    return invalid_parameter("ProvisionedThroughput should not be specified for index: " +
                             out.name + " when BillingMode is PAY_PER_REQUEST");
  }
  if (!is_on_demand && provisioned == nullptr)
    return invalid_parameter("ProvisionedThroughput is not specified for index: " + out.name);
  if (provisioned != nullptr) out.provisioned = read_throughput(*provisioned);
  if (const Value* units = member_of(index, "OnDemandThroughput"))
    out.on_demand = read_on_demand(*units);
  if (const Value* units = member_of(index, "WarmThroughput"))
    out.warm = read_warm(*units, out.provisioned);
  return out;
}

ApiResult<IndexSchema> read_local_index(const Value& index,
                                        const std::vector<KeyAttribute>& definitions,
                                        const KeySchema& table) {
  IndexSchema out;
  out.is_global = false;
  out.name = text_member(index, "IndexName");
  out.keys = PAWL_TRY(read_key_schema(*index.find("KeySchema"), definitions));
  if (!out.keys.range)
    return invalid_parameter("Index KeySchema does not have a range key for index: " + out.name);
  if (out.keys.hash.name != table.hash.name) {
    return invalid_parameter(
        "Index KeySchema does not have the same leading hash key as table KeySchema for index: " +
        out.name + ". index hash key: " + out.keys.hash.name +
        ", table hash key: " + table.hash.name);
  }
  PAWL_TRY_VOID(read_projection(index, out));
  return out;
}

ApiResult<void> check_definitions_used(const TableSchema& schema) {
  std::vector<std::string> used;
  const auto add = [&](const KeySchema& keys) {
    for (const KeyAttribute* key : {&keys.hash, keys.range ? &*keys.range : nullptr}) {
      if (key != nullptr && std::find(used.begin(), used.end(), key->name) == used.end())
        used.push_back(key->name);
    }
  };
  add(schema.keys);
  for (const IndexSchema& index : schema.indexes) add(index.keys);
  if (used.size() == schema.definitions.size()) return {};
  if (schema.indexes.empty()) {
    return invalid_parameter(
        "Number of attributes in KeySchema does not exactly match number of attributes defined in "
        "AttributeDefinitions");
  }
  return invalid_parameter("Some AttributeDefinitions are not used. AttributeDefinitions: " +
                           listed(names_of(schema.definitions)) + ", keys used: " + listed(used));
}

Throughput read_throughput(const Value& provisioned) {
  return {integer_member(provisioned, "ReadCapacityUnits"),
          integer_member(provisioned, "WriteCapacityUnits")};
}

Throughput read_on_demand(const Value& on_demand) {
  return {integer_member(on_demand, "MaxReadRequestUnits", -1),
          integer_member(on_demand, "MaxWriteRequestUnits", -1)};
}

Throughput read_warm(const Value& warm, const Throughput& otherwise) {
  return {integer_member(warm, "ReadUnitsPerSecond", otherwise.read),
          integer_member(warm, "WriteUnitsPerSecond", otherwise.write)};
}

ApiResult<std::string> read_sse_key(const Value& specification, std::string_view region,
                                    std::string_view account) {
  const std::string type = text_member(specification, "SSEType");
  std::string key = text_member(specification, "KMSMasterKeyId");
  if (type == "AES256") return invalid_parameter("SSEType AES256 is not supported");
  if (!key.empty() && type.empty())
    return invalid_parameter("SSEType KMS is required if KMSMasterKeyId is specified");
  const auto arn_of = [&](const std::string& id) {
    return aws::Arn{std::string(aws::partition_of(region)), "kms", std::string(region),
                    std::string(account), "key/" + id}
        .text();
  };
  if (!key.empty()) return key.starts_with("arn:") ? key : arn_of(key);
  // The default key of an account and region: the same whenever it is asked for.
  const std::string digest =
      base::digest(base::DigestAlgorithm::Sha256,
                   "alias/aws/dynamodb " + std::string(account) + " " + std::string(region));
  uint64_t seed = 0;
  std::memcpy(&seed, digest.data(), sizeof(seed));
  base::Random random(seed);
  return arn_of(base::make_uuid(random));
}

ApiResult<void> add_tags(const Value& list, std::map<std::string, std::string>& tags) {
  std::set<std::string> seen;
  for (const Value& tag : list.items()) {
    const std::string key = text_member(tag, "Key");
    const std::string value = text_member(tag, "Value");
    if (key.empty() || key.size() > kTagKeyMax)
      return invalid("The Tag Key provided is invalid, Key: " + key);
    if (key.starts_with("aws:"))
      return invalid("Tag Key cannot be prefixed with aws:, Key: " + key);
    if (value.size() > kTagValueMax)
      return invalid("The Tag Value provided is invalid, Value: " + value);
    if (!seen.insert(key).second) {
      return invalid("Duplicate Tag Keys provided as input: Duplicate Tag Key found " + key);
    }
    tags[key] = value;
  }
  if (tags.size() > kTagsMax)
    return invalid("Number of Tags exceed the current limit for the provided ResourceArn");
  return {};
}

}  // namespace pawl::dynamodb
