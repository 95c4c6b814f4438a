// SPDX-License-Identifier: Apache-2.0
// ASL "Map State".
#include <utility>

#include "asl/compiler.h"

namespace pawl::asl {
namespace {

constexpr std::string_view kProcessorFields[] = {"StartAt", "States", "Comment", "ProcessorConfig"};
constexpr std::string_view kConfigFields[] = {"Mode", "ExecutionType"};
constexpr int64_t kAnyCount = INT64_MAX;
constexpr size_t kLabelCharactersMax = 40;

// ASL "ItemProcessor Configuration".
void read_processor_config(const Fields& processor, MapState& map) {
  const auto config = processor.object("ProcessorConfig");
  if (!config) return;
  config->check_names(kConfigFields);
  const auto mode = config->one_of("Mode", {"INLINE", "DISTRIBUTED"});
  if (mode == "DISTRIBUTED") {
    map.mode = MapMode::Distributed;
    config->require({"ExecutionType"});
  } else if (mode == "INLINE" && config->has("ExecutionType")) {
    config->refuse("ExecutionType");
  }
  if (config->one_of("ExecutionType", {"STANDARD", "EXPRESS"}) == "EXPRESS") {
    map.execution_type = StateMachineType::Express;
  }
}

}  // namespace

ScopeIndex StateCompiler::compile_processor(const Fields& processor, MapState& map) {
  processor.check_names(kProcessorFields);
  processor.require({"States", "StartAt"});
  read_processor_config(processor, map);
  // "QueryLanguage" of this state is not inherited: the machine's is.
  if (map.mode == MapMode::Inline)
    return compiler.compile_scope(processor, {.type = compiler.type_});
  if (compiler.type_ == StateMachineType::Express) {
    processor.object("ProcessorConfig")
        ->error("Mode",
                "The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' state "
                "machines");
  }
  return compiler.compile_scope(processor,
                                {.type = map.execution_type, .sees_outer_variables = false});
}

// A part of the names of the Map Run and its children.
void StateCompiler::compile_label(MapState& map) {
  const json::Value* label = fields.find("Label");
  map.label = fields.string("Label").value_or("");
  if (label == nullptr || !label->is_string()) return;
  const std::string place = fields.child_pointer("Label");
  if (map.label.size() > kLabelCharactersMax) {
    compiler.error(place,
                   "Invalid Label name: '" + map.label +
                       "' exceeds the 40-character limit allowed by the service",
                   kInvalidLabelName);
  }
  if (!compiler.labels_.insert(label->as_string()).second) {
    compiler.error(place, "Duplicate Label name: " + map.label, kDuplicateLabelName);
  }
}

void StateCompiler::compile_map() {
  MapState map;
  compile_next();
  compile_io_paths();
  state.assign = compile_assign(fields);
  fields.exactly_one({"ItemProcessor", "Iterator"});
  if (const auto processor =
          fields.object(fields.has("ItemProcessor") ? "ItemProcessor" : "Iterator")) {
    map.processor = compile_processor(*processor, map);
  }
  map.items = compile_expressions(fields, "Items");
  map.jsonata_item_selector = compile_expressions(fields, "ItemSelector");
  if (!is_jsonata()) {
    fields.at_most_one({"ItemSelector", "Parameters"});
    if (fields.has("ItemsPath")) {
      map.items_path.path = fields.reference_path("ItemsPath");
      if (map.items_path.path) map.items_path.use = PathField::Use::Select;
    }
    map.item_selector =
        fields.payload_template(fields.has("Parameters") ? "Parameters" : "ItemSelector");
  } else if (const json::Value* items = fields.find("Items")) {
    if (!items->is_array() && !items->is_string())
      fields.error("Items", "Expected value of type Array");
  }
  map.max_concurrency = compile_integer(fields, "MaxConcurrency", 0, kAnyCount);
  map.tolerated_failure_count = compile_integer(fields, "ToleratedFailureCount", 0, kAnyCount);
  map.tolerated_failure_percentage = compile_number(fields, "ToleratedFailurePercentage", 0, 100);
  compile_label(map);
  if (const auto reader = fields.object("ItemReader"))
    map.item_reader = compile_item_reader(*reader);
  if (const auto batcher = fields.object("ItemBatcher"))
    map.item_batcher = compile_item_batcher(*batcher);
  if (const auto writer = fields.object("ResultWriter"))
    map.result_writer = compile_result_writer(*writer);
  if (map.mode == MapMode::Inline) {
    for (const std::string_view name : {"ItemReader", "ItemBatcher", "ResultWriter"}) {
      if (fields.has(name))
        fields.warn(name, "The field has a meaning only if ProcessorConfig has Mode DISTRIBUTED");
    }
  }
  compile_result_fields(map.result_selector);
  state.detail = std::move(map);
}

}  // namespace pawl::asl
