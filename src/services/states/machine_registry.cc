// SPDX-License-Identifier: Apache-2.0
#include "services/states/machine_registry.h"

#include "asl/compile.h"
#include "json/write.h"
#include "services/states/api_errors.h"

namespace pawl::states {

namespace {

constexpr uint64_t kWeightTotal = 100;

/// API CreateStateMachine has checked this definition; a later Pawl that has become stricter must
/// not lose it, so only what cannot run at all is refused.
aws::ApiResult<std::shared_ptr<const Revision>> compiled(uint64_t number, RevisionRecord record) {
  asl::CompileOptions options;
  options.type = record.type;
  asl::Compilation compilation = asl::compile(record.definition, options);
  if (compilation.program == nullptr) {
    return aws::internal_failure("a stored definition does not compile: " +
                                 asl::invalid_definition_message(compilation.diagnostics));
  }
  auto revision = std::make_shared<Revision>();
  revision->number = number;
  revision->revision_id = std::move(record.revision_id);
  revision->state_machine_arn = std::move(record.state_machine_arn);
  revision->name = std::move(record.name);
  revision->type = record.type;
  revision->role_arn = std::move(record.role_arn);
  revision->definition = std::move(record.definition);
  revision->logging_configuration = json::write(record.logging);
  revision->tracing_configuration = json::write(record.tracing);
  revision->encryption_configuration = json::write(record.encryption);
  revision->update_date = record.update_date;
  revision->program = std::move(compilation.program);
  return std::shared_ptr<const Revision>(std::move(revision));
}

}  // namespace

MachineRegistry::MachineRegistry(MachineStore& store, const RegistryLimits& limits)
    : store_(store),
      routes_({.entries_max = limits.targets_max}),
      revisions_({.entries_max = limits.revisions_max, .weight_max = limits.revisions_bytes_max}) {
  store_.on_change([this](const MachineStore::Changed& changed) {
    if (changed.is_more) {
      routes_.clear();
    } else {
      for (const std::string& arn : changed.arns) routes_.forget(arn);
    }
  });
}

aws::ApiResult<Resolution> MachineRegistry::resolve(std::string_view arn, uint64_t random) {
  std::shared_ptr<const Route> found = routes_.find(arn);
  if (found == nullptr) found = PAWL_TRY(route(arn));
  const Route::Way* way = &found->ways.front();
  if (found->ways.size() > 1 && random % kWeightTotal >= way->weight) way = &found->ways.back();
  std::shared_ptr<const Revision> revision = revisions_.find(way->target->revision);
  if (revision == nullptr) revision = PAWL_TRY(this->revision(way->target->revision));
  return Resolution{way->target, std::move(revision)};
}

aws::ApiResult<std::shared_ptr<const MachineRegistry::Route>> MachineRegistry::route(
    std::string_view arn) {
  const uint64_t generation = routes_.generation();
  auto read = std::make_shared<const Route>(PAWL_TRY(read_route(arn)));
  routes_.put(std::string(arn), read, generation);
  return std::shared_ptr<const Route>(std::move(read));
}

aws::ApiResult<MachineRegistry::Route> MachineRegistry::read_route(std::string_view arn) {
  const StateMachineArn parsed = PAWL_TRY(parse_state_machine_arn(arn));
  if (!parsed.label.empty()) return labeled_arn_not_supported(arn);
  const std::optional<MachineRecord> machine = PAWL_TRY(store_.machine(parsed.key));
  if (!machine) return state_machine_does_not_exist(arn);
  MachineTarget target;
  target.state_machine_arn = state_machine_arn(parsed.key);
  target.name = parsed.key.name;
  target.region = parsed.key.region;
  target.account_id = parsed.key.account_id;
  target.type = machine->type;
  target.status = machine->status;
  target.revision = machine->revision;
  Route route;
  if (parsed.version) {
    route.ways.push_back(PAWL_TRY(read_version(target, parsed.key, *parsed.version)));
  } else if (!parsed.alias.empty()) {
    const std::optional<AliasRecord> alias = PAWL_TRY(store_.alias(parsed.key, parsed.alias));
    if (!alias) return state_machine_does_not_exist(arn);
    target.alias_arn = arn;
    for (const AliasRoute& each : alias->routes) {
      if (each.weight == 0 && alias->routes.size() > 1) continue;
      Route::Way way = PAWL_TRY(read_version(target, parsed.key, each.version));
      way.weight = static_cast<uint64_t>(each.weight);
      route.ways.push_back(std::move(way));
    }
  } else {
    route.ways.push_back({kWeightTotal, std::make_shared<const MachineTarget>(target)});
  }
  if (route.ways.empty()) return state_machine_does_not_exist(arn);
  return route;
}

aws::ApiResult<MachineRegistry::Route::Way> MachineRegistry::read_version(
    const MachineTarget& machine, const ResourceKey& key, uint64_t version) {
  const std::optional<VersionRecord> record = PAWL_TRY(store_.version(key, version));
  std::string arn = version_arn(key, version);
  if (!record) return state_machine_does_not_exist(arn);
  auto target = std::make_shared<MachineTarget>(machine);
  target->version_arn = std::move(arn);
  target->revision = record->revision;
  return Route::Way{kWeightTotal, std::move(target)};
}

aws::ApiResult<std::shared_ptr<const Revision>> MachineRegistry::revision(uint64_t number) {
  if (auto found = revisions_.find(number); found != nullptr) return found;
  const uint64_t generation = revisions_.generation();
  std::optional<RevisionRecord> record = PAWL_TRY(store_.revision(number));
  if (!record) return state_machine_does_not_exist("revision " + std::to_string(number));
  const uint64_t bytes = record->definition.size();
  std::shared_ptr<const Revision> made = PAWL_TRY(compiled(number, std::move(*record)));
  revisions_.put(number, made, generation, bytes);
  return made;
}

std::shared_ptr<const asl::Program> MachineRegistry::program(uint64_t number) {
  const auto found = revision(number);
  return found ? (*found)->program : nullptr;
}

aws::ApiResult<void> MachineRegistry::delete_machine(const ResourceKey& key) {
  MachineStore::Change change(store_);
  std::optional<MachineRecord> machine = PAWL_TRY(store_.machine(key));
  if (!machine) return {};
  if (running_ == nullptr || !running_->any(state_machine_arn(key))) {
    change.erase_machine(key, *machine);
    PAWL_TRY_VOID(change.commit());
    if (machine->status == MachineStatus::Deleting) --deleting_;
    return {};
  }
  if (machine->status == MachineStatus::Deleting) return {};
  machine->status = MachineStatus::Deleting;
  change.put(key, *machine);
  PAWL_TRY_VOID(change.commit());
  ++deleting_;
  // The last execution may have ended before anybody could tell it that a deletion waits for it.
  if (running_->any(state_machine_arn(key))) return {};
  change.erase_machine(key, *machine);
  PAWL_TRY_VOID(change.commit());
  --deleting_;
  return {};
}

aws::ApiResult<void> MachineRegistry::execution_ended(std::string_view state_machine_arn) {
  if (deleting_.load(std::memory_order_acquire) == 0) return {};
  const StateMachineArn arn = PAWL_TRY(parse_state_machine_arn(state_machine_arn));
  const std::optional<MachineRecord> machine = PAWL_TRY(store_.machine(arn.key));
  if (!machine || machine->status != MachineStatus::Deleting) return {};
  return delete_machine(arn.key);
}

aws::ApiResult<void> MachineRegistry::resume_deletions() {
  const std::vector<ResourceKey> found = PAWL_TRY(store_.deleting_machines());
  deleting_ = found.size();
  for (const ResourceKey& key : found) PAWL_TRY_VOID(delete_machine(key));
  return {};
}

aws::ApiResult<size_t> MachineRegistry::erase_unneeded_revisions(
    const std::function<bool(uint64_t)>& is_needed) {
  const std::lock_guard lock(unneeded_mutex_);
  MachineStore::Change change(store_);
  const std::unordered_set<uint64_t> held = PAWL_TRY(store_.held_revisions());
  std::unordered_set<uint64_t> unneeded;
  std::vector<uint64_t> erased;
  for (const uint64_t number : PAWL_TRY(store_.revisions())) {
    if (held.contains(number) || is_needed(number)) continue;
    if (unneeded_.contains(number)) {
      change.erase_revision(number);
      erased.push_back(number);
    } else {
      unneeded.insert(number);
    }
  }
  if (!erased.empty()) PAWL_TRY_VOID(change.commit());
  for (const uint64_t number : erased) revisions_.forget(number);
  unneeded_ = std::move(unneeded);
  return erased.size();
}

}  // namespace pawl::states
