// SPDX-License-Identifier: Apache-2.0
// What a Map would give its children (ASL "ItemSelector", "ItemBatcher"), all at once, for
// Inspection. Running them is start_iterations' and the engine's.
#include <algorithm>
#include <utility>

#include "interpreter/stepper.h"

namespace pawl::interpreter {

Outcome<void> Stepper::inspect_map(const Frame& frame, const asl::MapState& map,
                                   const json::Payload& input, const json::Value& read_items) {
  Inspection& inspection = *result_.inspection;
  const bool reads = map.item_reader && map.mode == asl::MapMode::Distributed;
  if (reads && !inspection.reader_items) return {};
  const json::Value& items = reads ? *inspection.reader_items : read_items;
  if (reads && map.item_reader->reader_config.value().find("ItemsPointer") != nullptr)
    inspection.after_items_pointer = items;
  std::vector<json::Value> selected(items.items().begin(), items.items().end());
  if (map.item_selector || map.jsonata_item_selector) {
    for (size_t i = 0; i < selected.size(); ++i) {
      selected[i] = PAWL_TRY(
          select_item(frame, map, input.value(), static_cast<uint32_t>(i), items.items()[i]));
    }
    inspection.after_item_selector = json::Value::array(selected);
  }
  if (map.item_batcher) {
    selected = PAWL_TRY(batch_items(frame, *map.item_batcher, input, std::move(selected)));
    inspection.after_item_batcher = json::Value::array(selected);
  }
  inspection.iterations = selected.size();
  return {};
}

// ASL "ItemBatcher": as many items as both limits allow, but at least one.
Outcome<std::vector<json::Value>> Stepper::batch_items(const Frame& frame,
                                                       const asl::ItemBatcher& batcher,
                                                       const json::Payload& input,
                                                       std::vector<json::Value> items) {
  const int64_t items_max =
      PAWL_TRY(evaluate_integer(frame, batcher.max_items_per_batch, "MaxItemsPerBatchPath", input))
          .value_or(INT64_MAX);
  const int64_t bytes_max = PAWL_TRY(evaluate_integer(frame, batcher.max_input_bytes_per_batch,
                                                      "MaxInputBytesPerBatchPath", input))
                                .value_or(INT64_MAX);
  if (items_max <= 0 || bytes_max <= 0) {
    return tl::unexpected(in_state(
        frame,
        runtime_failure(std::string(items_max <= 0 ? "MaxItemsPerBatch" : "MaxInputBytesPerBatch") +
                        " must be positive.")));
  }
  json::ObjectBuilder shared;
  if (batcher.batch_input || batcher.jsonata_batch_input) {
    json::Payload batch_input = PAWL_TRY(apply_template(frame, batcher.batch_input, input));
    batch_input =
        PAWL_TRY(evaluate_field(frame, batcher.jsonata_batch_input, std::move(batch_input), {}));
    shared.set("BatchInput", batch_input.value());
  }
  const json::Value head = std::move(shared).build();
  const auto empty_batch = head.with_member("Items", json::Value::array());
  const auto batch_bytes_max = static_cast<size_t>(std::min(
      bytes_max,
      static_cast<int64_t>(std::min<size_t>(state_.info->limits.payload_bytes_max, INT64_MAX))));
  std::vector<json::Value> batches;
  std::vector<json::Value> batch;
  size_t bytes = empty_batch.text_bytes();
  const auto close = [&] {
    batches.push_back(head.with_member("Items", json::Value::array(std::exchange(batch, {}))));
    bytes = empty_batch.text_bytes();
  };
  for (json::Value& item : items) {
    const size_t item_bytes = item.text_bytes() + (batch.empty() ? 0 : 1);
    if (!batch.empty() &&
        (static_cast<int64_t>(batch.size()) >= items_max || bytes + item_bytes > batch_bytes_max)) {
      close();
    }
    bytes += item.text_bytes() + (batch.empty() ? 0 : 1);
    batch.push_back(std::move(item));
  }
  if (!batch.empty()) close();
  return batches;
}

}  // namespace pawl::interpreter
