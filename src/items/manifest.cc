// SPDX-License-Identifier: Apache-2.0
// Items from the files that a manifest names: S3 Inventory and Athena.
#include <algorithm>
#include <string_view>
#include <utility>

#include "items/address_source.h"
#include "items/object_sequence.h"
#include "items/record_source.h"
#include "json/parse.h"

namespace pawl::items {
namespace {

constexpr size_t kLineBytesMax = 8 * 1024;  // a bucket of 63 and a key of 1,024, escaped

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

Outcome<std::string> read_whole(TextStream& text, size_t bytes_max) {
  std::string whole;
  for (;;) {
    const std::string_view part = text.buffered();
    if (part.empty()) break;
    if (whole.size() + part.size() > bytes_max)
      return reader_failed("The manifest is longer than " + std::to_string(bytes_max) + " bytes.");
    whole += part;
    text.take(part.size());
  }
  if (text.failure()) return *text.failure();
  return whole;
}

/// Amazon S3 User Guide "Inventory manifest": the files are in the destination bucket, given as an
/// ARN.
class InventoryFiles : public AddressSource {
 public:
  InventoryFiles(std::string bucket, std::vector<std::string> keys)
      : bucket_(std::move(bucket)), keys_(std::move(keys)) {}

  Outcome<std::optional<ObjectAddress>> next() override {
    if (position_ == keys_.size()) return std::optional<ObjectAddress>();
    return std::optional(ObjectAddress{.bucket = bucket_, .key = keys_[position_++]});
  }

 private:
  std::string bucket_;
  std::vector<std::string> keys_;
  size_t position_ = 0;
};

std::string_view string_member(const json::Value& object, std::string_view name) {
  const json::Value* value = object.find(name);
  return value != nullptr && value->is_string() ? value->as_string() : std::string_view();
}

/// "Bucket, Key, Size" to the names of the columns.
std::vector<std::string> schema_columns(std::string_view schema) {
  std::vector<std::string> columns;
  while (!schema.empty()) {
    const size_t end = std::min(schema.find(','), schema.size());
    columns.emplace_back(trimmed(schema.substr(0, end)));
    schema.remove_prefix(std::min(end + 1, schema.size()));
  }
  return columns;
}

/// A location a line: s3://BUCKET/KEY, also in quotes.
class AthenaFiles : public AddressSource {
 public:
  explicit AthenaFiles(std::unique_ptr<TextStream> text)
      : text_(std::move(text)), lines_(*text_, ',', kLineBytesMax) {}

  Outcome<std::optional<ObjectAddress>> next() override {
    constexpr std::string_view kScheme = "s3://";
    while (PAWL_TRY(lines_.next(fields_))) {
      const std::string_view location = trimmed(fields_[0]);
      if (location.empty()) continue;
      const size_t slash = location.find('/', kScheme.size());
      if (!location.starts_with(kScheme) || slash == std::string_view::npos ||
          slash + 1 == location.size()) {
        return reader_failed("The manifest names '" + std::string(location) +
                             "', which is not s3://BUCKET/KEY.");
      }
      return std::optional(ObjectAddress{
          .bucket = std::string(location.substr(kScheme.size(), slash - kScheme.size())),
          .key = std::string(location.substr(slash + 1))});
    }
    return std::optional<ObjectAddress>();
  }

 private:
  std::unique_ptr<TextStream> text_;
  CsvRecords lines_;
  std::vector<std::string> fields_;
};

}  // namespace

Outcome<std::unique_ptr<RecordSource>> open_inventory(ObjectStore& store,
                                                      std::unique_ptr<ObjectReader> manifest,
                                                      const ReaderSettings& settings) {
  TextStream text(PAWL_TRY(make_byte_reader(std::move(manifest))));
  const std::string whole = PAWL_TRY(read_whole(text, settings.limits.manifest_bytes_max));
  const auto parsed = json::parse(whole, {.depth_max = settings.limits.json_depth_max});
  if (!parsed) return reader_failed("The manifest is not valid JSON: " + parsed.error().message);

  const std::string_view format = string_member(*parsed, "fileFormat");
  if (format != "CSV") {
    return reader_failed("The manifest is not one of an S3 Inventory in CSV: its fileFormat is '" +
                         std::string(format) + "'.");
  }
  std::string_view bucket = string_member(*parsed, "destinationBucket");
  bucket.remove_prefix(bucket.rfind(':') + 1);  // arn:aws:s3:::BUCKET; npos + 1 is 0
  const json::Value* files = parsed->find("files");
  ReaderSettings rows = settings;
  rows.csv_headers = schema_columns(string_member(*parsed, "fileSchema"));
  if (bucket.empty() || files == nullptr || !files->is_array() || rows.csv_headers->empty()) {
    return reader_failed(
        "The manifest is not one of an S3 Inventory: destinationBucket, fileSchema or files are "
        "missing.");
  }
  std::vector<std::string> keys;
  for (const json::Value& file : files->items()) {
    const std::string_view key = string_member(file, "key");
    if (key.empty()) return reader_failed("The manifest has a file without a key.");
    keys.emplace_back(key);
  }
  return std::make_unique<ObjectSequence>(
      store, std::move(rows),
      std::make_unique<InventoryFiles>(std::string(bucket), std::move(keys)));
}

Outcome<std::unique_ptr<RecordSource>> open_athena_data(ObjectStore& store,
                                                        std::unique_ptr<ObjectReader> manifest,
                                                        const ReaderSettings& settings) {
  auto text = std::make_unique<TextStream>(PAWL_TRY(make_byte_reader(std::move(manifest))));
  return std::make_unique<ObjectSequence>(store, settings,
                                          std::make_unique<AthenaFiles>(std::move(text)));
}

}  // namespace pawl::items
