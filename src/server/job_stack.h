// SPDX-License-Identifier: Apache-2.0
// JobStack: Batch and ECS, and what runs their containers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "aws/service/identities.h"
#include "base/error.h"
#include "container/container_host.h"
#include "container/image_source.h"
#include "jobs/container_job_runner.h"
#include "jobs/machine.h"
#include "jobs/secret_runner.h"
#include "jobs/slurm_job_runner.h"

namespace pawl::server {

struct EmbeddedService;
struct ServiceEnvironment;

/// Outlives the services that it makes.
class JobStack {
 public:
  /// `containers` and `ecr` outlive it. Errors: InvalidSyntax (ServiceEnvironment::batch_runner),
  /// Unsupported (Slurm without a data folder).
  static base::Result<std::unique_ptr<JobStack>> open(const ServiceEnvironment& environment,
                                                      container::ContainerHost& containers,
                                                      container::ImageSource& ecr);

  /// `identities` outlives the services.
  base::Result<void> add_services(const ServiceEnvironment& environment,
                                  aws::Identities& identities, std::vector<EmbeddedService>& list);
  /// Before the containers are stopped: what happens to jobs from now on is not told.
  void stop() { local_->end(); }

 private:
  JobStack() = default;

  std::unique_ptr<jobs::ContainerJobRunner> local_;
  std::unique_ptr<jobs::SecretRunner> local_secrets_;
  std::unique_ptr<jobs::Machine> machine_;
  std::unique_ptr<jobs::SlurmJobRunner> slurm_;  ///< null: Batch's jobs run here, too
  std::unique_ptr<jobs::SecretRunner> slurm_secrets_;
  std::unique_ptr<jobs::Machine> cluster_;
};

}  // namespace pawl::server
