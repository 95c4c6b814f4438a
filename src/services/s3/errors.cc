// SPDX-License-Identifier: Apache-2.0
#include "services/s3/errors.h"

#include "json/value.h"

namespace pawl::s3 {

using aws::ApiError;

ApiError error(std::string_view code, std::string_view message, int status, ErrorMembers members) {
  ApiError made(std::string(code), std::string(message), status,
                status >= 500 ? aws::Fault::Receiver : aws::Fault::Sender);
  if (members.size() == 0) return made;
  json::ObjectBuilder object;
  for (const auto& [name, value] : members) object.set(name, json::Value(value));
  made.members = std::move(object).build();
  return made;
}

ApiError no_such_bucket(std::string_view bucket) {
  return error("NoSuchBucket", "The specified bucket does not exist", 404,
               {{"BucketName", bucket}});
}

ApiError no_such_key(std::string_view key) {
  return error("NoSuchKey", "The specified key does not exist.", 404, {{"Key", key}});
}

ApiError no_such_version(std::string_view key, std::string_view version_id) {
  return error("NoSuchVersion", "The specified version does not exist.", 404,
               {{"Key", key}, {"VersionId", version_id}});
}

ApiError no_such_upload(std::string_view upload_id) {
  return error("NoSuchUpload",
               "The specified upload does not exist. The upload ID may be invalid, or the upload "
               "may have been aborted or completed.",
               404, {{"UploadId", upload_id}});
}

ApiError malformed_xml() {
  return error("MalformedXML",
               "The XML you provided was not well-formed or did not validate against our published "
               "schema",
               400);
}

ApiError malformed_acl() {
  ApiError made = malformed_xml();
  made.code = "MalformedACLError";
  return made;
}

ApiError invalid_argument(std::string_view message, std::string_view name, std::string_view value) {
  return error("InvalidArgument", message, 400, {{"ArgumentName", name}, {"ArgumentValue", value}});
}

ApiError invalid_argument(std::string_view message, std::string_view name) {
  return error("InvalidArgument", message, 400, {{"ArgumentName", name}});
}

ApiError invalid_request(std::string_view message) { return error("InvalidRequest", message, 400); }

ApiError access_denied(std::string_view message) { return error("AccessDenied", message, 403); }

ApiError precondition_failed(std::string_view condition) {
  return error("PreconditionFailed",
               "At least one of the pre-conditions you specified did not hold", 412,
               {{"Condition", condition}});
}

ApiError delete_marker_not_allowed(std::string_view method) {
  return error("MethodNotAllowed", "The specified method is not allowed against this resource.",
               405, {{"Method", method}, {"ResourceType", "DeleteMarker"}});
}

ApiError internal_error(const base::Error&) {
  return error("InternalError", "We encountered an internal error. Please try again.", 500);
}

}  // namespace pawl::s3
