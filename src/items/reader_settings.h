// SPDX-License-Identifier: Apache-2.0
// ReaderSettings: ReaderConfig and the arguments of an ItemReader, checked. Developer Guide
// "ItemReader (Map)", "Contents of the ItemReader field".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "items/item_source.h"
#include "items/object_store.h"
#include "items/outcome.h"

namespace pawl::items {

/// What the objects hold.
enum class InputType : uint8_t { Json, JsonLines, Csv, Parquet };

/// What the items are made from.
enum class ItemOrigin : uint8_t {
  Object,     ///< getObject: the items in one object
  Inventory,  ///< getObject, ManifestType S3_INVENTORY: the rows of the inventory's files
  Athena,     ///< getObject, ManifestType ATHENA_DATA: the items in the files that it lists
  Listing,    ///< listObjectsV2: an item describes an object
  Flattened,  ///< listObjectsV2, Transformation LOAD_AND_FLATTEN: the items in the objects listed
};

struct ReaderSettings {
  ItemOrigin origin = ItemOrigin::Object;
  InputType input_type = InputType::Json;
  char csv_delimiter = ',';
  std::optional<std::vector<std::string>> csv_headers;  ///< CSVHeaderLocation GIVEN
  std::string items_pointer;                            ///< "" is the whole document
  ObjectAddress address;                                ///< Bucket; Key for getObject
  std::string prefix;                                   ///< of a listing
  std::string start_after;
  std::string delimiter;  ///< keys with it after the prefix are left out
  uint64_t items_max = 0;
  ReaderLimits limits;
};

/// Errors: States.ItemReaderFailed.
Outcome<ReaderSettings> read_settings(const ItemReaderRequest& request, const ReaderLimits& limits);

}  // namespace pawl::items
