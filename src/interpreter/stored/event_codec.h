// SPDX-License-Identifier: Apache-2.0
// The events section of a step record: HistoryEvents one behind another.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "interpreter/history_event.h"
#include "interpreter/stored/text_table.h"
#include "base/wire.h"

namespace pawl::interpreter {

/// `events` have consecutive ids; their times are written relative to `origin` and each other.
void encode_events(const std::vector<HistoryEvent>& events, base::Timestamp origin,
                   TextTableWriter& texts, std::string& out);

/// Reads the events of one section in turn.
class EventReader {
 public:
  EventReader(base::ByteReader& bytes, TextTableReader& texts, int64_t first_id,
              base::Timestamp origin)
      : bytes_(bytes), texts_(texts), next_id_(first_id), time_(origin) {}

  HistoryEvent next();
  /// The same event without its texts, which are not looked at.
  EventOutline next_outline();

 private:
  template <typename Event>
  Event head();
  void skip_details(EventOutline& outline);
  void skip_references(int count);
  void skip_optional_integer();
  HistoryEventDetails details();
  HistoryEventDetails exited_with_variables();
  HistoryEventDetails scheduled();
  HistoryEventDetails task_scheduled();
  HistoryEventDetails task();
  asl::ExecutionError error();
  std::optional<int64_t> optional_integer();
  template <typename T>
  HistoryEventDetails boxed(T details) {
    return std::make_shared<const T>(std::move(details));
  }

  base::ByteReader& bytes_;
  TextTableReader& texts_;
  int64_t next_id_;
  base::Timestamp time_;
};

}  // namespace pawl::interpreter
