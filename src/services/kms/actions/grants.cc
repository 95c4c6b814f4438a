// SPDX-License-Identifier: Apache-2.0
// Grants: kept and listed; nothing is enforced by them.
#include "aws/service/input_members.h"
#include "base/bytes.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/kms/api.h"
#include "services/kms/service.h"
#include "store/sealing/aes_gcm.h"

namespace pawl::kms {

using aws::ActionResult;
using aws::ApiError;
using aws::ApiResult;
using aws::from_store;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kPageDefault = 50;
constexpr size_t kIdBytes = 32;
constexpr size_t kTokenBytes = 96;

Value entry(const KeyName& key, const Grant& grant) {
  ObjectBuilder out;
  out.set("KeyId", Value(key.arn())).set("GrantId", Value(grant.id));
  out.set("Name", Value(grant.name)).set("CreationDate", aws::time_value(grant.created_ms));
  out.set("GranteePrincipal", Value(grant.grantee));
  if (!grant.retiring.empty()) out.set("RetiringPrincipal", Value(grant.retiring));
  out.set("IssuingAccount", Value(grant.issuer));
  out.set("Operations", json::texts_value(grant.operations));
  if (!grant.constraints.empty()) {
    if (auto constraints = json::parse(grant.constraints))
      out.set("Constraints", *std::move(constraints));
  }
  return std::move(out).build();
}

bool says_the_same(const Grant& a, const Grant& b) {
  return a.name == b.name && a.grantee == b.grantee && a.retiring == b.retiring &&
         a.operations == b.operations && a.constraints == b.constraints;
}

/// The grants that are wanted, as a page.
class GrantPage {
 public:
  GrantPage(size_t max, std::string after) : max_(max), after_(std::move(after)) {}

  /// False when the page is full.
  bool add(const KeyName& key, const Grant& grant) {
    const std::string place = key.id + " " + grant.id;
    if (!after_.empty() && place <= after_) return true;
    is_truncated_ = list_.size() == max_;
    if (is_truncated_) return false;
    list_.push_back(entry(key, grant));
    last_ = place;
    return true;
  }

  Value build() && {
    ObjectBuilder out;
    out.set("Grants", Value::array(std::move(list_)));
    end_page(out, is_truncated_, last_);
    return std::move(out).build();
  }

 private:
  const size_t max_;
  const std::string after_;
  std::vector<Value> list_;
  std::string last_;
  bool is_truncated_ = false;
};

size_t page_size(const Value& input) {
  return static_cast<size_t>(find_integer(input, "Limit").value_or(kPageDefault));
}

}  // namespace

ActionResult KmsService::create_grant(const Request& request) {
  const Value& input = request.input;
  const std::lock_guard lock(mutex_);
  const Key key = PAWL_TRY(find_locked(request, text_member(input, "KeyId")));
  PAWL_TRY_VOID(check_enabled(key));
  Grant grant;
  grant.id = base::hex_encode(store::random_bytes(kIdBytes));
  grant.token = base::base64_encode(store::random_bytes(kTokenBytes));
  grant.name = text_member(input, "Name");
  grant.grantee = text_member(input, "GranteePrincipal");
  grant.retiring = text_member(input, "RetiringPrincipal");
  grant.issuer = "arn:aws:iam::" + request.account_id() + ":root";
  grant.operations = texts_member(input, "Operations");
  if (const Value* constraints = input.find("Constraints"))
    grant.constraints = json::write(*constraints);
  grant.created_ms = now_ms();
  PAWL_TRY_VOID(check_dry_run(request));
  // API CreateGrant, "Name": the same request with the same name gives the same grant.
  if (!grant.name.empty()) {
    PAWL_TRY_VOID(from_store(keys_.visit_grants(key.name, [&](const KeyName&, Grant&& there) {
      if (!says_the_same(there, grant)) return true;
      there.token = grant.token;
      grant = std::move(there);
      return false;
    })));
  }
  ObjectBuilder out;
  out.set("GrantToken", Value(grant.token)).set("GrantId", Value(grant.id));
  Value output = std::move(out).build();
  store::Batch batch;
  keys_.put_grant(batch, key.name, grant);
  request.keep_answer(output);
  PAWL_TRY_VOID(commit(batch));
  return output;
}

ActionResult KmsService::list_grants(const Request& request) {
  const Value& input = request.input;
  const Key key = PAWL_TRY(find(request, text_member(input, "KeyId")));
  const std::string id = text_member(input, "GrantId");
  const std::string grantee = text_member(input, "GranteePrincipal");
  GrantPage page(page_size(input), PAWL_TRY(page_start(input)));
  PAWL_TRY_VOID(from_store(keys_.visit_grants(key.name, [&](const KeyName& name, Grant&& grant) {
    const bool is_wanted =
        (id.empty() || grant.id == id) && (grantee.empty() || grant.grantee == grantee);
    return !is_wanted || page.add(name, grant);
  })));
  return std::move(page).build();
}

ActionResult KmsService::list_retirable(const Request& request) {
  const Value& input = request.input;
  const std::string retiring = text_member(input, "RetiringPrincipal");
  GrantPage page(page_size(input), PAWL_TRY(page_start(input)));
  PAWL_TRY_VOID(from_store(keys_.visit_grants(
      {request.account_id(), request.region, ""}, [&](const KeyName& name, Grant&& grant) {
        return grant.retiring != retiring || page.add(name, grant);
      })));
  return std::move(page).build();
}

ActionResult KmsService::retire_grant(const Request& request) {
  const Value& input = request.input;
  const std::string token = text_member(input, "GrantToken");
  const std::string id = text_member(input, "GrantId");
  const std::lock_guard lock(mutex_);
  KeyName of{request.account_id(), request.region, ""};
  if (const auto key_id = find_text(input, "KeyId"))
    of = PAWL_TRY(find_locked(request, *key_id)).name;
  if (token.empty() && (id.empty() || of.id.empty())) {
    return aws::validation_exception(
        "You must specify either a grant token, or a grant ID and a key ID.");
  }
  PAWL_TRY_VOID(check_dry_run(request));
  store::Batch batch;
  bool is_found = false;
  PAWL_TRY_VOID(from_store(keys_.visit_grants(of, [&](const KeyName& name, Grant&& grant) {
    is_found = token.empty() ? grant.id == id : grant.token == token;
    if (is_found) keys_.erase_grant(batch, name, grant.id);
    return !is_found;
  })));
  if (!is_found && !token.empty()) return ApiError("InvalidGrantTokenException", std::nullopt);
  if (!is_found) return not_found("Grant ID " + id + " not found");
  request.keep_answer(Value::object());
  PAWL_TRY_VOID(commit(batch));
  return Value::object();
}

ActionResult KmsService::revoke_grant(const Request& request) {
  const std::string id = text_member(request.input, "GrantId");
  const std::lock_guard lock(mutex_);
  const Key key = PAWL_TRY(find_locked(request, text_member(request.input, "KeyId")));
  if (!PAWL_TRY(from_store(keys_.find_grant(key.name, id))))
    return not_found("Grant ID " + id + " not found");
  PAWL_TRY_VOID(check_dry_run(request));
  store::Batch batch;
  keys_.erase_grant(batch, key.name, id);
  request.keep_answer(Value::object());
  PAWL_TRY_VOID(commit(batch));
  return Value::object();
}

}  // namespace pawl::kms
