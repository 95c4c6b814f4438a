// SPDX-License-Identifier: Apache-2.0
// ASL "Errors": Retry and Catch.
#include "asl/compiler.h"
#include "asl/execution_error.h"

namespace pawl::asl {
namespace {

constexpr std::string_view kRetrierFields[] = {"ErrorEquals", "IntervalSeconds", "MaxAttempts",
                                               "BackoffRate", "MaxDelaySeconds", "JitterStrategy",
                                               "Comment"};
constexpr std::string_view kCatcherFields[] = {"ErrorEquals", "Next", "Assign", "Comment",
                                               "ResultPath"};
constexpr std::string_view kJsonataCatcherFields[] = {"ErrorEquals", "Next", "Assign", "Comment",
                                                      "Output"};
constexpr LanguageNames kCatcherNames = {kCatcherFields, kJsonataCatcherFields};
constexpr int64_t kAttemptsMax = 99'999'999;
constexpr int64_t kIntervalSecondsMax = 99'999'999;
constexpr int64_t kMaxDelaySecondsMax = 31'622'400;

/// ASL "Complex retry scenarios": States.ALL stands alone and in the last place.
std::vector<std::string> error_names(const Fields& fields, bool is_last) {
  std::vector<std::string> names = fields.strings("ErrorEquals");
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] != error_name::kAll || (names.size() == 1 && is_last)) continue;
    fields.error("ErrorEquals", i, "States.ALL must appear alone and at end of list");
  }
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
    retrier.interval_seconds =
        source.integer("IntervalSeconds", 0, kIntervalSecondsMax).value_or(1);
    retrier.max_attempts = source.integer("MaxAttempts", 0, kAttemptsMax).value_or(3);
    retrier.backoff_rate = source.number("BackoffRate", 1.0, 1e9).value_or(2.0);
    retrier.max_delay_seconds = source.integer("MaxDelaySeconds", 1, kMaxDelaySecondsMax);
    retrier.full_jitter = source.one_of("JitterStrategy", {"NONE", "FULL"}) == "FULL";
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
    source.check_names(kCatcherNames, state.query_language);
    source.require({"ErrorEquals", "Next"});
    Catcher catcher;
    catcher.error_equals = error_names(source, i + 1 == catchers.size());
    if (!is_jsonata()) catcher.result_path = source.result_path("ResultPath");
    catcher.assign = compile_assign(source);
    catcher.output = compile_expressions(source, "Output");
    catcher.next = transition(source, "Next");
    state.catchers.push_back(std::move(catcher));
  }
}

}  // namespace pawl::asl
