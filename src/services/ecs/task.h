// SPDX-License-Identifier: Apache-2.0
// Task: one task of ECS: its containers and how far they are.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "jobs/job_runner.h"
#include "jobs/scope.h"
#include "json/value.h"

namespace pawl::ecs {

using jobs::Scope;

struct TaskContainer {
  std::string name;
  std::string image;
  std::string last_status = "PENDING";  ///< "RUNNING", "STOPPED"
  std::optional<int64_t> exit_code;
  std::string reason;
  std::string runtime_id;  ///< by which the runner knows it; "": never started
  std::string cpu = "0";
  std::string memory;
  bool is_essential = true;
  std::string handle;  ///< see jobs::JobEvents::on_started
};

struct Task {
  Scope scope;
  std::string id;
  std::string cluster;     ///< a name
  std::string definition;  ///< "family:revision"
  std::string last_status = "PROVISIONING";
  std::string desired_status = "RUNNING";
  std::string launch_type = "EC2";
  std::string group;
  std::string started_by;
  std::string stop_code;
  std::string stopped_reason;
  std::string cpu;
  std::string memory;
  std::string network_mode;
  bool enables_execute_command = false;
  std::string overrides = "{}";  ///< JSON text, as given
  std::string tags = "[]";       ///< JSON text, as given
  jobs::Demand demand;
  std::vector<TaskContainer> containers;
  int64_t version = 1;  ///< grows with each change
  // Milliseconds; 0: not yet.
  int64_t created_ms = 0;
  int64_t pull_started_ms = 0;
  int64_t started_ms = 0;
  int64_t stopping_ms = 0;
  int64_t stopped_ms = 0;

  bool has_stopped() const { return last_status == "STOPPED"; }
  std::string arn() const { return jobs::arn_of(scope, "ecs", "task/" + cluster + "/" + id); }
  std::string cluster_arn() const { return jobs::arn_of(scope, "ecs", "cluster/" + cluster); }
  std::string definition_arn() const {
    return jobs::arn_of(scope, "ecs", "task-definition/" + definition);
  }
  /// "family" of "family:revision".
  std::string family() const { return definition.substr(0, definition.rfind(':')); }
};

/// docs/formats/ecs.md. Errors: InvalidJson, InvalidSyntax.
std::string encode_task(const Task& task);
base::Result<Task> decode_task(const Scope& scope, const std::string& cluster, std::string id,
                               std::string_view text);

/// The API's Task. In events times are ISO-8601 text instead of seconds.
json::Value task_detail(const Task& task, bool with_tags, bool for_event = false);

}  // namespace pawl::ecs
