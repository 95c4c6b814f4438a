// SPDX-License-Identifier: Apache-2.0
// The list of AWS services that this program is. A service is one line in embedded_services.cc.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "aws/model/model_catalog.h"
#include "aws/service/action_table.h"
#include "base/error.h"
#include "store/store.h"

namespace pawl::server {

/// A service and the name of its model (aws::ModelCatalog): "stepfunctions".
struct EmbeddedService {
  std::string model_name;
  std::unique_ptr<aws::Service> service;
};

/// What services are made of. All of it outlives them.
struct ServiceEnvironment {
  store::Store& store;
  aws::ModelCatalog& models;
  std::string data_folder;  ///< for files beside the store; "": nothing is kept
};

/// All services of the program, not bound yet. Errors: what a service says when it cannot start,
/// for instance Io of the store.
base::Result<std::vector<EmbeddedService>> make_embedded_services(
    const ServiceEnvironment& environment);

}  // namespace pawl::server
