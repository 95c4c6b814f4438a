// SPDX-License-Identifier: Apache-2.0
// The first line is a JSONata expression, the rest the document it is evaluated on. What prints
// must compile again, and the document must not change.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "json/parse.h"
#include "json/write.h"
#include "query/jsonata/expression.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pawl::query::jsonata;
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const size_t end = std::min(all.find('\n'), all.size());
  const auto document = pawl::json::parse(all.substr(std::min(end + 1, all.size())));
  const EvaluationLimits limits{100'000, 100, 1'000'000};
  for (const Dialect dialect : {Dialect::V2_0_6, Dialect::Current}) {
    Expression::Options options;
    options.dialect = dialect;
    if (dialect == Dialect::Current) options.functions = FunctionSet::Reference;
    const auto expression = Expression::compile(all.substr(0, end), options);
    if (!expression) {
      (void)expression.error().message();
      continue;
    }
    (void)expression->print();
    EvaluationInput input;
    input.limits = &limits;
    if (document) input.input = &*document;
    const std::string before = document ? pawl::json::write(*document) : "";
    const auto result = expression->evaluate(input);
    if (!result) (void)result.error().message();
    if (result && result->kind == EvaluationResult::Kind::Value)
      (void)pawl::json::write(result->value);
    if (document && pawl::json::write(*document) != before) std::abort();
  }
  return 0;
}
