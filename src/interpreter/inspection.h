// SPDX-License-Identifier: Apache-2.0
// Inspection: what one state's run looks like inside (API InspectionData). A caller that sets
// StepResult::inspection runs one state alone: leaving it ends the execution, and the branches of a
// Parallel or the iterations of a Map are not run but waited for as a Map Run is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "asl/execution_error.h"
#include "asl/program.h"
#include "json/payload.h"
#include "json/value.h"

namespace pawl::interpreter {

/// Stages that the state did not reach, or does not have, stay empty. One thread.
struct Inspection {
  /// In: the items that a Distributed Map's ItemReader would read; without them its items are not
  /// looked at.
  std::optional<json::Value> reader_items;

  // The data flow. JSONPath states have no Arguments, JSONata states none of the others but result.
  std::optional<json::Payload> after_input_path;
  std::optional<json::Payload> after_parameters;
  std::optional<json::Payload> after_arguments;
  std::optional<json::Payload> result;  ///< of a Task, or a Pass state's Result
  std::optional<json::Payload> after_result_selector;
  std::optional<json::Payload> after_result_path;

  // A Map's, each an array.
  std::optional<json::Value> after_items_path;
  std::optional<json::Value> after_items_pointer;  ///< ReaderConfig.ItemsPointer
  std::optional<json::Value> after_item_selector;
  std::optional<json::Value> after_item_batcher;
  std::optional<size_t> iterations;  ///< as many children as the Map would start
  std::optional<int64_t> max_concurrency;
  std::optional<int64_t> tolerated_failure_count;
  std::optional<double> tolerated_failure_percentage;

  // How a failure was handled.
  std::optional<asl::ExecutionError> error;
  std::optional<size_t> retry_index;      ///< of the Retrier that matched, also if it is used up
  std::optional<int64_t> retry_delay_ms;  ///< unless it is used up
  std::optional<size_t> catch_index;

  // How the state was left.
  asl::StateIndex next = asl::kEnd;
  std::optional<std::vector<std::pair<std::string, json::Value>>> variables;
};

}  // namespace pawl::interpreter
