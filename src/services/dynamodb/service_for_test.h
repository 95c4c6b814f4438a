// SPDX-License-Identifier: Apache-2.0
// DynamoForTest: both services over a store in memory, called by name with JSON text.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "aws/model/installed_models_for_test.h"
#include "aws/service/action_table.h"
#include "aws/service/virtual_loop_for_test.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/streams/streams_service.h"
#include "store/memory/memory_store.h"

namespace pawl::dynamodb {

/// One thread.
class DynamoForTest {
 public:
  explicit DynamoForTest(store::MemoryOptions options = {}) : store(options) { open(); }

  /// Services anew over the same store, as after a restart.
  void open() {
    close();
    database_ = Database::open(store, loop).value();
    service_ = std::make_unique<DynamoDbService>(database_);
    streams_ = std::make_unique<StreamsService>(database_);
    tables_.emplace(*service_, *aws::installed_model("dynamodb"));
    streams_table_.emplace(*streams_, *aws::installed_model("dynamodbstreams"));
    service_->bind(*tables_);
    streams_->bind(*streams_table_);
    service_->run();
  }

  /// As after a power failure that the first `survivors` unsynced commits outlive.
  void lose_power(size_t survivors) {
    close();
    store.power_loss(survivors);
    open();
  }

  bool names_are_right() const { return tables_->check() && streams_table_->check(); }

  /// The output as text, or "CODE: MESSAGE" and, behind a blank, more members of the error.
  std::string call(const std::string& operation, const std::string& input) {
    return call_table(
        tables_->model().find_operation(operation) != nullptr ? *tables_ : *streams_table_,
        operation, input);
  }

  const json::Value& last() const { return last_; }
  Database& database() { return *database_; }

  aws::VirtualLoop loop;
  store::MemoryStore store;

 private:
  void close() {
    tables_.reset();
    streams_table_.reset();
    service_.reset();
    streams_.reset();
    database_.reset();
  }

  std::string call_table(const aws::ActionTable& table, const std::string& operation,
                         const std::string& input) {
    aws::Request request;
    request.operation = table.model().find_operation(operation);
    request.input = json::parse(input).value();
    request.received = loop.now();
    std::string answer = "(none)";
    table.call(std::move(request), aws::Reply([&](aws::ActionResult result) {
                 if (result) {
                   last_ = result->value;
                   answer = json::write(result->value);
                 } else {
                   const aws::ApiError& error = result.error();
                   answer = error.code + ": " + error.message.value_or("");
                   if (error.members.size() != 0) answer += " " + json::write(error.members);
                 }
               }));
    return answer;
  }

  std::shared_ptr<Database> database_;
  std::unique_ptr<DynamoDbService> service_;
  std::unique_ptr<StreamsService> streams_;
  std::optional<aws::ActionTable> tables_;
  std::optional<aws::ActionTable> streams_table_;
  json::Value last_;
};

}  // namespace pawl::dynamodb
