// SPDX-License-Identifier: Apache-2.0
// Rows of a CSV file as items.
#include <set>
#include <string_view>
#include <utility>

#include "items/java_map_order.h"
#include "items/record_source.h"

namespace pawl::items {
namespace {

class CsvItems : public RecordSource {
 public:
  CsvItems(std::unique_ptr<TextStream> text, const ReaderSettings& settings)
      : text_(std::move(text)),
        records_(*text_, settings.csv_delimiter, settings.limits.item_bytes_max) {}

  /// Takes the headers, from the first row unless they are given.
  Outcome<void> read_headers(const ReaderSettings& settings) {
    std::vector<std::string> headers;
    if (settings.csv_headers) {
      headers = *settings.csv_headers;
    } else {
      PAWL_TRY(records_.next(headers));
    }
    size_t bytes = 0;
    std::set<std::string_view> seen;
    for (const std::string& header : headers) {
      bytes += header.size() + 1;
      if (!seen.insert(header).second)
        return reader_failed("CSV headers cannot contain duplicates.");
    }
    if (bytes > settings.limits.csv_header_bytes_max + 1) {
      return reader_failed("CSV headers cannot be longer than " +
                           std::to_string(settings.limits.csv_header_bytes_max) + " bytes.");
    }
    order_ = java_map_order(headers);
    headers_ = std::move(headers);
    begin_batch();
    return {};
  }

  void begin_batch() override {
    keys_.clear();
    for (const size_t column : order_) keys_.emplace_back(headers_[column]);
  }

  Outcome<std::optional<json::Value>> next() override {
    if (!PAWL_TRY(records_.next(fields_))) return std::optional<json::Value>();
    std::vector<json::Member> members;
    members.reserve(keys_.size());
    for (size_t i = 0; i < keys_.size(); ++i) {
      const size_t column = order_[i];
      members.emplace_back(keys_[i], column < fields_.size() ? json::Value(fields_[column])
                                                             : json::Value(std::string_view()));
    }
    return std::optional(json::Value::object(std::move(members)));
  }

 private:
  std::unique_ptr<TextStream> text_;
  CsvRecords records_;
  std::vector<std::string> headers_;
  std::vector<size_t> order_;      ///< columns in the order of the items' members
  std::vector<json::Value> keys_;  ///< in that order; of the current batch
  std::vector<std::string> fields_;
};

}  // namespace

Outcome<std::unique_ptr<RecordSource>> open_csv(std::unique_ptr<TextStream> text,
                                                const ReaderSettings& settings) {
  auto items = std::make_unique<CsvItems>(std::move(text), settings);
  PAWL_TRY_VOID(items->read_headers(settings));
  return items;
}

}  // namespace pawl::items
