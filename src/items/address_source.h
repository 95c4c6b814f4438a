// SPDX-License-Identifier: Apache-2.0
// AddressSource: which objects hold the items, one after the other: a listing, a manifest.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "items/object_store.h"
#include "items/outcome.h"
#include "items/reader_settings.h"

namespace pawl::items {

class AddressSource {
 public:
  virtual ~AddressSource() = default;
  /// The next object, nothing at the end.
  virtual Outcome<std::optional<ObjectAddress>> next() = 0;
};

/// A listing, page after page, in the order of the keys.
class ListingPages {
 public:
  ListingPages(ObjectStore& store, const ReaderSettings& settings);

  /// The next object, nothing at the end. Errors: S3's.
  Outcome<std::optional<ListedObject>> next();

 private:
  ObjectStore* store_;
  ListRequest request_;
  std::string delimiter_;
  std::vector<ListedObject> page_;
  size_t position_ = 0;
  bool is_last_page_ = false;
};

}  // namespace pawl::items
