// SPDX-License-Identifier: Apache-2.0
// ASL "Errors": Retry and Catch.
#include <algorithm>
#include <array>

#include "asl/compiler.h"
#include "asl/execution_error.h"

namespace pawl::asl {
namespace {

constexpr std::array<std::string_view, 7> kRetrierFields = {"ErrorEquals",     "IntervalSeconds", "MaxAttempts",
                                                            "BackoffRate",     "MaxDelaySeconds", "JitterStrategy",
                                                            "Comment"};
constexpr std::array<std::string_view, 5> kCatcherFields = {"ErrorEquals", "Next", "ResultPath", "Assign", "Comment"};
constexpr std::array<std::string_view, 5> kJsonataCatcherFields = {"ErrorEquals", "Next", "Output", "Assign",
                                                                   "Comment"};
constexpr int64_t kAttemptsMax = 99'999'999;
constexpr int64_t kIntervalSecondsMax = 99'999'999;
constexpr int64_t kMaxDelaySecondsMax = 31'622'400;

/// ASL "Complex retry scenarios": States.ALL stands alone and in the last place.
std::vector<std::string> error_names(const Fields& fields, bool is_last) {
  std::vector<std::string> names = fields.strings("ErrorEquals");
  const bool has_all = std::find(names.begin(), names.end(), error_name::kAll) != names.end();
  if (has_all && names.size() > 1) fields.error("ErrorEquals", "States.ALL must appear alone");
  if (has_all && !is_last) fields.error("ErrorEquals", "States.ALL must appear in the last place");
  return names;
}

}  // namespace

void StateCompiler::compile_retry() {
  const std::vector<Fields> retriers = fields.objects("Retry", false);
  for (size_t i = 0; i < retriers.size(); ++i) {
    const Fields& source = retriers[i];
    source.check_names(kRetrierFields);
    source.require({"ErrorEquals"});
    Retrier retrier;
    retrier.error_equals = error_names(source, i + 1 == retriers.size());
    retrier.interval_seconds = source.integer("IntervalSeconds", 1, kIntervalSecondsMax).value_or(1);
    retrier.max_attempts = source.integer("MaxAttempts", 0, kAttemptsMax).value_or(3);
    retrier.backoff_rate = source.number("BackoffRate", 1.0, 1e9).value_or(2.0);
    retrier.max_delay_seconds = source.integer("MaxDelaySeconds", 1, kMaxDelaySecondsMax);
    if (const auto jitter = source.string("JitterStrategy")) {
      retrier.full_jitter = *jitter == "FULL";
      if (!retrier.full_jitter && *jitter != "NONE") {
        source.error("JitterStrategy", "The field 'JitterStrategy' should have one of these values: [FULL, NONE]");
      }
    }
    if (retrier.max_delay_seconds && *retrier.max_delay_seconds <= retrier.interval_seconds) {
      source.error("MaxDelaySeconds", "MaxDelaySeconds must be greater than IntervalSeconds");
    }
    state.retry.push_back(std::move(retrier));
  }
}

void StateCompiler::compile_catch() {
  const std::vector<Fields> catchers = fields.objects("Catch", false);
  for (size_t i = 0; i < catchers.size(); ++i) {
    const Fields& source = catchers[i];
    source.check_names(is_jsonata() ? kJsonataCatcherFields : kCatcherFields);
    source.require({"ErrorEquals", "Next"});
    Catcher catcher;
    catcher.error_equals = error_names(source, i + 1 == catchers.size());
    catcher.result_path = is_jsonata() ? ResultPathField{} : source.result_path("ResultPath");
    if (!is_jsonata()) catcher.assign = source.payload_template("Assign");
    catcher.next = transition(source, "Next");
    state.catchers.push_back(std::move(catcher));
  }
}

}  // namespace pawl::asl
