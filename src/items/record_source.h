// SPDX-License-Identifier: Apache-2.0
// RecordSource: item after item, the inside of an ItemSource; and the readers of the formats.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "items/csv_records.h"
#include "items/object_store.h"
#include "items/outcome.h"
#include "items/reader_settings.h"
#include "items/text_stream.h"
#include "json/value.h"

namespace pawl::items {

/// One thread. After an error it is not asked again.
class RecordSource {
 public:
  virtual ~RecordSource() = default;
  /// A new batch begins: what comes from here on must not share nodes with items before.
  virtual void begin_batch() {}
  /// The next item, nothing at the end.
  virtual Outcome<std::optional<json::Value>> next() = 0;
};

/// The records of one object by settings.input_type. Reads the head: CSV headers, the way to the
/// array that ItemsPointer names.
Outcome<std::unique_ptr<RecordSource>> open_records(std::unique_ptr<ObjectReader> object,
                                                    const ReaderSettings& settings);

/// A JSON array, element by element: neither the document nor the array is ever in memory. What
/// lies beside the array that ItemsPointer (RFC 6901) names is skipped without being checked; of a
/// repeated key the first counts. Errors: "Attempting to map over non-iterable node." if there is
/// no array.
Outcome<std::unique_ptr<RecordSource>> open_json_array(std::unique_ptr<TextStream> text,
                                                       const ReaderSettings& settings);

/// JSON Lines: a value a line; blank lines are skipped.
std::unique_ptr<RecordSource> open_json_lines(std::unique_ptr<TextStream> text,
                                              const ReaderSettings& settings);

/// An object a row, all members strings: those that a row lacks are "", those it has too many are
/// dropped. Errors: "CSV headers cannot contain duplicates.", headers beyond the limit.
Outcome<std::unique_ptr<RecordSource>> open_csv(std::unique_ptr<TextStream> text,
                                                const ReaderSettings& settings);

/// The objects below a prefix, described: {Etag, Key, LastModified, Size, StorageClass},
/// LastModified in seconds since 1970.
std::unique_ptr<RecordSource> open_listing(ObjectStore& store, const ReaderSettings& settings);

/// The records of all objects below a prefix, object after object. What stands for a folder (an
/// empty object whose key ends with "/") has none.
std::unique_ptr<RecordSource> open_flattened_listing(ObjectStore& store,
                                                     const ReaderSettings& settings);

/// The records of the files that the manifest.json of an S3 Inventory names (CSV; Amazon S3 User
/// Guide "Inventory manifest"), named after its fileSchema.
Outcome<std::unique_ptr<RecordSource>> open_inventory(ObjectStore& store,
                                                      std::unique_ptr<ObjectReader> manifest,
                                                      const ReaderSettings& settings);

/// The records of the files that an Athena data manifest lists, s3://BUCKET/KEY a line (Amazon
/// Athena User Guide "Identify query output files").
Outcome<std::unique_ptr<RecordSource>> open_athena_data(ObjectStore& store,
                                                        std::unique_ptr<ObjectReader> manifest,
                                                        const ReaderSettings& settings);

}  // namespace pawl::items
