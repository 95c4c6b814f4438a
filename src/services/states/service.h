// SPDX-License-Identifier: Apache-2.0
// StatesService: the Step Functions API (model "stepfunctions") over the durable store: state
// machines, versions, aliases, activities, tags and the validation of definitions.
#pragma once

#include "asl/task_resource.h"
#include "aws/service/action_table.h"
#include "engine/ports.h"
#include "services/states/execution_api.h"
#include "services/states/machine_registry.h"
#include "services/states/machine_store.h"
#include "services/states/page_token.h"
#include "services/states/test_state/test_state_action.h"

namespace pawl::states {

/// "Service quotas" of the Step Functions Developer Guide.
struct StatesLimits {
  size_t machines_max = 100'000;   ///< in an account and region
  size_t activities_max = 10'000;  ///< in an account and region
  size_t versions_max = 1'000;     ///< of a machine
  size_t aliases_max = 100;        ///< of a machine
};

/// What the service stands on; everything must outlive it.
struct StatesPorts {
  MachineStore& machines;
  MachineRegistry& registry;
  engine::Clock& clock;                   ///< thread-safe, or all requests come on one thread
  engine::Entropy& entropy;               ///< used inside a Change only: one thread at a time
  ExecutionApi* executions = nullptr;     ///< null: the operations about executions answer 501
  TestStateAction* test_state = nullptr;  ///< null: TestState answers 501
  /// Which Resources definitions may name; null: asl::CompileOptions::catalog.
  const asl::ResourceCatalog* resources = nullptr;
};

/// Actions are thread-safe. What changes something returns after a synced write and may wait for
/// the disk.
class StatesService final : public aws::Service {
 public:
  explicit StatesService(const StatesPorts& ports, const StatesLimits& limits = {})
      : machines_(ports.machines),
        registry_(ports.registry),
        clock_(ports.clock),
        entropy_(ports.entropy),
        executions_(ports.executions),
        test_state_(ports.test_state),
        resources_(ports.resources),
        limits_(limits),
        page_tokens_(ports.machines.secret()) {}

  void bind(aws::ActionTable& table) override;

 private:
  using Request = aws::Request;
  using ActionResult = aws::ActionResult;

  ActionResult create_state_machine(const Request& request);
  ActionResult describe_state_machine(const Request& request);
  ActionResult update_state_machine(const Request& request);
  ActionResult delete_state_machine(const Request& request);
  ActionResult list_state_machines(const Request& request);
  ActionResult publish_state_machine_version(const Request& request);
  ActionResult delete_state_machine_version(const Request& request);
  ActionResult list_state_machine_versions(const Request& request);
  ActionResult create_state_machine_alias(const Request& request);
  ActionResult describe_state_machine_alias(const Request& request);
  ActionResult update_state_machine_alias(const Request& request);
  ActionResult delete_state_machine_alias(const Request& request);
  ActionResult list_state_machine_aliases(const Request& request);
  ActionResult create_activity(const Request& request);
  ActionResult describe_activity(const Request& request);
  ActionResult delete_activity(const Request& request);
  ActionResult list_activities(const Request& request);
  ActionResult tag_resource(const Request& request);
  ActionResult untag_resource(const Request& request);
  ActionResult list_tags_for_resource(const Request& request);
  ActionResult validate_state_machine_definition(const Request& request);

  void bind_executions(aws::ActionTable& table);

  /// The machine that an unqualified ARN names and that may be changed.
  /// Errors: InvalidArn, StateMachineDoesNotExist, StateMachineDeleting, ValidationException.
  struct Found {
    ResourceKey key;
    MachineRecord machine;
  };
  aws::ApiResult<Found> changeable_machine(std::string_view arn) const;
  /// Makes the version of the machine's current revision, unless there is one, and answers its
  /// number. `found` is stored by the caller. Errors: ServiceQuotaExceededException.
  aws::ApiResult<uint64_t> publish(MachineStore::Change& change, Found& found,
                                   const std::string& description);
  /// A routing configuration as AWS takes it: versions of one machine that exist.
  struct Routing {
    ResourceKey key;
    std::vector<AliasRoute> routes;
  };
  aws::ApiResult<Routing> read_routing(const json::Value& configuration) const;
  aws::ApiResult<std::optional<ListPosition>> list_position(
      const Request& request, const std::vector<std::string>& parameters) const;
  std::string next_token(const Request& request, const std::vector<std::string>& parameters,
                         const ListPosition& position) const;

  MachineStore& machines_;
  MachineRegistry& registry_;
  engine::Clock& clock_;
  engine::Entropy& entropy_;
  ExecutionApi* executions_;
  TestStateAction* test_state_;
  const asl::ResourceCatalog* resources_;
  const StatesLimits limits_;
  const PageTokens page_tokens_;
};

}  // namespace pawl::states
