// SPDX-License-Identifier: Apache-2.0
#include "jobs/records.h"

#include <sys/random.h>

#include <algorithm>

#include "base/assert.h"
#include "base/random.h"
#include "base/wire.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::jobs {

using json::ObjectBuilder;
using json::Value;

namespace {

constexpr int kFormat = 1;

}  // namespace

std::vector<std::pair<std::string, std::string>> pairs_of(const Value& object,
                                                          std::string_view member) {
  std::vector<std::pair<std::string, std::string>> pairs;
  const Value array = array_member(object, member);
  for (const Value& each : array.items()) {
    pairs.emplace_back(text_member(each, "name"), text_member(each, "value"));
  }
  return pairs;
}

std::vector<std::pair<std::string, std::string>> secrets_of(const Value& object,
                                                            std::string_view member) {
  std::vector<std::pair<std::string, std::string>> secrets;
  const Value array = array_member(object, member);
  for (const Value& each : array.items()) {
    secrets.emplace_back(text_member(each, "name"), text_member(each, "valueFrom"));
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
  if (integer_member(record, "format") != kFormat) return base::malformed_record("job or task");
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
