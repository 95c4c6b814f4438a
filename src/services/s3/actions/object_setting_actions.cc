// SPDX-License-Identifier: Apache-2.0
#include "services/s3/actions/object_setting_actions.h"

#include "aws/protocol/timestamp_text.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/s3/acl.h"
#include "services/s3/actions/action_binding.h"
#include "services/s3/errors.h"
#include "services/s3/input.h"
#include "services/s3/java_date.h"
#include "services/s3/object_attributes.h"
#include "services/s3/request_context.h"
#include "services/s3/tags.h"

namespace pawl::s3 {

using aws::ActionResult;
using aws::ApiResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

struct Found {
  Bucket bucket;
  ObjectVersion version;
};

ApiResult<Found> find_object(const Storage& storage, const Request& request, Access access) {
  const Input input(request.input);
  Found found;
  found.bucket = PAWL_TRY(open_bucket(storage, request, access));
  found.version = PAWL_TRY(storage.find(found.bucket, input.text("Key"), input.text("VersionId"),
                                        request.operation->http_method));
  return found;
}

/// The answer of what changes a version: its id.
Value version_answer(const Found& found) {
  ObjectBuilder out;
  tell_version(found.bucket, found.version, out);
  return std::move(out).build();
}

aws::ApiError no_lock_on_bucket() {
  return invalid_request("Bucket is missing Object Lock Configuration");
}

aws::ApiError no_lock_on_object() {
  return error("NoSuchObjectLockConfiguration",
               "The specified object does not have a ObjectLock configuration", 404);
}

ApiResult<Value> acl_answer(const std::string& text, const std::string& account) {
  if (text.empty()) return private_acl(account);
  auto acl = json::parse(text);
  if (!acl) return internal_error(acl.error());
  return std::move(*acl);
}

/// A retention may be made longer; other changes need the right to bypass GOVERNANCE.
bool may_change_retention(const Attributes& old, const std::string& mode, base::Timestamp until,
                          base::Timestamp now, bool bypass) {
  if (old.lock_mode.empty() || old.retain_until <= now) return true;
  if (mode == old.lock_mode && until >= old.retain_until) return true;
  return old.lock_mode == "GOVERNANCE" && bypass;
}

}  // namespace

void ObjectSettingActions::bind(aws::ActionTable& table) {
  ActionBinding on(table, *this, storage_.loop());
  on.read("GetObjectTagging", &ObjectSettingActions::get_object_tagging);
  on.write("PutObjectTagging", &ObjectSettingActions::put_object_tagging);
  on.write("DeleteObjectTagging", &ObjectSettingActions::delete_object_tagging);
  on.read("GetObjectAcl", &ObjectSettingActions::get_object_acl);
  on.write("PutObjectAcl", &ObjectSettingActions::put_object_acl);
  on.read("GetBucketAcl", &ObjectSettingActions::get_bucket_acl);
  on.write("PutBucketAcl", &ObjectSettingActions::put_bucket_acl);
  on.read("GetObjectRetention", &ObjectSettingActions::get_object_retention);
  on.write("PutObjectRetention", &ObjectSettingActions::put_object_retention);
  on.read("GetObjectLegalHold", &ObjectSettingActions::get_object_legal_hold);
  on.write("PutObjectLegalHold", &ObjectSettingActions::put_object_legal_hold);
}

ActionResult ObjectSettingActions::get_object_tagging(const Request& request) {
  const Input input(request.input);
  auto found = find_object(storage_, request, Access::Read);
  if (!found && found.error().code == "NoSuchKey") {
    // NOTE: recorded: here the key is told with its bucket.
    return no_such_key(input.text("Bucket") + "/" + input.text("Key"));
  }
  const Found object = PAWL_TRY(std::move(found));
  ObjectBuilder out;
  tell_version(object.bucket, object.version, out);
  out.set("TagSet", tag_list(object.version.attributes.tags));
  return std::move(out).build();
}

ActionResult ObjectSettingActions::put_object_tagging(const Request& request) {
  const Found found = PAWL_TRY(find_object(storage_, request, Access::Write));
  const Value* tagging = Input(request.input).find("Tagging");
  if (tagging == nullptr) return malformed_xml();
  const Pairs tags = PAWL_TRY(read_tags(Input(*tagging).items("TagSet"), TagOwner::Object));
  PAWL_TRY(storage_.amend(found.version, "ObjectTagging:Put", origin_of(request),
                          [&](ObjectVersion& version) -> ApiResult<void> {
                            version.attributes.tags = tags;
                            return {};
                          }));
  return version_answer(found);
}

ActionResult ObjectSettingActions::delete_object_tagging(const Request& request) {
  const Found found = PAWL_TRY(find_object(storage_, request, Access::Write));
  PAWL_TRY(storage_.amend(found.version, "ObjectTagging:Delete", origin_of(request),
                          [](ObjectVersion& version) -> ApiResult<void> {
                            version.attributes.tags.clear();
                            return {};
                          }));
  return version_answer(found);
}

ActionResult ObjectSettingActions::get_object_acl(const Request& request) {
  const Found found = PAWL_TRY(find_object(storage_, request, Access::Own));
  return PAWL_TRY(acl_answer(found.version.attributes.acl, found.version.account));
}

ActionResult ObjectSettingActions::put_object_acl(const Request& request) {
  const Found found = PAWL_TRY(find_object(storage_, request, Access::Own));
  const Value acl = PAWL_TRY(read_acl(request.input, found.version.account, true));
  PAWL_TRY_VOID(check_acl_allowed(storage_, found.bucket, acl));
  const std::string text = json::write(acl);
  PAWL_TRY(storage_.amend(found.version, "ObjectAcl:Put", origin_of(request),
                          [&](ObjectVersion& version) -> ApiResult<void> {
                            version.attributes.acl = text;
                            return {};
                          }));
  return Value::object();
}

ActionResult ObjectSettingActions::get_bucket_acl(const Request& request) {
  const Bucket bucket = PAWL_TRY(open_bucket(storage_, request, Access::Own));
  const auto text = PAWL_TRY(storage_.metadata().configuration(bucket.name, "acl"));
  return PAWL_TRY(acl_answer(text.value_or(""), bucket.account));
}

ActionResult ObjectSettingActions::put_bucket_acl(const Request& request) {
  const Bucket bucket = PAWL_TRY(open_bucket(storage_, request, Access::Own));
  const Value acl = PAWL_TRY(read_acl(request.input, bucket.account, true));
  PAWL_TRY_VOID(check_acl_allowed(storage_, bucket, acl));
  PAWL_TRY_VOID(storage_.commit([&](store::Batch& batch) -> ApiResult<void> {
    storage_.metadata().put_configuration(batch, bucket.name, "acl", "", json::write(acl));
    return {};
  }));
  return Value::object();
}

ActionResult ObjectSettingActions::get_object_retention(const Request& request) {
  const Found found = PAWL_TRY(find_object(storage_, request, Access::Read));
  if (!found.bucket.object_lock) return no_lock_on_bucket();
  const Attributes& attributes = found.version.attributes;
  if (attributes.lock_mode.empty()) return no_lock_on_object();
  ObjectBuilder retention;
  retention.set("Mode", Value(attributes.lock_mode))
      .set("RetainUntilDate", aws::timestamp_value(attributes.retain_until));
  ObjectBuilder out;
  out.set("Retention", std::move(retention).build());
  return std::move(out).build();
}

ActionResult ObjectSettingActions::put_object_retention(const Request& request) {
  const Input input(request.input);
  const Found found = PAWL_TRY(find_object(storage_, request, Access::Write));
  if (!found.bucket.object_lock) return no_lock_on_bucket();
  const Value none = Value::object();
  const Value* given = input.find("Retention");
  const Input retention(given == nullptr ? none : *given);
  const std::string mode = retention.text("Mode");
  const auto until = retention.time("RetainUntilDate");
  if (mode.empty() != !until || (given == nullptr)) return malformed_xml();
  if (until) {
    if (mode != "GOVERNANCE" && mode != "COMPLIANCE") return malformed_xml();
    if (*until <= storage_.now()) {
      return invalid_argument("The retain until date must be in the future!", "RetainUntilDate",
                              java_date(*until));
    }
  }
  const bool bypass = input.is_true("BypassGovernanceRetention");
  const base::Timestamp new_until = until.value_or(base::Timestamp{});
  PAWL_TRY(storage_.amend(
      found.version, "", origin_of(request), [&](ObjectVersion& version) -> ApiResult<void> {
        if (!may_change_retention(version.attributes, mode, new_until, storage_.now(), bypass)) {
          return access_denied("Access Denied because object protected by object lock.");
        }
        version.attributes.lock_mode = mode;
        version.attributes.retain_until = new_until;
        return {};
      }));
  return Value::object();
}

ActionResult ObjectSettingActions::get_object_legal_hold(const Request& request) {
  const Found found = PAWL_TRY(find_object(storage_, request, Access::Read));
  if (!found.bucket.object_lock) return no_lock_on_bucket();
  const std::string& hold = found.version.attributes.legal_hold;
  if (hold.empty()) return no_lock_on_object();
  ObjectBuilder status;
  status.set("Status", Value(hold));
  ObjectBuilder out;
  out.set("LegalHold", std::move(status).build());
  return std::move(out).build();
}

ActionResult ObjectSettingActions::put_object_legal_hold(const Request& request) {
  const Found found = PAWL_TRY(find_object(storage_, request, Access::Write));
  const Value* given = Input(request.input).find("LegalHold");
  if (given == nullptr) return malformed_xml();
  if (!found.bucket.object_lock) return no_lock_on_bucket();
  const std::string status = Input(*given).text("Status");
  if (status != "ON" && status != "OFF") return malformed_xml();
  PAWL_TRY(storage_.amend(found.version, "", origin_of(request),
                          [&](ObjectVersion& version) -> ApiResult<void> {
                            version.attributes.legal_hold = status;
                            return {};
                          }));
  return Value::object();
}

}  // namespace pawl::s3
