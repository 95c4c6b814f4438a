// SPDX-License-Identifier: Apache-2.0
// Items from a listing of a bucket: the objects described, or what is in them.
#include <string_view>
#include <utility>

#include "items/address_source.h"
#include "items/object_sequence.h"
#include "items/record_source.h"

namespace pawl::items {
namespace {

class ListingItems : public RecordSource {
 public:
  ListingItems(ObjectStore& store, const ReaderSettings& settings) : pages_(store, settings) {}

  Outcome<std::optional<json::Value>> next() override {
    const std::optional<ListedObject> object = PAWL_TRY(pages_.next());
    if (!object) return std::optional<json::Value>();
    json::ObjectBuilder item;
    item.set("Etag", json::Value(object->etag))
        .set("Key", json::Value(object->key))
        .set("LastModified", json::Value(object->last_modified.ms / 1'000))
        .set("Size", json::Value(static_cast<int64_t>(object->size_bytes)))
        .set("StorageClass", json::Value(object->storage_class));
    return std::optional(std::move(item).build());
  }

 private:
  ListingPages pages_;
};

class ListedAddresses : public AddressSource {
 public:
  ListedAddresses(ObjectStore& store, const ReaderSettings& settings)
      : pages_(store, settings), address_(settings.address) {}

  Outcome<std::optional<ObjectAddress>> next() override {
    for (;;) {
      const std::optional<ListedObject> object = PAWL_TRY(pages_.next());
      if (!object) return std::optional<ObjectAddress>();
      if (object->size_bytes == 0 && object->key.ends_with('/')) continue;
      address_.key = object->key;
      return std::optional(address_);
    }
  }

 private:
  ListingPages pages_;
  ObjectAddress address_;
};

}  // namespace

ListingPages::ListingPages(ObjectStore& store, const ReaderSettings& settings)
    : store_(&store),
      request_{.bucket = settings.address.bucket,
               .prefix = settings.prefix,
               .start_after = settings.start_after,
               .expected_bucket_owner = settings.address.expected_bucket_owner},
      delimiter_(settings.delimiter) {}

Outcome<std::optional<ListedObject>> ListingPages::next() {
  for (;;) {
    while (position_ < page_.size()) {
      ListedObject& object = page_[position_++];
      // S3 ListObjectsV2 "Delimiter": such keys are rolled up into CommonPrefixes.
      const bool is_rolled_up =
          !delimiter_.empty() &&
          std::string_view(object.key).substr(request_.prefix.size()).find(delimiter_) !=
              std::string_view::npos;
      if (!is_rolled_up) return std::optional(std::move(object));
    }
    if (is_last_page_) return std::optional<ListedObject>();
    auto page = store_->list(request_);
    if (!page) return reader_failed(cause_of(page.error()));
    page_ = std::move(page->objects);
    position_ = 0;
    is_last_page_ = !page->continuation;
    if (page->continuation) request_.continuation = *std::move(page->continuation);
  }
}

std::unique_ptr<RecordSource> open_listing(ObjectStore& store, const ReaderSettings& settings) {
  return std::make_unique<ListingItems>(store, settings);
}

std::unique_ptr<RecordSource> open_flattened_listing(ObjectStore& store,
                                                     const ReaderSettings& settings) {
  return std::make_unique<ObjectSequence>(store, settings,
                                          std::make_unique<ListedAddresses>(store, settings));
}

}  // namespace pawl::items
