// SPDX-License-Identifier: Apache-2.0
#include "services/s3/post_policy.h"

#include <set>
#include <string>

#include "aws/http_message.h"
#include "base/bytes.h"
#include "json/parse.h"
#include "services/s3/errors.h"
#include "services/s3/input.h"

namespace pawl::s3 {
namespace {

using aws::ApiError;
using aws::ApiResult;
using json::Value;

ApiError invalid_document(std::string_view why) {
  return error("InvalidPolicyDocument", "Invalid Policy: " + std::string(why), 400);
}

ApiError condition_failed(std::string_view condition) {
  return access_denied("Invalid according to Policy: Policy Condition failed: " +
                       std::string(condition));
}

std::string field_of(const Pairs& fields, std::string_view name) {
  const std::string* found = find_pair(fields, name);
  return found == nullptr ? std::string() : *found;
}

class PolicyCheck {
 public:
  PolicyCheck(const Pairs& fields, uint64_t file_bytes)
      : fields_(fields), file_bytes_(file_bytes) {}

  /// {"name": "value"}, ["eq"|"starts-with", "$name", "value"], ["content-length-range", 1, 10].
  ApiResult<void> check(const Value& condition) {
    if (condition.is_object()) {
      for (const json::Member& member : condition.members()) {
        if (!member.value.is_string()) return invalid_document("Invalid Simple-Condition.");
        PAWL_TRY_VOID(match("eq", "$" + std::string(member.name()), member.value.as_string()));
      }
      return {};
    }
    if (!condition.is_array() || condition.size() != 3 || !condition.items()[0].is_string()) {
      return invalid_document("Invalid Condition.");
    }
    const auto items = condition.items();
    const std::string kind = aws::lower_ascii(items[0].as_string());
    if (kind == "content-length-range") {
      int64_t least = 0;
      int64_t most = 0;
      if (!items[1].to_int64(least) || !items[2].to_int64(most)) {
        return invalid_document("Invalid content-length-range.");
      }
      return check_size(least, most);
    }
    if (!items[1].is_string() || !items[2].is_string() || (kind != "eq" && kind != "starts-with")) {
      return invalid_document("Invalid Condition.");
    }
    return match(kind, items[1].as_string(), items[2].as_string());
  }

  /// Every field must have a condition, but these.
  ApiResult<void> check_unnamed() const {
    static const std::set<std::string> kFree = {"x-amz-signature", "file",           "policy",
                                                "signature",       "awsaccesskeyid", "bucket"};
    for (const auto& [name, value] : fields_) {
      if (kFree.contains(name) || name.starts_with("x-ignore-") || named_.contains(name)) continue;
      return access_denied("Invalid according to Policy: Extra input fields: " + name);
    }
    return {};
  }

 private:
  ApiResult<void> check_size(int64_t least, int64_t most) const {
    const std::string size = std::to_string(file_bytes_);
    if (file_bytes_ > static_cast<uint64_t>(most)) {
      return error("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", 400,
                   {{"ProposedSize", size}, {"MaxSizeAllowed", std::to_string(most)}});
    }
    if (file_bytes_ < static_cast<uint64_t>(least)) {
      return error("EntityTooSmall",
                   "Your proposed upload is smaller than the minimum allowed size", 400,
                   {{"ProposedSize", size}, {"MinSizeAllowed", std::to_string(least)}});
    }
    return {};
  }

  ApiResult<void> match(std::string_view kind, std::string_view variable, std::string_view wanted) {
    if (!variable.starts_with('$')) return invalid_document("Invalid Condition.");
    const std::string name = aws::lower_ascii(variable.substr(1));
    named_.insert(name);
    const std::string actual = field_of(fields_, name);
    if (kind == "eq" ? actual == wanted : actual.starts_with(wanted)) return {};
    return condition_failed("[\"" + std::string(kind) + "\", \"" + std::string(variable) +
                            "\", \"" + std::string(wanted) + "\"]");
  }

  const Pairs& fields_;
  const uint64_t file_bytes_;
  std::set<std::string> named_;
};

}  // namespace

ApiResult<void> check_post_policy(std::string_view policy_base64, const Pairs& fields,
                                  uint64_t file_bytes, base::Timestamp now) {
  const auto text = base::base64_decode(policy_base64);
  const auto policy = text ? json::parse(*text) : json::parse("");
  if (!policy || !policy->is_object()) return invalid_document("Invalid JSON.");
  const auto expiration = base::parse_iso8601(Input(*policy).text("expiration"));
  if (!expiration) return invalid_document("Policy missing expiration.");
  if (*expiration <= now) return access_denied("Invalid according to Policy: Policy expired.");
  const Value* conditions = policy->find("conditions");
  if (conditions == nullptr || !conditions->is_array()) {
    return invalid_document("Policy missing conditions.");
  }
  PolicyCheck check(fields, file_bytes);
  for (const Value& condition : conditions->items()) PAWL_TRY_VOID(check.check(condition));
  return check.check_unnamed();
}

}  // namespace pawl::s3
