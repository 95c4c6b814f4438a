// SPDX-License-Identifier: Apache-2.0
// FieldWriter and FieldReader: a record names its fields once, in `visit_fields`, and is written as
// a JSON object and read back by that. A field that is empty is not written; one that is missing
// keeps what the record has.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "json/members.h"
#include "json/value.h"

namespace pawl::cloudformation {

using NamedTexts = std::vector<std::pair<std::string, std::string>>;

class FieldWriter {
 public:
  void operator()(std::string_view name, const std::string& text) {
    if (!text.empty()) out_.set(name, json::Value(text));
  }
  void operator()(std::string_view name, int64_t number) {
    if (number != 0) out_.set(name, json::Value(number));
  }
  void operator()(std::string_view name, bool flag) {
    if (flag) out_.set(name, json::Value(true));
  }
  void operator()(std::string_view name, const std::vector<std::string>& texts) {
    if (!texts.empty()) out_.set(name, json::texts_value(texts));
  }
  void operator()(std::string_view name, const NamedTexts& texts) {
    if (texts.empty()) return;
    std::vector<json::Value> pairs;
    for (const auto& [key, value] : texts) pairs.push_back(json::texts_value({key, value}));
    out_.set(name, json::Value::array(std::move(pairs)));
  }
  template <typename Record>
    requires std::is_class_v<Record>
  void operator()(std::string_view name, const std::vector<Record>& records) {
    if (records.empty()) return;
    std::vector<json::Value> values;
    for (const Record& record : records) values.push_back(write_record(record));
    out_.set(name, json::Value::array(std::move(values)));
  }
  template <typename Record>
    requires requires(Record record, FieldWriter& writer) { record.visit_fields(writer); }
  void operator()(std::string_view name, const Record& record) {
    json::Value value = write_record(record);
    if (value.size() != 0) out_.set(name, std::move(value));
  }

  template <typename Record>
  static json::Value write_record(const Record& record) {
    FieldWriter writer;
    // Fields are visited for both ways; this one only reads them.
    const_cast<Record&>(record).visit_fields(writer);
    return std::move(writer.out_).build();
  }

 private:
  json::ObjectBuilder out_;
};

class FieldReader {
 public:
  explicit FieldReader(const json::Value& object) : object_(object) {}

  void operator()(std::string_view name, std::string& text) {
    if (auto found = json::find_text(object_, name)) text = *std::move(found);
  }
  void operator()(std::string_view name, int64_t& number) {
    number = json::integer_member(object_, name, number);
  }
  void operator()(std::string_view name, bool& flag) {
    flag = json::flag_member(object_, name, flag);
  }
  void operator()(std::string_view name, std::vector<std::string>& texts) {
    texts = json::texts_member(object_, name);
  }
  void operator()(std::string_view name, NamedTexts& texts) {
    texts.clear();
    for (const json::Value& pair : json::items_member(object_, name)) {
      if (!pair.is_array() || pair.size() != 2) continue;
      const json::Value& key = pair.items()[0];
      const json::Value& value = pair.items()[1];
      if (key.is_string() && value.is_string()) {
        texts.emplace_back(std::string(key.as_string()), std::string(value.as_string()));
      }
    }
  }
  template <typename Record>
    requires std::is_class_v<Record>
  void operator()(std::string_view name, std::vector<Record>& records) {
    records.clear();
    for (const json::Value& item : json::items_member(object_, name)) {
      records.push_back(read_record<Record>(item));
    }
  }
  template <typename Record>
    requires requires(Record record, FieldReader& reader) { record.visit_fields(reader); }
  void operator()(std::string_view name, Record& record) {
    if (const json::Value* member = json::member_of(object_, name)) {
      record = read_record<Record>(*member);
    }
  }

  template <typename Record>
  static Record read_record(const json::Value& object) {
    Record record;
    FieldReader reader(object);
    record.visit_fields(reader);
    return record;
  }

 private:
  const json::Value& object_;
};

}  // namespace pawl::cloudformation
