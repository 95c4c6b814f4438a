// SPDX-License-Identifier: Apache-2.0
// Flow: a pipe that runs: its source is polled, each batch goes through the enrichment to the
// target, and what the target did not take stays at the source (EventBridge User Guide "EventBridge
// Pipes"). The states of a pipe: pipeworks.h.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "aws/event/delivery.h"
#include "aws/event/polled_source.h"
#include "base/random.h"
#include "json/value.h"
#include "services/pipes/input_template.h"
#include "services/pipes/pipe.h"

namespace pawl::pipes {

/// On the services' loop thread, all of it.
class Flow : public std::enable_shared_from_this<Flow> {
 public:
  struct Ports {
    aws::Delivery::Ports delivery;
    uint64_t seed = 0;  ///< of execution ids, which logs show
    /// A batch, or a part of it, did not get to the target; may be empty.
    std::function<void(const std::string& pipe_arn, const aws::ApiError& error)> failed = {};
  };

  /// Both must outlive it.
  static std::shared_ptr<Flow> start(const Ports& ports, PipeStore& pipes, const Pipe& pipe);
  /// Takes nothing more; what is on its way arrives.
  void stop();

 private:
  /// One batch on its way.
  struct Run;
  using RunPointer = std::shared_ptr<Run>;

  Flow(const Ports& ports, PipeStore& pipes, const Pipe& pipe);

  std::shared_ptr<aws::PolledSource> make_source();
  void consume(const std::vector<aws::SourceRecord>& records, aws::SourcePorts::Done done);
  void give_up(const aws::GivenUpBatch& batch, const std::function<void()>& done);
  void call(const aws::Target& target, aws::Caller::Receiver receiver);
  void enrich(const RunPointer& run);
  void enriched(const RunPointer& run, const aws::ApiResult<json::Value>& answer);
  void deliver(const RunPointer& run);
  void deliver_array(const RunPointer& run);
  void deliver_next(const RunPointer& run);
  void finish(const RunPointer& run, aws::BatchOutcome outcome);
  void fail(const RunPointer& run, const aws::ApiError& error);
  std::string array_of(const RunPointer& run, const InputTemplate* input) const;
  std::string payload_of(const json::Value& event, const InputTemplate* input) const;

  enum class LogLevel { Off, Error, Info, Trace };
  void log(LogLevel level, const Run& run, const char* message_type,
           const aws::ApiError* error = nullptr);

  const Ports& options_;
  const aws::Delivery::Ports& ports_;
  PipeStore& pipes_;
  const PipeName name_;
  const json::Value settings_;      ///< this thread's
  const aws::Principal principal_;  ///< Pipes itself
  PipeVariables variables_;
  std::optional<InputTemplate> enrichment_input_;
  std::optional<InputTemplate> target_input_;
  bool is_stream_ = false;
  LogLevel log_level_ = LogLevel::Off;
  base::Random random_;
  std::shared_ptr<aws::PolledSource> source_;
};

}  // namespace pawl::pipes
