// SPDX-License-Identifier: Apache-2.0
// ExecutionApi: the operations of the Step Functions API that are about executions: starting,
// stopping, reading, redriving; task tokens and activities' workers; Map Runs. What they move is
// the engine's.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "aws/service/request.h"
#include "engine/activity_queue.h"
#include "engine/durable_engine.h"
#include "engine/express_executions.h"
#include "engine/map_run_record.h"
#include "engine/ports.h"
#include "services/states/engine_revisions.h"
#include "services/states/machine_registry.h"
#include "services/states/page_token.h"
#include "services/states/token_bucket.h"

namespace pawl::states {

/// Thread-safe, but for StartExecution and StartSyncExecution of EXPRESS machines, which go to the
/// loop of `express`. Answers of STANDARD operations come on the engine's threads.
class ExecutionApi {
 public:
  struct Ports {
    engine::DurableEngine& engine;
    engine::ExpressExecutions& express;
    engine::Loop& express_loop;
    engine::ActivityQueue& activities;
    engine::Clock& clock;
    MachineRegistry& registry;
    MachineStore& machines;
    EngineRevisions& revisions;
    const PageTokens& page_tokens;
    std::function<uint64_t()> random;     ///< thread-safe
    TokenBucketSize start_throttle = {};  ///< of StartExecution
  };

  explicit ExecutionApi(const Ports& ports) : ports_(ports), start_bucket_(ports.start_throttle) {}

  // execution_start.cc
  void start_execution(aws::Request request, aws::Reply reply);
  void start_sync_execution(aws::Request request, aws::Reply reply);
  void stop_execution(aws::Request request, aws::Reply reply);
  void redrive_execution(aws::Request request, aws::Reply reply);
  // execution_read.cc
  aws::ActionResult describe_execution(const aws::Request& request);
  aws::ActionResult list_executions(const aws::Request& request);
  aws::ActionResult get_execution_history(const aws::Request& request);
  aws::ActionResult describe_state_machine_for_execution(const aws::Request& request);
  // execution_map_runs.cc
  aws::ActionResult describe_map_run(const aws::Request& request);
  aws::ActionResult list_map_runs(const aws::Request& request);
  void update_map_run(aws::Request request, aws::Reply reply);
  // execution_tokens.cc
  void send_task_success(aws::Request request, aws::Reply reply);
  void send_task_failure(aws::Request request, aws::Reply reply);
  void send_task_heartbeat(aws::Request request, aws::Reply reply);
  void get_activity_task(aws::Request request, aws::Reply reply);

  /// What StartExecution and states:startExecution share: everything but the answer's form.
  struct Start {
    std::string state_machine_arn;  ///< also of a version or alias; "#TestCase" may follow
    std::optional<std::string> name;
    std::string input = "{}";
    std::string trace_header = {};
    engine::TaskOrigin origin = {};  ///< the task that starts it
  };
  struct Started {
    engine::ExecutionId id = 0;  ///< 0: EXPRESS
    std::string execution_arn;
    base::Timestamp start_date;
  };
  void start(Start start, std::function<void(aws::ApiResult<Started>)> done);

  /// Errors: InvalidArn, ExecutionDoesNotExist.
  aws::ApiResult<engine::ExecutionId> find(std::string_view execution_arn) const;
  /// Answers a token; `event`'s task is filled in. Errors: InvalidToken, TaskTimedOut.
  void answer_token(std::string token, engine::TaskSink::Answer event,
                    std::function<void(aws::ApiResult<void>)> done);

 private:
  struct Prepared {
    Resolution resolution;
    std::string name;
    bool name_is_given = false;
    json::Payload input;
    std::string test_case;
    std::string trace_header;
  };
  /// Errors: InvalidArn, ResourceNotFound.
  aws::ApiResult<engine::MapRunRecord> find_map_run(const std::string& arn) const;
  aws::ApiResult<int64_t> last_event(engine::ExecutionId id) const;
  aws::ApiResult<Prepared> prepare(const Start& start) const;
  void start_standard(Prepared prepared, engine::TaskOrigin origin,
                      std::function<void(aws::ApiResult<Started>)> done);
  void start_express(Prepared prepared,
                     std::function<void(const interpreter::ExecutionState&)> ended,
                     std::function<void(aws::ApiResult<Started>)> done);

  Ports ports_;
  TokenBucket start_bucket_;
};

}  // namespace pawl::states
