// SPDX-License-Identifier: Apache-2.0
// Logs Insights: up to the first NUL a query, the rest an event it is run over, twice.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "services/logs/insights/query.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view query_text = text.substr(0, text.find('\0'));
  const std::string_view message =
      query_text.size() < text.size() ? text.substr(query_text.size() + 1) : std::string_view();
  const auto query = pawl::logs::InsightsQuery::parse(query_text);
  if (!query) return 0;
  pawl::logs::InsightsRun run(*query, 10);
  run.add(pawl::logs::insights_row(message, 1'000, 2'000, "stream", "group", "pointer"));
  run.add(pawl::logs::insights_row("plain", 1'000, 2'000, "stream", "group", "pointer"));
  (void)run.finish();
  return 0;
}
