// SPDX-License-Identifier: Apache-2.0
// Text messages: attributes of the account, opt-outs, the sandbox.
#include <algorithm>
#include <array>
#include <utility>

#include "services/sns/identifiers.h"
#include "services/sns/service.h"

namespace pawl::sns {

using aws::ActionResult;
using aws::ApiError;
using aws::ApiResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kPageSize = 100;
constexpr size_t kPasswordDigits = 6;
constexpr size_t kSenderIdMax = 11;
constexpr std::array<std::string_view, 6> kAttributes = {
    "MonthlySpendLimit", "DeliveryStatusIAMRole", "DeliveryStatusSuccessSamplingRate",
    "DefaultSenderID",   "DefaultSMSType",        "UsageReportS3Bucket"};

Scope scope_of(const Request& request) { return {request.account_id(), request.region}; }

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// API SetSMSAttributes: "1 - 11 alphanumeric characters, one letter at least".
bool is_sender_id(std::string_view text) {
  return !text.empty() && text.size() <= kSenderIdMax &&
         std::any_of(text.begin(), text.end(), is_letter) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; });
}

ApiResult<void> check_sms_attribute(const std::string& name, const std::string& value) {
  if (std::find(kAttributes.begin(), kAttributes.end(), name) == kAttributes.end())
    return ApiError("InvalidParameter", name + " is not a valid attribute");
  const bool is_wrong =
      (name == "DefaultSMSType" && value != "Promotional" && value != "Transactional") ||
      (name == "DefaultSenderID" && !is_sender_id(value));
  if (is_wrong) return ApiError("InvalidParameter", name + " is invalid");
  return {};
}

/// Six digits that nobody can guess.
std::string new_password() {
  std::string digits = new_token(kPasswordDigits);
  for (char& c : digits) c = static_cast<char>('0' + (c >= 'a' ? c - 'a' : c - '0') % 10);
  return digits;
}

}  // namespace

ActionResult SnsService::get_sms_attributes(const Request& request) {
  Attributes attributes = PAWL_TRY(from_store(sms_.attributes(scope_of(request))));
  if (const Value* wanted = request.input.find("attributes");
      wanted != nullptr && wanted->is_array() && wanted->size() > 0) {
    std::erase_if(attributes, [&](const auto& each) {
      const auto names = wanted->items();
      return std::none_of(names.begin(), names.end(), [&](const Value& name) {
        return name.is_string() && name.as_string() == each.first;
      });
    });
  }
  return aws::Output(
      std::move(ObjectBuilder().set("attributes", attributes_value(attributes))).build());
}

ActionResult SnsService::set_sms_attributes(const Request& request) {
  const std::lock_guard lock(mutex_);
  Attributes attributes = PAWL_TRY(from_store(sms_.attributes(scope_of(request))));
  for (const auto& [name, value] : attributes_member(request.input, "attributes")) {
    PAWL_TRY_VOID(check_sms_attribute(name, value));
    attributes.insert_or_assign(name, value);
  }
  store::Batch batch;
  sms_.put_attributes(batch, scope_of(request), attributes);
  PAWL_TRY_VOID(commit(batch));
  return aws::Output();
}

/// Who gets no text messages cannot answer STOP: nobody has opted out, ever.
ActionResult SnsService::is_opted_out(const Request&) {
  return aws::Output(std::move(ObjectBuilder().set("isOptedOut", Value(false))).build());
}

ActionResult SnsService::list_opted_out(const Request&) {
  return aws::Output(std::move(ObjectBuilder().set("phoneNumbers", Value::array())).build());
}

ActionResult SnsService::opt_in(const Request&) { return aws::Output(); }

/// The one-time password is in the mailbox, where the text message is that AWS would send.
ActionResult SnsService::create_sandbox_number(const Request& request) {
  const std::lock_guard lock(mutex_);
  const SandboxNumber number{text_member(request.input, "PhoneNumber"), new_password(), false};
  store::Batch batch;
  sms_.put(batch, scope_of(request), number);
  PAWL_TRY_VOID(commit(batch));
  Message message;
  message.id = new_uuid();
  message.text = "Your verification code is " + number.one_time_password;
  PAWL_TRY_VOID(deliver_directly(message, "sms", number.number));
  return aws::Output();
}

ActionResult SnsService::delete_sandbox_number(const Request& request) {
  const std::string number = text_member(request.input, "PhoneNumber");
  const std::lock_guard lock(mutex_);
  if (!PAWL_TRY(from_store(sms_.find_sandbox_number(scope_of(request), number))))
    return ApiError("ResourceNotFound", "Phone number does not exist in the sandbox");
  store::Batch batch;
  sms_.erase_sandbox_number(batch, scope_of(request), number);
  PAWL_TRY_VOID(commit(batch));
  return aws::Output();
}

ActionResult SnsService::verify_sandbox_number(const Request& request) {
  const std::lock_guard lock(mutex_);
  auto number = PAWL_TRY(from_store(
      sms_.find_sandbox_number(scope_of(request), text_member(request.input, "PhoneNumber"))));
  if (!number) return ApiError("ResourceNotFound", "Phone number does not exist in the sandbox");
  if (number->one_time_password != text_member(request.input, "OneTimePassword"))
    return ApiError("VerificationException", "Invalid OneTimePassword");
  number->is_verified = true;
  store::Batch batch;
  sms_.put(batch, scope_of(request), *number);
  PAWL_TRY_VOID(commit(batch));
  return aws::Output();
}

ActionResult SnsService::list_sandbox_numbers(const Request& request) {
  const std::string from = PAWL_TRY(page_start(request.input, "NextToken"));
  int64_t max = kPageSize;
  if (const Value* given = request.input.find("MaxResults"); given != nullptr)
    (void)given->to_int64(max);
  const Page<SandboxNumber> page =
      PAWL_TRY(from_store(sms_.sandbox_numbers(scope_of(request), from, static_cast<size_t>(max))));
  std::vector<Value> numbers;
  for (const SandboxNumber& each : page.items)
    numbers.push_back(
        std::move(ObjectBuilder()
                      .set("PhoneNumber", Value(each.number))
                      .set("Status", Value(each.is_verified ? "Verified" : "Pending")))
            .build());
  ObjectBuilder out;
  out.set("PhoneNumbers", Value::array(std::move(numbers)));
  if (!page.next.empty()) out.set("NextToken", Value(page_token(page.next)));
  return aws::Output(std::move(out).build());
}

/// Nothing leaves this house, to whatever number: no sandbox.
ActionResult SnsService::get_sandbox_status(const Request&) {
  return aws::Output(std::move(ObjectBuilder().set("IsInSandbox", Value(false))).build());
}

/// The numbers that an account sends from; there are none here.
ActionResult SnsService::list_origination_numbers(const Request&) {
  return aws::Output(std::move(ObjectBuilder().set("PhoneNumbers", Value::array())).build());
}

}  // namespace pawl::sns
