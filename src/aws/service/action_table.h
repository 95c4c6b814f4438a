// SPDX-License-Identifier: Apache-2.0
// Service and ActionTable: a service names its operations and the functions that do them; the table
// checks the names against the model and calls them.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "aws/model/service_model.h"
#include "aws/service/request.h"
#include "base/error.h"

namespace pawl::aws {

class ActionTable;
class Authorizer;  // aws/service/identities.h

/// One embedded AWS service. Its actions may run on any thread the server chooses; a service says
/// in its header what it relies on.
class Service {
 public:
  virtual ~Service() = default;
  /// Registers every action. Called once, before the first request.
  virtual void bind(ActionTable& table) = 0;
};

/// Immutable after bind(); then thread-safe.
class ActionTable {
 public:
  /// Both must outlive the table.
  ActionTable(Service& service, const ServiceModel& model) : service_(service), model_(model) {}

  /// A method of the bound service that answers at once.
  template <typename S>
  void on(std::string_view operation, ActionResult (S::*method)(const Request&)) {
    S& service = static_cast<S&>(service_);
    add(operation,
        [&service, method](Request request, Reply reply) { reply((service.*method)(request)); });
  }

  /// A method that changes something: it commits without waiting for the disk, and its answer, if
  /// it is no error, waits in its stead (Output::after_sync).
  template <typename S>
  void on_write(std::string_view operation, ActionResult (S::*method)(const Request&)) {
    S& service = static_cast<S&>(service_);
    add(operation, [&service, method](Request request, Reply reply) {
      ActionResult result = (service.*method)(request);
      if (result) result->after_sync = true;
      reply(std::move(result));
    });
  }

  /// A method that answers when it can: long polls, waits.
  template <typename S>
  void on_async(std::string_view operation, void (S::*method)(Request, Reply)) {
    S& service = static_cast<S&>(service_);
    add(operation, [&service, method](Request request, Reply reply) {
      (service.*method)(std::move(request), std::move(reply));
    });
  }

  /// The same with any function: for services that are made of several parts.
  void on_async(std::string_view operation, std::function<void(Request, Reply)> action) {
    add(operation, std::move(action));
  }

  /// The service checks its input itself, in words of its own (S3): call() does not.
  void without_validation() { validates_ = false; }

  /// What the model's check finds is told in the service's own words: `refusal` gets the
  /// ValidationException and the input.
  using Refusal = ApiError (*)(ApiError, const json::Value& input);
  void refuse_by(Refusal refusal) { refusal_ = refusal; }
  /// Every call is asked about before it is made. Null: none is. Must outlive the table.
  void ask(Authorizer* authorizer) { authorizer_ = authorizer; }

  /// InvalidSyntax naming every registered operation that the model does not have, or that was
  /// registered twice.
  base::Result<void> check() const;

  const ServiceModel& model() const { return model_; }
  bool implements(const OperationModel& operation) const;
  /// Modelled operations without an action, in the model's order.
  std::vector<const OperationModel*> unimplemented() const;

  /// Validates request.input and runs the action of request.operation. What is modelled but not
  /// implemented answers NotImplemented (501).
  void call(Request request, Reply reply) const;

 private:
  using Action = std::function<void(Request, Reply)>;
  void add(std::string_view operation, Action action);

  Service& service_;
  const ServiceModel& model_;
  std::unordered_map<const OperationModel*, Action> actions_;
  std::vector<std::string> mistakes_;
  bool validates_ = true;
  Refusal refusal_ = nullptr;
  Authorizer* authorizer_ = nullptr;
};

}  // namespace pawl::aws
