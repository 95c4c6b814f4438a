// SPDX-License-Identifier: Apache-2.0
// ItemSource: the items of a Distributed Map, pulled batch by batch from where its ItemReader
// points. ASL "ItemReader", Developer Guide "ItemReader (Map)" and "How Step Functions parses input
// CSV files". Not the choice of children or batches (engine), not ItemSelector.
//
// How an engine uses it. Opening and next() read from disk or network and parse: they belong on a
// worker thread. A batch shares no node of its Values with the source, with other batches, or with
// the arguments that the source was opened with; so it is moved whole to the engine's thread, which
// owns it from then on (json/value.h: a tree belongs to one thread). The engine asks for the next
// batch while it still has children to start from the last one; a source that nobody pulls costs an
// open file and its buffers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "items/object_store.h"
#include "items/outcome.h"
#include "json/value.h"

namespace pawl::items {

/// Bounds of a reader. Memory of a source: one item, one chunk, and the window of a decompressor.
struct ReaderLimits {
  /// "MaxItems": at most 100,000,000 items are read, whatever is asked for (recorded).
  uint64_t items_max = 100'000'000;
  /// One item as written in the object. A child's input has its own, smaller limit
  /// (base::Limits::payload_bytes_max), which counts after ItemSelector: the engine checks it.
  size_t item_bytes_max = 8 * 1024 * 1024;
  /// "CSVHeaderLocation": headers of up to 10 KiB.
  size_t csv_header_bytes_max = 10 * 1024;
  size_t json_depth_max = 1'000;
  /// Ours: a manifest.json of S3 Inventory is read whole.
  size_t manifest_bytes_max = 16 * 1024 * 1024;
};

/// Items in the order of the object.
struct ItemBatch {
  std::vector<json::Value> items;
  bool end = false;  ///< no more items will come; then next() is not called again
};

/// One thread at a time; may move between threads together with nothing else.
class ItemSource {
 public:
  virtual ~ItemSource() = default;
  /// Up to `items_max` (> 0) items; fewer, also none, only at the end. Blocks.
  /// Errors: States.ItemReaderFailed, also after items were handed out: the object is not read
  /// ahead. A failed source stays failed.
  virtual Outcome<ItemBatch> next(size_t items_max) = 0;
  /// The ETag of the object read, "" for listings and where the store has none. An engine that
  /// opens the source again after a restart and skips what it had, compares it first.
  virtual std::string etag() const { return {}; }
};

/// What a source is made of; all evaluated already.
struct ItemReaderRequest {
  std::string_view resource_action;  ///< asl::ItemReader::resource.action: "getObject",
                                     ///< "listObjectsV2"
  const json::Value& arguments;      ///< Parameters or Arguments: {Bucket, Key | Prefix, …}
  const json::Value& reader_config;  ///< ReaderConfig as written (asl::ItemReader::reader_config)
  /// MaxItems or MaxItemsPath, evaluated; nothing and 0 are no limit (recorded).
  std::optional<int64_t> max_items = std::nullopt;
};

/// Opens a source: checks the settings, gets the object and reads its head (CSV headers, the way to
/// the array). `store` outlives the source; the values of `request` are only read, no copy of them
/// is made or kept, so a worker may be lent them by a thread that leaves them alone meanwhile.
/// Blocks. Errors: States.ItemReaderFailed: "field MaxItems must be positive", "CSV headers cannot
/// contain duplicates.", "Attempting to map over non-iterable node." (recorded); S3's errors
/// (cause_of); a bad setting; InputType PARQUET, for which Debian has no library.
Outcome<std::unique_ptr<ItemSource>> open_item_source(ObjectStore& store,
                                                      const ItemReaderRequest& request,
                                                      const ReaderLimits& limits = {});

/// The same over `text` in place of the object that getObject would give (API TestState:
/// mapItemReaderData holds the data as found at its source). Manifests and listings are refused.
Outcome<std::unique_ptr<ItemSource>> open_item_text(std::string text,
                                                    const ItemReaderRequest& request,
                                                    const ReaderLimits& limits = {});

/// Reads `count` items and drops them: how a run goes on after a restart. Errors: as next(), and
/// States.ItemReaderFailed if there are fewer.
Outcome<void> skip_items(ItemSource& source, uint64_t count);

}  // namespace pawl::items
