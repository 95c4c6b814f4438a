// SPDX-License-Identifier: Apache-2.0
// PipesService: the API of EventBridge Pipes (2015-10-07), all 10 operations. What a pipe does:
// flow.h; how its state changes: pipeworks.h.
#pragma once

#include <memory>

#include "aws/service/action_table.h"
#include "services/pipes/pipe.h"
#include "services/pipes/pipeworks.h"
#include "store/store.h"

namespace pawl::pipes {

/// Actions may run on any thread at once; they wait for nothing.
class PipesService final : public aws::Service {
 public:
  using Options = Pipeworks::Ports;

  /// `store` and what the options name must outlive it; the loop's tasks must have ended before it
  /// does. Errors: the store's.
  static base::Result<std::unique_ptr<PipesService>> open(store::Store& store, Options options);

  void bind(aws::ActionTable& table) override;
  /// Begins to run what is to run.
  void run() { works_.run(); }

 private:
  using Request = aws::Request;
  using ActionResult = aws::ActionResult;

  PipesService(PipeStore pipes, Options options);

  ActionResult create_pipe(const Request& request);
  ActionResult describe_pipe(const Request& request);
  ActionResult update_pipe(const Request& request);
  ActionResult delete_pipe(const Request& request);
  ActionResult start_pipe(const Request& request);
  ActionResult stop_pipe(const Request& request);
  ActionResult list_pipes(const Request& request);
  ActionResult tag_resource(const Request& request);
  ActionResult untag_resource(const Request& request);
  ActionResult list_tags_for_resource(const Request& request);

  base::Timestamp now() const { return options_.delivery.loop.now(); }
  aws::ApiResult<Pipe> pipe_of(const Request& request) const;
  aws::ApiResult<Pipe> lasting_pipe(const Request& request) const;
  aws::ApiResult<Pipe> tagged_pipe(const Request& request) const;
  ActionResult put(const Request& request, const Pipe& pipe, const json::Value& answer);

  const Options options_;
  PipeStore pipes_;
  Pipeworks works_;
};

}  // namespace pawl::pipes
