// SPDX-License-Identifier: Apache-2.0
#include "services/states/logging/history_logger.h"

#include <string_view>
#include <utility>

namespace pawl::states {

using interpreter::HistoryEvent;

std::shared_ptr<const LoggingConfiguration> HistoryLogger::configuration_of(uint64_t revision) {
  if (auto known = configurations_.find(revision)) return known;
  const uint64_t generation = configurations_.generation();
  const base::Result<std::string> text = options_.configurations(revision);
  if (!text) return nullptr;
  base::Result<LoggingConfiguration> parsed = LoggingConfiguration::parse(*text);
  if (!parsed) return nullptr;
  auto configuration = std::make_shared<const LoggingConfiguration>(*std::move(parsed));
  configurations_.put(revision, configuration, generation);
  return configuration;
}

void HistoryLogger::append(const interpreter::ExecutionState& state, const asl::Program& program,
                           uint64_t revision, std::span<const HistoryEvent> events,
                           store::Batch& batch) {
  const std::shared_ptr<const LoggingConfiguration> configuration = configuration_of(revision);
  if (configuration == nullptr) {
    dropped_.fetch_add(events.size(), std::memory_order_relaxed);
    return;
  }
  const interpreter::ExecutionInfo& info = *state.info;
  // A Distributed Map's child is MACHINE/LABEL; its events go where its machine's go.
  const std::string_view name = info.state_machine_name;
  const std::string_view machine = name.substr(0, name.find('/'));
  std::vector<LogDelivery::Line> lines;
  std::string stream;
  const auto deliver = [&] {
    if (lines.empty()) return;
    const LogDelivery delivery{configuration->log_group_arn, stream, lines, options_.clock.now()};
    if (!options_.sink(delivery, batch))
      dropped_.fetch_add(lines.size(), std::memory_order_relaxed);
    lines.clear();
  };
  for (const HistoryEvent& event : events) {
    if (!is_logged(event.type, configuration->level)) continue;
    std::string stream_of_event = log_stream_name(machine, event.timestamp);
    if (stream_of_event != stream) {
      deliver();
      stream = std::move(stream_of_event);
    }
    lines.push_back({event.timestamp, render_log_event(event, program, info, state.redrive_count,
                                                       configuration->include_execution_data)});
  }
  deliver();
}

}  // namespace pawl::states
