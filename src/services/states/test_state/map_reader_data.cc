// SPDX-License-Identifier: Apache-2.0
#include "services/states/test_state/map_reader_data.h"

#include <iterator>
#include <utility>
#include <vector>

#include "items/item_source.h"

namespace pawl::states {
namespace {

/// Where the data would be read from does not matter: it is given.
json::Value some_object() {
  json::ObjectBuilder arguments;
  arguments.set("Bucket", json::Value("bucket")).set("Key", json::Value("key"));
  return std::move(arguments).build();
}

bool is_one_object(const asl::ItemReader& reader) {
  const json::Value& config = reader.reader_config.value();
  const json::Value* type = config.find("InputType");
  const bool is_manifest =
      config.find("ManifestType") != nullptr ||
      (type != nullptr && type->is_string() && type->as_string() == "MANIFEST");
  return reader.resource.action == "getObject" && !is_manifest;
}

}  // namespace

items::Outcome<json::Value> parse_reader_data(const std::string& data,
                                              const asl::ItemReader& reader) {
  constexpr size_t kBatch = 1'000;
  const json::Value arguments = some_object();
  const json::Value plain = json::Value::object();
  const items::ItemReaderRequest request{
      .resource_action = "getObject",
      .arguments = arguments,
      .reader_config = is_one_object(reader) ? reader.reader_config.value() : plain,
      .max_items = reader.max_items.literal};
  const std::unique_ptr<items::ItemSource> source = PAWL_TRY(items::open_item_text(data, request));
  std::vector<json::Value> items;
  for (bool end = false; !end;) {
    items::ItemBatch batch = PAWL_TRY(source->next(kBatch));
    std::move(batch.items.begin(), batch.items.end(), std::back_inserter(items));
    end = batch.end;
  }
  return json::Value::array(std::move(items));
}

}  // namespace pawl::states
