// SPDX-License-Identifier: Apache-2.0
#include "services/s3/object_access.h"

#include "base/bytes.h"
#include "services/s3/errors.h"
#include "services/s3/request_context.h"

namespace pawl::s3 {

using aws::ApiResult;

namespace {

constexpr int kReadAttempts = 3;

}  // namespace

ObjectWriting::ObjectWriting(Storage& storage, ObjectVersion version)
    : storage_(storage),
      version_(std::move(version)),
      writer_(storage.contents().writer()),
      md5_(Digester::md5()),
      checksum_(ChecksumAlgorithm::Crc64Nvme) {}

ApiResult<void> ObjectWriting::append(std::string_view bytes) {
  md5_.update(bytes);
  checksum_.update(bytes);
  return answered(writer_.append(bytes));
}

ApiResult<void> ObjectWriting::commit() {
  Draft draft;
  draft.version = std::move(version_);
  NewContent content = PAWL_TRY(answered(writer_.finish()));
  draft.version.size = content.content().size;
  draft.version.etag = base::hex_encode(md5_.finish());
  draft.version.checksum = {"CRC64NVME", base::base64_encode(checksum_.finish()), false};
  draft.version.pieces.push_back({content.content(), 0, ""});
  draft.contents.push_back(std::move(content));
  draft.event = "ObjectCreated:Put";
  draft.origin.account = draft.version.account;
  draft.origin.reason = "PutObject";
  PAWL_TRY(storage_.put(std::move(draft), {}));
  return storage_.sync();
}

ApiResult<Bucket> ObjectAccess::bucket(std::string_view name,
                                       const std::string& expected_owner) const {
  Bucket found = PAWL_TRY(storage_.bucket(name));
  if (!expected_owner.empty() && expected_owner != found.account) return access_denied();
  return found;
}

ApiResult<ObjectAccess::Opened> ObjectAccess::open(const ObjectName& name) {
  const Bucket found = PAWL_TRY(bucket(name.bucket, name.expected_owner));
  for (int attempt = 0; attempt < kReadAttempts; ++attempt) {
    ObjectVersion version = PAWL_TRY(storage_.find(found, name.key, name.version_id, "GET"));
    auto bytes = PAWL_TRY(storage_.open_content(version, 0, version.size));
    if (bytes) return Opened{std::move(version), std::move(bytes)};
  }
  return no_such_key(name.key);
}

ApiResult<ObjectPage> ObjectAccess::list(std::string_view name, const ObjectListing& listing,
                                         const std::string& expected_owner) {
  const Bucket found = PAWL_TRY(bucket(name, expected_owner));
  return list_objects(storage_.metadata(), found.name, listing);
}

ApiResult<std::unique_ptr<ObjectWriting>> ObjectAccess::create(const ObjectName& name) {
  const Bucket found = PAWL_TRY(bucket(name.bucket, name.expected_owner));
  PAWL_TRY_VOID(check_key(name.key));
  ObjectVersion version;
  version.bucket = found.name;
  version.key = name.key;
  version.account = found.account;
  version.attributes.headers = {{"Content-Type", "application/octet-stream"}};
  return std::make_unique<ObjectWriting>(storage_, std::move(version));
}

}  // namespace pawl::s3
