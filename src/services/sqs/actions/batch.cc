// SPDX-License-Identifier: Apache-2.0
#include "services/sqs/actions/batch.h"

#include <algorithm>
#include <set>

#include "services/sqs/errors.h"
#include "services/sqs/input.h"

namespace pawl::sqs {
namespace {

using aws::ApiError;
using json::Value;

constexpr size_t kEntriesMax = 10;
constexpr size_t kIdMax = 80;

bool is_entry_id(std::string_view id) {
  return !id.empty() && id.size() <= kIdMax && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

/// Codes as the Query protocol and batches print them.
std::string printed_code(const std::string& code) {
  if (code == "InvalidParameterValueException") return "InvalidParameterValue";
  if (code == "MissingRequiredParameterException") return "MissingParameter";
  return code;
}

}  // namespace

aws::ApiResult<std::vector<std::string>> check_batch(const Value& input,
                                                     std::string_view entry_shape) {
  const Value* entries = input.find("Entries");
  if (entries == nullptr || entries->size() == 0) {
    return ApiError("EmptyBatchRequest", "There should be at least one " +
                                             std::string(entry_shape) + " in the request.");
  }
  if (entries->size() > kEntriesMax) {
    return ApiError("TooManyEntriesInBatchRequest",
                    "Maximum number of entries per request are 10. You have sent " +
                        std::to_string(entries->size()) + ".");
  }
  std::vector<std::string> ids;
  std::set<std::string> seen;
  for (const Value& entry : entries->items()) {
    ids.push_back(text_member(entry, "Id"));
    if (!is_entry_id(ids.back())) {
      return ApiError("InvalidBatchEntryId",
                      "A batch entry id can only contain alphanumeric characters, hyphens and "
                      "underscores. It can be at most 80 letters long.");
    }
    if (!seen.insert(ids.back()).second) {
      return ApiError("BatchEntryIdsNotDistinct", "Id " + ids.back() + " repeated.");
    }
  }
  return ids;
}

Value failed_entry(const std::string& id, const ApiError& error) {
  return Value::object({{"Id", Value(id)},
                        {"SenderFault", Value(error.fault == aws::Fault::Sender)},
                        {"Code", Value(printed_code(error.code))},
                        {"Message", Value(error.message.value_or(""))}});
}

Value batch_output(std::vector<Value> successful, std::vector<Value> failed) {
  json::ObjectBuilder out;
  if (!successful.empty()) out.set("Successful", Value::array(std::move(successful)));
  if (!failed.empty()) out.set("Failed", Value::array(std::move(failed)));
  return std::move(out).build();
}

}  // namespace pawl::sqs
