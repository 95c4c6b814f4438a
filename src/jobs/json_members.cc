// SPDX-License-Identifier: Apache-2.0
#include "jobs/json_members.h"

#include <sys/random.h>

#include <algorithm>

#include "base/assert.h"
#include "base/random.h"
#include "base/wire.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::jobs {

using json::ObjectBuilder;
using json::Value;

namespace {

constexpr int kFormat = 1;

}  // namespace

std::string text_of(const Value& object, std::string_view member) {
  const Value* found = object.find(member);
  return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
}

int64_t number_of(const Value& object, std::string_view member, int64_t otherwise) {
  const Value* found = object.find(member);
  int64_t number = 0;
  return found != nullptr && found->is_number() && found->to_int64(number) ? number : otherwise;
}

bool flag_of(const Value& object, std::string_view member, bool otherwise) {
  const Value* found = object.find(member);
  return found != nullptr && found->is_boolean() ? found->as_boolean() : otherwise;
}

Value object_of(const Value& object, std::string_view member) {
  const Value* found = object.find(member);
  return found != nullptr && found->is_object() ? *found : Value::object();
}

Value array_of(const Value& object, std::string_view member) {
  const Value* found = object.find(member);
  return found != nullptr && found->is_array() ? *found : Value::array();
}

std::vector<std::string> texts_of(const Value& object, std::string_view member) {
  std::vector<std::string> texts;
  const Value array = array_of(object, member);
  for (const Value& each : array.items()) {
    if (each.is_string()) texts.emplace_back(each.as_string());
  }
  return texts;
}

Value texts_value(const std::vector<std::string>& texts) {
  std::vector<Value> items;
  items.reserve(texts.size());
  for (const std::string& text : texts) items.emplace_back(text);
  return Value::array(std::move(items));
}

bool has(const Value& object, std::string_view member) {
  const Value* found = object.find(member);
  return found != nullptr && !found->is_null();
}

std::vector<std::pair<std::string, std::string>> pairs_of(const Value& object,
                                                          std::string_view member) {
  std::vector<std::pair<std::string, std::string>> pairs;
  const Value array = array_of(object, member);
  for (const Value& each : array.items()) {
    pairs.emplace_back(text_of(each, "name"), text_of(each, "value"));
  }
  return pairs;
}

std::vector<std::pair<std::string, std::string>> secrets_of(const Value& object,
                                                            std::string_view member) {
  std::vector<std::pair<std::string, std::string>> secrets;
  const Value array = array_of(object, member);
  for (const Value& each : array.items()) {
    secrets.emplace_back(text_of(each, "name"), text_of(each, "valueFrom"));
  }
  return secrets;
}

std::vector<std::pair<std::string, std::string>> merged_pairs(
    std::vector<std::pair<std::string, std::string>> base,
    const std::vector<std::pair<std::string, std::string>>& over) {
  for (const auto& [name, value] : over) {
    const auto same = [&name = name](const auto& each) { return each.first == name; };
    const auto found = std::find_if(base.begin(), base.end(), same);
    if (found != base.end()) {
      found->second = value;
    } else {
      base.emplace_back(name, value);
    }
  }
  return base;
}

Value pairs_value(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::vector<Value> items;
  for (const auto& [name, value] : pairs) {
    ObjectBuilder item;
    item.set("name", Value(name)).set("value", Value(value));
    items.push_back(std::move(item).build());
  }
  return Value::array(std::move(items));
}

base::Result<Value> decode_record(std::string_view text) {
  const Value record = PAWL_TRY(json::parse(text));
  if (number_of(record, "format") != kFormat) return base::malformed_record("job or task");
  return record.without_member("format");
}

std::string encode_record(const Value& record) {
  return json::write(record.with_member("format", Value(kFormat)));
}

std::string new_uuid() {
  uint64_t seed = 0;
  const ssize_t filled = getrandom(&seed, sizeof seed, 0);
  PAWL_ASSERT(filled == sizeof seed);
  base::Random random(seed);
  return base::make_uuid(random);
}

std::string new_task_id() {
  std::string id = new_uuid();
  std::erase(id, '-');
  return id;
}

aws::ApiError store_failure(const base::Error& error) {
  return {"ServerException", error.message, 500, aws::Fault::Receiver};
}

}  // namespace pawl::jobs
