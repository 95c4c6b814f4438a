// SPDX-License-Identifier: Apache-2.0
// FakeRunner: a JobRunner for tests, in which containers start, write and end when they are told
// to.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "jobs/job_runner.h"

namespace pawl::jobs {

/// One thread.
class FakeRunner final : public JobRunner {
 public:
  explicit FakeRunner(Demand capacity = {}) : capacity_(capacity) {}

  void start(JobSpec spec, JobEvents events) override {
    order.push_back(spec.id);
    const std::string id = spec.id;
    running.insert_or_assign(id, Container{std::move(spec), std::move(events), ""});
  }
  void adopt(const std::string& id, const std::string& handle, uint64_t output_read,
             JobEvents events) override {
    adopted.push_back(handle);
    read_before.push_back(output_read);
    JobSpec spec;
    spec.id = id;
    running.insert_or_assign(id, Container{std::move(spec), std::move(events), handle});
  }
  void stop(const std::string& id, int64_t grace_ms) override {
    stopped.emplace_back(id, grace_ms);
  }
  Demand capacity() const override { return capacity_; }
  bool survives_restarts() const override { return is_lasting; }

  /// The container begins to run.
  void run(const std::string& id, const std::string& handle = "") {
    running.at(id).events.on_started(handle);
  }
  void write(const std::string& id, std::string_view bytes) {
    running.at(id).events.on_output(bytes);
  }
  void exit(const std::string& id, JobExit exit) {
    Container container = std::move(running.extract(id).mapped());
    container.events.on_exit(exit);
  }
  void exit(const std::string& id, int code) { exit(id, {JobExit::Kind::Exited, code, ""}); }

  bool is_lasting = false;  ///< what survives_restarts() says

  struct Container {
    JobSpec spec;
    JobEvents events;
    std::string handle;
  };
  std::map<std::string, Container> running;
  std::vector<std::string> order;  ///< ids as they were started
  std::vector<std::pair<std::string, int64_t>> stopped;
  std::vector<std::string> adopted;
  std::vector<uint64_t> read_before;  ///< of the output of those

  /// What the container of this id was started with. Must be there.
  const JobSpec& spec(const std::string& id) const { return running.at(id).spec; }
  static std::string variable(const JobSpec& spec, std::string_view name) {
    const auto found = std::find_if(spec.environment.begin(), spec.environment.end(),
                                    [name](const auto& each) { return each.first == name; });
    return found == spec.environment.end() ? "" : found->second;
  }

 private:
  Demand capacity_;
};

}  // namespace pawl::jobs
