// SPDX-License-Identifier: Apache-2.0
// How the parts of the service bind their methods: those that read, those that change something
// (answered after a sync), those that may wait for a disk (on a worker thread).
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "aws/service/action_table.h"
#include "aws/service/service_loop.h"

namespace pawl::s3 {

template <typename S>
class ActionBinding {
 public:
  using Method = aws::ActionResult (S::*)(const aws::Request&);
  using Action = std::function<void(aws::Request, aws::Reply)>;
  /// What a request must pass before its action: it calls the action, or answers itself.
  using Gate = std::function<void(aws::Request, aws::Reply, const Action&)>;

  ActionBinding(aws::ActionTable& table, S& part, aws::ServiceLoop& loop)
      : table_(table), part_(part), loop_(loop) {}

  /// The same, behind a gate.
  ActionBinding behind(Gate gate) const {
    ActionBinding bound = *this;
    bound.gate_ = std::move(gate);
    return bound;
  }

  void read(std::string_view operation, Method method) {
    add(operation, [part = &part_, method](aws::Request request, aws::Reply reply) {
      reply((part->*method)(request));
    });
  }

  void write(std::string_view operation, Method method) {
    add(operation, [part = &part_, method](aws::Request request, aws::Reply reply) {
      reply(written((part->*method)(request)));
    });
  }

  /// `is_quick(request)`: then it does not wait for a disk and runs at once.
  template <typename IsQuick>
  void write_slowly(std::string_view operation, Method method, IsQuick is_quick) {
    add(operation,
        [part = &part_, method, is_quick, loop = &loop_](aws::Request request, aws::Reply reply) {
          if (is_quick(request)) return reply(written((part->*method)(request)));
          // The request is handed over whole: nobody else holds a node of its input.
          auto held = std::make_shared<std::pair<aws::Request, aws::Reply>>(std::move(request),
                                                                            std::move(reply));
          loop->work([part, method, held] { held->second(written((part->*method)(held->first))); });
        });
  }

 private:
  void add(std::string_view operation, Action action) {
    if (!gate_) return table_.on_async(operation, std::move(action));
    table_.on_async(operation, [gate = gate_, action = std::move(action)](aws::Request request,
                                                                          aws::Reply reply) {
      gate(std::move(request), std::move(reply), action);
    });
  }

  static aws::ActionResult written(aws::ActionResult result) {
    if (result) result->after_sync = true;
    return result;
  }

  aws::ActionTable& table_;
  S& part_;
  aws::ServiceLoop& loop_;
  Gate gate_ = {};
};

}  // namespace pawl::s3
