// SPDX-License-Identifier: Apache-2.0
// TestConsole: a Console over a store in memory, a recorded caller and a virtual loop, and a way to
// call it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aws/model/embedded_patches.h"
#include "aws/service/recording_caller_for_test.h"
#include "aws/service/virtual_loop_for_test.h"
#include "console/console.h"
#include "console/execution_board.h"
#include "json/parse.h"
#include "store/memory/memory_store.h"

namespace pawl::console {

/// One thread.
class TestConsole {
 public:
  explicit TestConsole(aws::RecordingCaller::Answers answers = {})
      : caller(std::move(answers)),
        models_(aws::installed_search_path()),
        executions_(*engine::ExecutionStore::open(store)),
        console_({.version = "1.2.3",
                  .signs = false,
                  .site = {},
                  .caller = caller,
                  .models = models_,
                  .loop = loop,
                  .resources = asl::optimized_integrations(),
                  .store = store,
                  .executions = executions_,
                  .revisions = no_revisions_,
                  .board = board_,
                  .totals = [] { return ServerTotals(); },
                  .requests = [] { return std::vector<ServiceRequests>(); }}) {}

  /// The answer to POST api/NAME, everything that has to run first having run.
  net::HttpResponse post(std::string_view name, const std::string& body, ApiRequest request = {}) {
    const auto answer = begin(name, body, std::move(request));
    loop.run();
    EXPECT_TRUE(*answer) << name << " has not answered";
    return answer->value_or(net::HttpResponse{});
  }
  /// Where the answer will be, or is already.
  std::shared_ptr<std::optional<net::HttpResponse>> begin(std::string_view name,
                                                          const std::string& body,
                                                          ApiRequest request = {}) {
    const auto answer = std::make_shared<std::optional<net::HttpResponse>>();
    console_.call(name, body, std::move(request),
                  net::HttpReply(std::make_shared<AnswerChannel>(answer)));
    return answer;
  }
  /// The same, which must be JSON.
  json::Value json(std::string_view name, const std::string& body, ApiRequest request = {}) {
    const net::HttpResponse answer = post(name, body, std::move(request));
    const auto value = json::parse(answer.body);
    EXPECT_TRUE(value) << answer.body;
    return value.value_or(json::Value());
  }

  aws::RecordingCaller caller;
  aws::VirtualLoop loop;
  store::MemoryStore store;

 private:
  class AnswerChannel final : public net::HttpReply::Channel {
   public:
    explicit AnswerChannel(std::shared_ptr<std::optional<net::HttpResponse>> answer)
        : answer_(std::move(answer)) {}
    void answer(net::HttpResponse response) override { *answer_ = std::move(response); }

   private:
    const std::shared_ptr<std::optional<net::HttpResponse>> answer_;
  };

  class NoRevisions final : public engine::RevisionSource {
   public:
    base::Result<std::shared_ptr<const engine::MachineRevision>> find_revision(uint64_t) override {
      return base::Error(base::ErrorKind::NotFound, "there are no machines");
    }
  };

  aws::ModelCatalog models_;
  NoRevisions no_revisions_;
  ExecutionBoard board_;
  engine::ExecutionStore executions_;
  Console console_;
};

}  // namespace pawl::console
