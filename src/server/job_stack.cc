// SPDX-License-Identifier: Apache-2.0
#include "server/job_stack.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "container/image_reference.h"
#include "jobs/image_layout.h"
#include "server/embedded_services.h"
#include "services/batch/service.h"
#include "services/ecs/service.h"

namespace pawl::server {

using base::Error;
using base::ErrorKind;
using base::Result;

namespace {

/// Images of ours go along as files; those of other registries the node pulls itself.
Result<void> export_image(container::ImageSource& ecr, const std::string& image,
                          const std::string& folder) {
  const auto reference = PAWL_TRY(container::ImageReference::parse(image));
  if (!ecr.serves(reference)) return {};
  return jobs::write_image_layout(ecr, reference, folder);
}

/// Containers work as a session of their role.
jobs::RoleCredentials role_credentials(aws::Identities& identities, const std::string& session) {
  return [&identities, session](const std::string& role_arn) -> jobs::Variables {
    const auto key = identities.standing_session(role_arn, session);
    if (!key) return {};
    return {{"AWS_ACCESS_KEY_ID", key->id},
            {"AWS_SECRET_ACCESS_KEY", key->secret},
            {"AWS_SESSION_TOKEN", key->session_token}};
  };
}

Result<std::unique_ptr<jobs::SlurmJobRunner>> open_slurm(const ServiceEnvironment& environment,
                                                         container::ImageSource& ecr) {
  const auto partition = jobs::slurm_partition(environment.batch_runner);
  if (!partition) {
    return Error(ErrorKind::InvalidSyntax,
                 "the runner of Batch is \"local\", \"slurm\" or \"slurm=PARTITION\"");
  }
  if (environment.data_folder.empty()) {
    return Error(ErrorKind::Unsupported,
                 "jobs on Slurm need a data folder, on a file system that the nodes share");
  }
  std::error_code failure;
  const std::filesystem::path folder =
      std::filesystem::absolute(environment.data_folder + "/slurm", failure);
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", failure);
  return std::make_unique<jobs::SlurmJobRunner>(jobs::SlurmJobRunner::Options{
      .loop = environment.service_loop,
      .folder = folder,
      .program = program,
      .partition = *partition,
      .export_image = [&ecr](const std::string& image, const std::string& to) {
        return export_image(ecr, image, to);
      }});
}

}  // namespace

Result<std::unique_ptr<JobStack>> JobStack::open(const ServiceEnvironment& environment,
                                                 container::ContainerHost& containers,
                                                 container::ImageSource& ecr) {
  std::unique_ptr<JobStack> stack(new JobStack());
  const std::string& folder = environment.data_folder;
  stack->local_ = std::make_unique<jobs::ContainerJobRunner>(
      jobs::ContainerJobRunner::Options{.loop = environment.service_loop,
                                        .runner = [&containers] { return containers.runner(); },
                                        .folder = folder.empty() ? "" : folder + "/jobs"});
  stack->local_secrets_ = std::make_unique<jobs::SecretRunner>(
      *stack->local_, environment.service_loop, environment.caller);
  stack->machine_ = std::make_unique<jobs::Machine>(stack->local_->capacity());
  if (environment.batch_runner != "local") {
    stack->slurm_ = PAWL_TRY(open_slurm(environment, ecr));
    stack->slurm_secrets_ = std::make_unique<jobs::SecretRunner>(
        *stack->slurm_, environment.service_loop, environment.caller);
    stack->cluster_ = std::make_unique<jobs::Machine>(stack->slurm_->capacity());
  }
  return stack;
}

Result<void> JobStack::add_services(const ServiceEnvironment& environment,
                                    aws::Identities& identities,
                                    std::vector<EmbeddedService>& list) {
  jobs::JobRunner& runner = slurm_ ? *slurm_secrets_ : *local_secrets_;
  auto batch = PAWL_TRY(
      batch::BatchService::open({.store = environment.store,
                                 .loop = environment.service_loop,
                                 .caller = environment.caller,
                                 .runner = runner,
                                 .machine = slurm_ ? *cluster_ : *machine_,
                                 .endpoint_url = environment.endpoint_url,
                                 .credentials = role_credentials(identities, "aws-batch")}));
  batch::BatchService* const jobs_run = batch.get();
  list.push_back({"batch", std::move(batch), nullptr, [jobs_run] { jobs_run->run(); }});
  auto ecs =
      PAWL_TRY(ecs::EcsService::open({.store = environment.store,
                                      .loop = environment.service_loop,
                                      .caller = environment.caller,
                                      .runner = *local_secrets_,
                                      .machine = *machine_,
                                      .endpoint_url = environment.endpoint_url,
                                      .credentials = role_credentials(identities, "ecs-task")}));
  ecs::EcsService* const tasks_run = ecs.get();
  list.push_back({"ecs", std::move(ecs), nullptr, [tasks_run] { tasks_run->run(); }});
  return {};
}

}  // namespace pawl::server
