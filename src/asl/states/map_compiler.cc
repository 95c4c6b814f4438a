// SPDX-License-Identifier: Apache-2.0
// ASL "Map State".
#include <array>
#include <utility>

#include "asl/compiler.h"

namespace pawl::asl {
namespace {

constexpr std::array<std::string_view, 4> kProcessorFields = {"StartAt", "States", "Comment", "ProcessorConfig"};
constexpr int64_t kLarge = 99'999'999'999;

/// An integer or number field that may be an expression in a JSONata state.
bool holds_expression(const Fields& fields, std::string_view name) {
  const json::Value* value = fields.find(name);
  return value != nullptr && value->is_string() && is_jsonata_text(value->as_string());
}

void read_processor_config(const Fields& processor, MapState& map) {
  const auto config = processor.object("ProcessorConfig");
  if (!config) return;
  const auto mode = config->string("Mode");
  if (mode && *mode == "DISTRIBUTED") map.mode = MapMode::Distributed;
  if (mode && *mode != "DISTRIBUTED" && *mode != "INLINE") {
    config->error("Mode", "The field 'Mode' should have one of these values: [INLINE, DISTRIBUTED]");
  }
  const auto type = config->string("ExecutionType");
  if (type && *type == "EXPRESS") map.execution_type = StateMachineType::Express;
  if (type && *type != "EXPRESS" && *type != "STANDARD") {
    config->error("ExecutionType", "The field 'ExecutionType' should have one of these values: [STANDARD, EXPRESS]");
  }
  if (map.mode == MapMode::Distributed && !type) config->require({"ExecutionType"});
}

}  // namespace

void StateCompiler::compile_map() {
  MapState map;
  compile_next();
  compile_io_paths();
  compile_assign();
  fields.exclude("ItemProcessor", "Iterator");
  fields.exclude("ItemSelector", "Parameters");
  const std::string_view processor_name = fields.has("Iterator") ? "Iterator" : "ItemProcessor";
  if (!fields.has("Iterator")) fields.require({"ItemProcessor"});
  if (const auto processor = fields.object(processor_name)) {
    processor->check_names(kProcessorFields);
    processor->require({"States", "StartAt"});
    read_processor_config(*processor, map);
    map.processor = compiler.compile_scope(*processor, compiler.program_->query_language);
  }
  if (!is_jsonata()) {
    map.items_path = fields.path_field("ItemsPath", false);
    map.item_selector = fields.payload_template(fields.has("Parameters") ? "Parameters" : "ItemSelector");
    map.max_concurrency = fields.integer_field("MaxConcurrency", 0, kLarge);
    map.tolerated_failure_count = fields.integer_field("ToleratedFailureCount", 0, kLarge);
    map.tolerated_failure_percentage = fields.number_field("ToleratedFailurePercentage", 0, 100);
  } else {
    for (const std::string_view name : {"MaxConcurrency", "ToleratedFailureCount"}) {
      if (!holds_expression(fields, name)) fields.integer(name, 0, kLarge);
    }
    if (!holds_expression(fields, "ToleratedFailurePercentage")) fields.number("ToleratedFailurePercentage", 0, 100);
  }
  map.label = fields.string("Label").value_or("");
  if (const auto reader = fields.object("ItemReader")) map.item_reader = compile_item_reader(*reader);
  if (const auto batcher = fields.object("ItemBatcher")) map.item_batcher = compile_item_batcher(*batcher);
  if (const auto writer = fields.object("ResultWriter")) map.result_writer = compile_result_writer(*writer);
  compile_result_fields(map.result_selector);
  state.detail = std::move(map);
}

ItemReader StateCompiler::compile_item_reader(const Fields& reader) {
  constexpr std::array<std::string_view, 5> kFields = {"Resource", "Parameters", "Arguments", "ReaderConfig",
                                                       "Comment"};
  ItemReader out;
  reader.check_names(kFields);
  reader.require({"Resource"});
  if (auto resource = compile_resource(reader)) out.resource = *std::move(resource);
  if (!is_jsonata()) out.parameters = reader.payload_template("Parameters");
  json::Value config = json::Value::object();
  if (const auto source = reader.object("ReaderConfig")) {
    config = source->object();
    if (!is_jsonata()) out.max_items = source->integer_field("MaxItems", 0, kLarge);
  }
  out.reader_config = json::FrozenValue(config);
  return out;
}

ItemBatcher StateCompiler::compile_item_batcher(const Fields& batcher) {
  ItemBatcher out;
  if (!batcher.has("MaxItemsPerBatch") && !batcher.has("MaxItemsPerBatchPath") &&
      !batcher.has("MaxInputBytesPerBatch") && !batcher.has("MaxInputBytesPerBatchPath")) {
    batcher.error_here("One of these fields is required: [MaxItemsPerBatch, MaxInputBytesPerBatch]");
  }
  if (is_jsonata()) return out;
  out.batch_input = batcher.payload_template("BatchInput");
  out.max_items_per_batch = batcher.integer_field("MaxItemsPerBatch", 1, kLarge);
  out.max_input_bytes_per_batch = batcher.integer_field("MaxInputBytesPerBatch", 1, 262'144);
  return out;
}

ResultWriter StateCompiler::compile_result_writer(const Fields& writer) {
  ResultWriter out;
  if (writer.has("Resource")) out.resource = compile_resource(writer);
  if (!is_jsonata()) out.parameters = writer.payload_template("Parameters");
  const auto config = writer.object("WriterConfig");
  out.writer_config = json::FrozenValue(config ? config->object() : json::Value::object());
  return out;
}

}  // namespace pawl::asl
