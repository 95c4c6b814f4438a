// SPDX-License-Identifier: Apache-2.0
// `pawl top`: what a running server is doing, from its metrics, again and again.
#pragma once

#include <string>

#include "app/metrics_reading.h"
#include "app/terminal.h"

namespace pawl::app {

struct TopOptions {
  std::string endpoint = "http://127.0.0.1:4566";
  double interval_seconds = 1;
  bool once = false;  ///< one frame, of two readings `interval_seconds` apart
  bool no_color = false;
};

/// The frame between two readings that are `seconds` apart: rates of that time, sizes of its end.
std::string top_frame(const MetricsReading& before, const MetricsReading& now, double seconds,
                      const std::string& endpoint, const Palette& palette);

/// Until Ctrl-C. Exit code 1: the server does not answer.
int run_top(const TopOptions& options);

}  // namespace pawl::app
