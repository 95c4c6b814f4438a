// SPDX-License-Identifier: Apache-2.0
// `pawl replay`: where a stored execution stood at an event of its history, and whether the
// interpreter makes the same events again.
#pragma once

#include <cstdint>
#include <string>

#include "json/value.h"

namespace pawl::app {

struct ReplayOptions {
  std::string execution_arn;
  std::string data_folder = {};  ///< "": the user's data folder
  std::string endpoint = {};     ///< of the server that uses the data; "": none does
  int64_t until = INT64_MAX;     ///< the event; INT64_MAX: the last
  bool json = false;
};

/// server::replay_as_json's object for people.
std::string replay_text(const json::Value& replay);

/// Exit code 0: shown, and nothing differs. 1: an event differs. 2: no such execution or event,
/// or the data cannot be read.
int run_replay(const ReplayOptions& options);

}  // namespace pawl::app
