// SPDX-License-Identifier: Apache-2.0
// Delivery: one event or schedule on its way to its target: attempts with growing pauses, then the
// dead letter queue (EventBridge User Guide "Retrying event delivery", "Dead-letter queues";
// Scheduler User Guide, the same). Nothing of it is stored: who gives it keeps a record until it is
// done, and begins it again after a restart.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/event/target_call.h"
#include "aws/service/caller.h"
#include "aws/service/service_loop.h"

namespace pawl::aws {

/// Of a target; the defaults are AWS's, and its most.
struct RetryPolicy {
  int64_t retries_max = 185;
  int64_t age_ms_max = 24 * 3'600'000;
};

struct DeadLetter {
  std::string queue_arn = {};  ///< "": nowhere
  std::string body = {};       ///< the event as it came; "": the target's payload
  /// Whose it is: RULE_ARN of a rule; SCHEDULE_ARN, SCHEDULED_TIME, EXECUTION_ID of a schedule.
  /// TARGET_ARN, ERROR_CODE, ERROR_MESSAGE, RETRY_ATTEMPTS and EXHAUSTED_RETRY_CONDITION are added.
  std::vector<std::pair<std::string, std::string>> attributes = {};
};

/// On the services' loop thread, all of it.
class Delivery : public std::enable_shared_from_this<Delivery> {
 public:
  struct Ports {
    ServiceLoop& loop;
    Caller& caller;
    /// Calls a target of kind Api or ApiDestination; answers as a Caller does. Empty: such targets
    /// fail.
    std::function<void(const Target&, const Principal&, std::string_view region, Caller::Receiver)>
        call_http = {};
    /// Gives a call of a TargetKind::SdkOperation the model's names of service, operation and
    /// members. Empty: such targets fail.
    std::function<ApiResult<Call>(Call)> resolve = {};
  };

  struct Order {
    Target target;
    Principal principal = {};
    std::string region = {};
    RetryPolicy retry = {};
    DeadLetter dead_letter = {};
    base::Timestamp accepted = {};  ///< its age counts from here
    int64_t attempts = 0;           ///< made by an earlier process
    uint64_t seed = 0;              ///< of the pauses' jitter
    /// Changes the target before each attempt (the first is 1): Scheduler's payload tells which it
    /// is. Empty: it stays.
    std::function<void(Target&, int64_t attempt)> before_attempt = {};
    /// An attempt has failed and another follows at `next`; may be empty.
    std::function<void(int64_t attempts, base::Timestamp next)> will_retry = {};
  };

  enum class Outcome {
    Delivered,
    DeadLettered,
    Dropped,  ///< given up, and there is no queue for it or it did not take it
  };
  struct Result {
    Outcome outcome = Outcome::Delivered;
    json::Value answer = {};             ///< of the target, if it was delivered
    std::optional<ApiError> error = {};  ///< of the last attempt, or of the dead letter queue
  };
  using Done = std::function<void(Result)>;

  /// Makes the first attempt at once, or at `not_before` if that is later. `done` is called once,
  /// unless it is stopped before. It lives by itself until then; `ports` must outlive it.
  static std::shared_ptr<Delivery> start(const Ports& ports, Order order, Done done,
                                         base::Timestamp not_before = {});
  /// Nothing is called any more; an attempt under way may still have its effect.
  void stop();

  /// The pause before attempt `attempts` + 1: 1, 2, 4 … seconds up to eight minutes, so that 185
  /// retries fill a day; at least half of it, the rest by chance.
  static int64_t pause_ms(int64_t attempts, uint64_t seed);

 private:
  Delivery(const Ports& ports, Order order, Done done);
  void attempt();
  void call(std::function<void(ApiResult<json::Value>)> then);
  void answered(ApiResult<json::Value> answer);
  void failed(const ApiError& error);
  void give_up(const ApiError& error, const char* exhausted);
  void finish(Result result);

  const Ports& ports_;
  Order order_;
  Done done_;
  bool is_stopped_ = false;
  bool has_prepared_ = false;  ///< call_before_retry was made
  ServiceLoop::TimerId timer_ = 0;
};

/// What failed inside an answer that is none: PutEvents and the like report per entry, and a target
/// is called with one.
std::optional<ApiError> failure_inside(const json::Value& answer);

/// Whether another attempt may end better: the service or the network failed, or wants less.
bool is_worth_retrying(const ApiError& error);

}  // namespace pawl::aws
