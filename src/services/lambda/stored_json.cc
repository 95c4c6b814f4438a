// SPDX-License-Identifier: Apache-2.0
#include "services/lambda/stored_json.h"

#include "json/parse.h"
#include "json/write.h"
#include "services/lambda/function_reference.h"

namespace pawl::lambda {
namespace {

using json::Value;

constexpr int kFormat = 1;

}  // namespace

aws::ApiResult<Value> decode_record(std::string_view text) {
  base::Result<Value> record = json::parse(text);
  int64_t format = 0;
  const Value* member = record ? record->find("format") : nullptr;
  if (member == nullptr || !member->is_number() || !member->to_int64(format) || format != kFormat) {
    return service_exception("A stored function has a format that this version does not know.");
  }
  return record->without_member("format");
}

std::string encode_record(const Value& record) {
  return json::write(record.with_member("format", Value(kFormat)));
}

aws::ApiError store_failure(const base::Error& error) { return service_exception(error.message); }

}  // namespace pawl::lambda
