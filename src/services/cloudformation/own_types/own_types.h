// SPDX-License-Identifier: Apache-2.0
// CloudFormation's own resource types: nested stacks, custom resources, wait conditions, macros.
// All others are rows of the types' tables.
#pragma once

#include <memory>

#include "aws/service/service_loop.h"
#include "services/cloudformation/operations/resource_handler.h"
#include "services/cloudformation/own_types/response_box.h"
#include "services/cloudformation/state/stack_store.h"

namespace pawl::cloudformation {

struct OwnTypesPorts {
  StackStore& store;
  const ResponseBox& responses;
  aws::ServiceLoop& loop;
};

/// Knows all types that stacks may have.
std::unique_ptr<HandlerRegistry> make_handlers(OwnTypesPorts ports);

}  // namespace pawl::cloudformation
