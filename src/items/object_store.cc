// SPDX-License-Identifier: Apache-2.0
#include "items/object_store.h"

namespace pawl::items {

ObjectError no_such_bucket() {
  return {
      .code = "NoSuchBucket", .message = "The specified bucket does not exist", .http_status = 404};
}

ObjectError no_such_key() {
  return {.code = "NoSuchKey", .message = "The specified key does not exist.", .http_status = 404};
}

ObjectError no_such_version() {
  return {.code = "NoSuchVersion",
          .message = "The specified version does not exist.",
          .http_status = 404};
}

ObjectError access_denied() {
  return {.code = "AccessDenied", .message = "Access Denied", .http_status = 403};
}

ObjectError internal_error(std::string message) {
  return {.code = "InternalError", .message = std::move(message), .http_status = 500};
}

std::string cause_of(const ObjectError& error) {
  return error.message + " (Service: Amazon S3; Status Code: " + std::to_string(error.http_status) +
         "; Error Code: " + error.code + "; Request ID: " + error.request_id +
         "; S3 Extended Request ID: " + error.extended_request_id + "; Proxy: null)";
}

ObjectResult<void> ObjectStore::put(const ObjectAddress& address, std::string_view bytes) {
  auto writer = create(address);
  if (!writer) return tl::unexpected(std::move(writer).error());
  if (auto appended = (*writer)->append(bytes); !appended) return appended;
  return (*writer)->commit();
}

}  // namespace pawl::items
