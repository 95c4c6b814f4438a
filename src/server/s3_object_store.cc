// SPDX-License-Identifier: Apache-2.0
#include "server/s3_object_store.h"

#include <algorithm>
#include <utility>

#include "server/request_id.h"

namespace pawl::server {
namespace {

using items::ObjectError;
using items::ObjectResult;

ObjectError to_object_error(const aws::ApiError& error) {
  return {.code = error.code,
          .message = error.message.value_or(""),
          .http_status = error.status,
          .request_id = make_request_id(),
          .extended_request_id = make_request_id()};
}

std::string quoted(const std::string& etag) { return '"' + etag + '"'; }

class Reader final : public items::ObjectReader {
 public:
  explicit Reader(s3::ObjectAccess::Opened opened) : opened_(std::move(opened)) {}

  ObjectResult<size_t> read(char* buffer, size_t bytes) override {
    auto count = opened_.bytes->read(buffer, bytes);
    if (!count) return items::internal_error(count.error().message);
    return *count;
  }
  std::string etag() const override { return quoted(opened_.version.etag); }

 private:
  s3::ObjectAccess::Opened opened_;
};

class Writer final : public items::ObjectWriter {
 public:
  explicit Writer(std::unique_ptr<s3::ObjectWriting> writing) : writing_(std::move(writing)) {}

  ObjectResult<void> append(std::string_view bytes) override {
    return answered(writing_->append(bytes));
  }
  ObjectResult<void> commit() override { return answered(writing_->commit()); }

 private:
  static ObjectResult<void> answered(const aws::ApiResult<void>& result) {
    if (!result) return to_object_error(result.error());
    return {};
  }

  std::unique_ptr<s3::ObjectWriting> writing_;
};

s3::ObjectName name_of(const items::ObjectAddress& address) {
  return {address.bucket, address.key, address.version_id, address.expected_bucket_owner};
}

}  // namespace

ObjectResult<std::unique_ptr<items::ObjectReader>> S3ObjectStore::get(
    const items::ObjectAddress& address) {
  auto opened = access_.open(name_of(address));
  if (!opened) return to_object_error(opened.error());
  return std::unique_ptr<items::ObjectReader>(std::make_unique<Reader>(std::move(*opened)));
}

ObjectResult<items::ListedPage> S3ObjectStore::list(const items::ListRequest& request) {
  s3::ObjectListing listing;
  listing.prefix = request.prefix;
  listing.after = request.continuation.empty() ? request.start_after : request.continuation;
  listing.count_max = std::min<size_t>(request.objects_max, 1'000);
  const auto page = access_.list(request.bucket, listing, request.expected_bucket_owner);
  if (!page) return to_object_error(page.error());
  items::ListedPage listed;
  for (const s3::ObjectVersion& object : page->objects) {
    listed.objects.push_back({.key = object.key,
                              .etag = quoted(object.etag),
                              .last_modified = {object.modified.ms / 1'000 * 1'000},
                              .size_bytes = object.size,
                              .storage_class = object.attributes.storage_class});
  }
  if (page->is_truncated) listed.continuation = page->last;
  return listed;
}

ObjectResult<std::unique_ptr<items::ObjectWriter>> S3ObjectStore::create(
    const items::ObjectAddress& address) {
  auto writing = access_.create(name_of(address));
  if (!writing) return to_object_error(writing.error());
  return std::unique_ptr<items::ObjectWriter>(std::make_unique<Writer>(std::move(*writing)));
}

}  // namespace pawl::server
