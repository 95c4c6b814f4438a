// SPDX-License-Identifier: Apache-2.0
// Look-up by pointer: the router has resolved the operation already.
#include "aws/service/action_table.h"

#include "aws/service/identities.h"
#include "aws/service/validation.h"
#include "base/assert.h"

namespace pawl::aws {

void ActionTable::add(std::string_view operation, Action action) {
  const OperationModel* model = model_.find_operation(operation);
  if (model == nullptr) {
    mistakes_.push_back(std::string(operation) + " is not in the model");
  } else if (!actions_.emplace(model, std::move(action)).second) {
    mistakes_.push_back(std::string(operation) + " is bound twice");
  }
}

base::Result<void> ActionTable::check() const {
  if (mistakes_.empty()) return {};
  std::string message = model_.metadata().service_name + ":";
  for (const std::string& mistake : mistakes_) message += " " + mistake + ";";
  return base::Error(base::ErrorKind::InvalidSyntax, std::move(message));
}

bool ActionTable::implements(const OperationModel& operation) const {
  return actions_.contains(&operation);
}

std::vector<const OperationModel*> ActionTable::unimplemented() const {
  std::vector<const OperationModel*> missing;
  for (const OperationModel& operation : model_.operations()) {
    if (!implements(operation)) missing.push_back(&operation);
  }
  return missing;
}

void ActionTable::call(Request request, Reply reply) const {
  PAWL_ASSERT(request.operation != nullptr);
  const auto action = actions_.find(request.operation);
  if (action == actions_.end()) {
    reply(not_implemented(model_.metadata().service_name, request.operation->name));
    return;
  }
  if (authorizer_ != nullptr) {
    if (auto allowed = authorizer_->authorize(request); !allowed) {
      reply(std::move(allowed).error());
      return;
    }
  }
  if (validates_ && request.operation->input != nullptr) {
    if (auto valid = validate(request.input, *request.operation->input); !valid) {
      reply(refusal_ != nullptr ? refusal_(std::move(valid).error(), request.input)
                                : std::move(valid).error());
      return;
    }
  }
  action->second(std::move(request), std::move(reply));
}

}  // namespace pawl::aws
