// SPDX-License-Identifier: Apache-2.0
#include "items/item_source.h"

#include <algorithm>
#include <utility>

#include "items/byte_reader.h"
#include "items/reader_settings.h"
#include "items/record_source.h"
#include "items/text_stream.h"

namespace pawl::items {
namespace {

/// Batches of records, up to MaxItems.
class LimitedSource : public ItemSource {
 public:
  LimitedSource(std::unique_ptr<RecordSource> records, uint64_t items_max, std::string etag)
      : records_(std::move(records)), left_(items_max), etag_(std::move(etag)) {}

  Outcome<ItemBatch> next(size_t items_max) override {
    if (failure_) return *failure_;
    ItemBatch batch;
    records_->begin_batch();
    while (batch.items.size() < items_max && left_ > 0) {
      auto item = records_->next();
      if (!item) {
        failure_ = std::move(item).error();
        return *failure_;
      }
      if (!*item) {
        left_ = 0;
        break;
      }
      batch.items.push_back(**std::move(item));
      --left_;
    }
    batch.end = left_ == 0;
    return batch;
  }

  std::string etag() const override { return etag_; }

 private:
  std::unique_ptr<RecordSource> records_;
  uint64_t left_;
  std::string etag_;
  std::optional<asl::ExecutionError> failure_;
};

Outcome<std::unique_ptr<RecordSource>> open_origin(ObjectStore& store,
                                                   const ReaderSettings& settings,
                                                   std::string& etag) {
  if (settings.origin == ItemOrigin::Listing) return open_listing(store, settings);
  if (settings.origin == ItemOrigin::Flattened) return open_flattened_listing(store, settings);
  auto object = store.get(settings.address);
  if (!object) return reader_failed(cause_of(object.error()));
  etag = (*object)->etag();
  if (settings.origin == ItemOrigin::Inventory)
    return open_inventory(store, *std::move(object), settings);
  if (settings.origin == ItemOrigin::Athena)
    return open_athena_data(store, *std::move(object), settings);
  return open_records(*std::move(object), settings);
}

/// NOTE: Debian 12 has no library for Apache Parquet. Known before anything is read.
Outcome<void> check_input_type(const ReaderSettings& settings) {
  if (settings.origin == ItemOrigin::Listing || settings.input_type != InputType::Parquet)
    return {};
  return reader_failed(
      "InputType PARQUET is not supported by this server: it was built without a library for "
      "Apache Parquet.");
}

}  // namespace

Outcome<std::unique_ptr<RecordSource>> open_records(std::unique_ptr<ObjectReader> object,
                                                    const ReaderSettings& settings) {
  PAWL_TRY_VOID(check_input_type(settings));
  auto text = std::make_unique<TextStream>(PAWL_TRY(make_byte_reader(std::move(object))));
  switch (settings.input_type) {
    case InputType::Csv: return open_csv(std::move(text), settings);
    case InputType::JsonLines: return open_json_lines(std::move(text), settings);
    default: return open_json_array(std::move(text), settings);
  }
}

Outcome<std::unique_ptr<ItemSource>> open_item_source(ObjectStore& store,
                                                      const ItemReaderRequest& request,
                                                      const ReaderLimits& limits) {
  const ReaderSettings settings = PAWL_TRY(read_settings(request, limits));
  PAWL_TRY_VOID(check_input_type(settings));
  std::string etag;
  std::unique_ptr<RecordSource> records = PAWL_TRY(open_origin(store, settings, etag));
  return std::make_unique<LimitedSource>(std::move(records), settings.items_max, std::move(etag));
}

Outcome<std::unique_ptr<ItemSource>> open_item_text(std::string text,
                                                    const ItemReaderRequest& request,
                                                    const ReaderLimits& limits) {
  const ReaderSettings settings = PAWL_TRY(read_settings(request, limits));
  if (settings.origin != ItemOrigin::Object)
    return reader_failed("Only the items of one object can be read from a given text.");
  std::unique_ptr<RecordSource> records =
      PAWL_TRY(open_records(std::make_unique<TextObject>(std::move(text)), settings));
  return std::make_unique<LimitedSource>(std::move(records), settings.items_max, std::string());
}

Outcome<void> skip_items(ItemSource& source, uint64_t count) {
  constexpr uint64_t kBatch = 1'000;
  while (count > 0) {
    const ItemBatch batch = PAWL_TRY(source.next(std::min(count, kBatch)));
    count -= batch.items.size();
    if (batch.end && count > 0)
      return reader_failed("The data set has become shorter while it was read.");
  }
  return {};
}

}  // namespace pawl::items
