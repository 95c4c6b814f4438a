// SPDX-License-Identifier: Apache-2.0
#include "items/reader_settings.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "json/value.h"

namespace pawl::items {
namespace {

/// The string member `name`, "" if it is absent or null.
Outcome<std::string> text_of(const json::Value& object, std::string_view name) {
  const json::Value* value = object.find(name);
  if (value == nullptr || value->is_null()) return std::string();
  if (!value->is_string())
    return reader_failed("The field '" + std::string(name) +
                         "' of the ItemReader must be a string.");
  return std::string(value->as_string());
}

asl::ExecutionError bad_value(std::string_view name, std::string_view value) {
  return reader_failed("'" + std::string(value) + "' is not a value of " + std::string(name) + ".");
}

Outcome<void> read_csv(const json::Value& config, ReaderSettings& settings) {
  constexpr std::pair<std::string_view, char> kDelimiters[] = {
      {"", ','}, {"COMMA", ','}, {"PIPE", '|'}, {"SEMICOLON", ';'}, {"SPACE", ' '}, {"TAB", '\t'}};
  const std::string delimiter = PAWL_TRY(text_of(config, "CSVDelimiter"));
  const auto* found = std::find_if(std::begin(kDelimiters), std::end(kDelimiters),
                                   [&](const auto& entry) { return entry.first == delimiter; });
  if (found == std::end(kDelimiters)) return bad_value("CSVDelimiter", delimiter);
  settings.csv_delimiter = found->second;

  const std::string location = PAWL_TRY(text_of(config, "CSVHeaderLocation"));
  if (location != "" && location != "FIRST_ROW" && location != "GIVEN")
    return bad_value("CSVHeaderLocation", location);
  if (location != "GIVEN") return {};
  const json::Value* headers = config.find("CSVHeaders");
  if (headers == nullptr || !headers->is_array() || headers->size() == 0)
    return reader_failed("CSVHeaderLocation GIVEN needs CSVHeaders.");
  settings.csv_headers.emplace();
  for (const json::Value& header : headers->items()) {
    if (!header.is_string()) return reader_failed("CSVHeaders must be strings.");
    settings.csv_headers->emplace_back(header.as_string());
  }
  return {};
}

/// "ManifestType": of S3_INVENTORY the files are CSV, of ATHENA_DATA what InputType says.
Outcome<void> read_types(const json::Value& config, bool is_listing, ReaderSettings& settings) {
  constexpr std::pair<std::string_view, InputType> kInputTypes[] = {
      {"JSON", InputType::Json},
      {"JSONL", InputType::JsonLines},
      {"CSV", InputType::Csv},
      {"PARQUET", InputType::Parquet}};
  const std::string input_type = PAWL_TRY(text_of(config, "InputType"));
  const std::string manifest_type = PAWL_TRY(text_of(config, "ManifestType"));
  const std::string transformation = PAWL_TRY(text_of(config, "Transformation"));

  const auto* found = std::find_if(std::begin(kInputTypes), std::end(kInputTypes),
                                   [&](const auto& entry) { return entry.first == input_type; });
  const bool is_known = found != std::end(kInputTypes);
  if (is_known) settings.input_type = found->second;
  if (!is_known && input_type != "" && input_type != "MANIFEST")
    return bad_value("InputType", input_type);

  if (is_listing) {
    if (transformation == "LOAD_AND_FLATTEN") {
      if (!is_known) return reader_failed("Transformation LOAD_AND_FLATTEN needs an InputType.");
      settings.origin = ItemOrigin::Flattened;
    } else if (transformation == "" || transformation == "NONE") {
      settings.origin = ItemOrigin::Listing;
    } else {
      return bad_value("Transformation", transformation);
    }
    return {};
  }
  if (manifest_type == "ATHENA_DATA") {
    if (!is_known)
      return reader_failed("ManifestType ATHENA_DATA needs the InputType of its files.");
    settings.origin = ItemOrigin::Athena;
  } else if (manifest_type == "S3_INVENTORY" || (manifest_type == "" && input_type == "MANIFEST")) {
    settings.origin = ItemOrigin::Inventory;
    settings.input_type = InputType::Csv;
  } else if (manifest_type != "") {
    return bad_value("ManifestType", manifest_type);
  }
  return {};
}

Outcome<void> read_arguments(const json::Value& arguments, bool is_listing,
                             ReaderSettings& settings) {
  if (!arguments.is_object()) return reader_failed("The ItemReader has no Bucket.");
  settings.address.bucket = PAWL_TRY(text_of(arguments, "Bucket"));
  settings.address.expected_bucket_owner = PAWL_TRY(text_of(arguments, "ExpectedBucketOwner"));
  if (settings.address.bucket.empty()) return reader_failed("The ItemReader has no Bucket.");
  if (is_listing) {
    settings.prefix = PAWL_TRY(text_of(arguments, "Prefix"));
    settings.start_after = PAWL_TRY(text_of(arguments, "StartAfter"));
    settings.delimiter = PAWL_TRY(text_of(arguments, "Delimiter"));
    return {};
  }
  settings.address.key = PAWL_TRY(text_of(arguments, "Key"));
  settings.address.version_id = PAWL_TRY(text_of(arguments, "VersionId"));
  if (settings.address.key.empty()) return reader_failed("The ItemReader has no Key.");
  return {};
}

}  // namespace

Outcome<ReaderSettings> read_settings(const ItemReaderRequest& request,
                                      const ReaderLimits& limits) {
  ReaderSettings settings;
  settings.limits = limits;
  const bool is_listing = request.resource_action == "listObjectsV2";
  if (!is_listing && request.resource_action != "getObject")
    return bad_value("Resource", "s3:" + std::string(request.resource_action));

  // Recorded: -1 fails, 0 and what exceeds the limit read everything.
  if (request.max_items && *request.max_items < 0)
    return reader_failed("field MaxItems must be positive");
  settings.items_max = limits.items_max;
  if (request.max_items && *request.max_items > 0)
    settings.items_max = std::min(limits.items_max, static_cast<uint64_t>(*request.max_items));

  PAWL_TRY_VOID(read_types(request.reader_config, is_listing, settings));
  PAWL_TRY_VOID(read_csv(request.reader_config, settings));
  settings.items_pointer = PAWL_TRY(text_of(request.reader_config, "ItemsPointer"));
  if (!settings.items_pointer.empty() && settings.items_pointer[0] != '/')
    return reader_failed("ItemsPointer '" + settings.items_pointer + "' is not a JSON Pointer.");
  PAWL_TRY_VOID(read_arguments(request.arguments, is_listing, settings));
  return settings;
}

}  // namespace pawl::items
