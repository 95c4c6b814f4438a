// SPDX-License-Identifier: Apache-2.0
// Invoker: from a name to a running worker: which version a qualifier means, its code unpacked, its
// workers in the runtime, and asynchronous invocations that survive a restart. API Invoke without
// its wire.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "aws/service/caller.h"
#include "aws/service/service_loop.h"
#include "base/time.h"
#include "services/lambda/destinations.h"
#include "services/lambda/function_reference.h"
#include "services/lambda/function_store.h"
#include "services/lambda/lambda_runtime.h"
#include "store/sync_queue.h"

namespace pawl::lambda {

/// API InvocationType.
enum class InvocationType { RequestResponse, Event, DryRun };

struct InvokeCall {
  FunctionReference function;
  InvocationType type = InvocationType::RequestResponse;
  std::string payload;          ///< JSON text; empty stands for {}
  std::string client_context;   ///< base64, as the header has it
  bool tail_log = false;        ///< API LogType "Tail"
  std::string request_id = {};  ///< the function's; "": one is drawn
  bool may_wait = false;        ///< for a worker, also if the function is to refuse when it is busy
};

struct InvokeOutcome {
  int status = 200;
  bool function_error = false;
  std::string payload;            ///< what the handler returned, or its error object
  std::string executed_version;   ///< "" for what has not run
  std::string log_result;         ///< base64, with tail_log
  std::string content_type = {};  ///< as the function's runtime gave it
};

/// Thread-safe.
class Invoker {
 public:
  using Done = std::function<void(aws::ApiResult<InvokeOutcome>)>;
  struct Options {
    LambdaRuntime::Options runtime;
    /// Emptied at start; packages are unpacked below. "": a temporary folder.
    std::string code_folder;
    int concurrency_max = 100;
    aws::ServiceLoop* loop = nullptr;
    aws::Caller* caller = nullptr;
    store::SyncQueue* syncs = nullptr;  ///< null: what is committed is on disk
    /// Of functions from images. Empty: there are none.
    std::function<base::Result<container::ImageCache*>()> images = {};
    /// A letter could not be sent and is dropped.
    std::function<void(const std::string& target_arn, const aws::ApiError& error)> failed = {};
  };

  /// `store` and what the options name must outlive it.
  static base::Result<std::unique_ptr<Invoker>> open(store::Store& store, FunctionStore functions,
                                                     Options options);
  ~Invoker();

  /// Goes on with the asynchronous invocations that are left over.
  void begin();

  /// Does not block: `done` is called once, from this or another thread. An Event is accepted when
  /// it is durable; then it is tried as often, and ends, as its EventInvokeConfig says
  /// (invoker_events.cc). Errors, as API Invoke: ResourceNotFoundException,
  /// InvalidRequestContentException, RequestEntityTooLargeException, TooManyRequestsException.
  void invoke(InvokeCall call, Done done);

  std::string sandbox_failure() const { return runtime_->sandbox_failure(); }

  /// Unpacks a package so that it can be run. Blocks. Errors: InvalidParameterValueException in
  /// AWS's words.
  aws::ApiResult<void> unpack(const std::string& code, std::string_view zip) const;
  void forget_code(const std::string& code) const;
  /// The function has changed or is gone: the next invocation reads it anew. Workers of
  /// `deployments` end when they have done what they do.
  void forget(const FunctionKey& key, const std::vector<std::string>& deployments);

 private:
  /// What runs for one qualifier.
  struct Runnable {
    std::string deployment;
    std::string version;
    int64_t memory_mb = 0;
  };
  struct Target {
    Runnable main;
    std::optional<Runnable> additional;  ///< of a weighted alias
    double weight = 0;                   ///< share of calls that go to `additional`
    std::string invoked_arn;
    bool is_throttled = false;   ///< reserved concurrency of 0
    std::string watched_folder;  ///< whose files are the code; "": a package is
    uint64_t stamp = 0;          ///< of the folder, when this was made
  };
  using TargetPointer = std::shared_ptr<const Target>;

  Invoker(store::Store& store, FunctionStore functions, store::Keyspace events, Options options);

  TargetPointer known_target(const FunctionReference& function) const;
  aws::ApiResult<TargetPointer> find_target(const FunctionReference& function);
  void forget_if_changed(const FunctionKey& key, const Target& target);
  aws::ApiResult<TargetPointer> make_target(const FunctionReference& function);
  aws::ApiResult<Runnable> deploy(const FunctionKey& key, const FunctionRecord& record,
                                  const Revision& revision);
  aws::ApiResult<Runnable> deploy_version(const FunctionKey& key, const FunctionRecord& record,
                                          std::string_view version);
  std::string folder_of(const std::string& code) const;
  /// The image of the code, unpacked; without files if the code is no image.
  aws::ApiResult<FunctionImage> image_of(const FunctionKey& key, const Revision& revision) const;

  aws::ApiResult<std::string> opt_folder(const FunctionKey& key, const Revision& revision) const;

  void start(const TargetPointer& target, InvokeCall call, Done done);
  void run(const TargetPointer& target, InvokeCall call, Done done);
  const Runnable& choose(const Target& target);

  // invoker_events.cc: asynchronous invocations.
  struct Event;
  using EventPointer = std::shared_ptr<const Event>;
  struct Ending;
  void accept_event(InvokeCall call, const Done& done);
  void run_event(const EventPointer& event);
  void run_event_later(const EventPointer& event, int64_t pause_ms);
  void event_refused(const EventPointer& event, const aws::ApiError& error);
  void event_ran(const EventPointer& event, const InvokeOutcome& outcome);
  void end_event(const EventPointer& event, const Ending& ending);
  void send_letters(const EventPointer& event);
  void put_event(const EventPointer& event);
  void erase_event(const EventPointer& event);
  json::Value event_invoke_config(const FunctionReference& function) const;
  std::string dead_letter_target(const FunctionReference& function) const;

  store::Store& store_;
  FunctionStore functions_;
  store::Keyspace events_;
  Options options_;
  std::atomic<bool> stopping_{false};
  std::atomic<uint64_t> draws_{0};
  uint64_t seed_;
  std::atomic<uint64_t> event_count_{0};
  std::atomic<uint64_t> event_number_{0};

  std::mutex deploy_mutex_;  ///< one deployment at a time; taken before mutex_
  mutable std::mutex mutex_;
  std::map<FunctionKey, std::map<std::string, TargetPointer, std::less<>>> targets_;

  Destinations destinations_;
  std::unique_ptr<LambdaRuntime> runtime_;
};

}  // namespace pawl::lambda
