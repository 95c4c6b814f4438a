// SPDX-License-Identifier: Apache-2.0
// pawl_simulation [--seeds N] [--first SEED]: runs N worlds; the first that breaks a law is printed
// with the command that repeats it.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/integer.h"
#include "simulation.h"

int main(int argc, char** argv) {
  uint64_t seeds = 100;
  uint64_t first = 1;
  for (int i = 1; i + 1 < argc; i += 2) {
    const auto number = pawl::base::parse_int64(argv[i + 1]);
    const bool is_seeds = std::strcmp(argv[i], "--seeds") == 0;
    if (!number || *number < 0 || (!is_seeds && std::strcmp(argv[i], "--first") != 0)) {
      std::fprintf(stderr, "pawl_simulation [--seeds N] [--first SEED]\n");
      return 2;
    }
    (is_seeds ? seeds : first) = static_cast<uint64_t>(*number);
  }
  pawl::sim::SimulationCounts total;
  for (uint64_t seed = first; seed < first + seeds; ++seed) {
    pawl::sim::Simulation simulation(seed);
    const std::string mistake = simulation.run();
    if (!mistake.empty()) {
      std::printf("seed %llu: %s\nrepeat it: %s --first %llu --seeds 1\n",
                  static_cast<unsigned long long>(seed), mistake.c_str(), argv[0],
                  static_cast<unsigned long long>(seed));
      return 1;
    }
    total.executions += simulation.counts().executions;
    total.events += simulation.counts().events;
    total.crashes += simulation.counts().crashes;
    total.tasks += simulation.counts().tasks;
    total.redrives += simulation.counts().redrives;
    total.map_runs += simulation.counts().map_runs;
  }
  std::printf(
      "%llu seeds: %llu executions, %llu events, %llu tasks, %llu Map Runs, %llu redrives, %llu "
      "crashes: no law "
      "broken\n",
      static_cast<unsigned long long>(seeds), static_cast<unsigned long long>(total.executions),
      static_cast<unsigned long long>(total.events), static_cast<unsigned long long>(total.tasks),
      static_cast<unsigned long long>(total.map_runs),
      static_cast<unsigned long long>(total.redrives),
      static_cast<unsigned long long>(total.crashes));
  return 0;
}
