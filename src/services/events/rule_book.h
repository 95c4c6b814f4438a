// SPDX-License-Identifier: Apache-2.0
// RuleBook: the rules and archives of the buses, compiled, for the events that come. Their records
// stand in the store; what is here can be forgotten at any time.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "aws/api_error.h"
#include "aws/event/delivery.h"
#include "aws/event/event_path.h"
#include "aws/event/event_pattern.h"
#include "aws/event/input_transformer.h"
#include "aws/event/target_call.h"
#include "json/value.h"
#include "services/events/names.h"
#include "services/events/record_store.h"

namespace pawl::events {

/// A target of a rule (API Target), ready to be used. Immutable; keeps no json::Value.
struct CompiledTarget {
  std::string id;
  std::string arn;
  std::string role_arn;
  std::optional<std::string> input = {};  ///< of all events
  std::optional<aws::EventPath> input_path = {};
  std::optional<aws::InputTransformer> transformer = {};
  aws::RetryPolicy retry = {};
  std::string dead_letter_arn = {};
  std::string message_group_id = {};
  std::optional<aws::EventPath> partition_key = {};
  /// BatchParameters, EcsParameters, RunCommandParameters as they are; of HttpParameters the values
  /// may be paths into the event.
  std::string parameters = {};

  static CompiledTarget of(const json::Value& target);
};

struct CompiledRule {
  RuleName name;
  std::string arn;
  bool is_enabled = true;
  std::optional<aws::EventPattern> pattern = {};  ///< none: the rule has a schedule only
  std::vector<CompiledTarget> targets = {};

  static CompiledRule of(const RuleName& name, const json::Value& record);
};

struct CompiledArchive {
  std::string name;
  std::optional<aws::EventPattern> pattern = {};  ///< none: everything
  int64_t retention_days = 0;                     ///< 0: for ever
};

/// Immutable; thread-safe.
class BusRules {
 public:
  BusRules(std::vector<CompiledRule> rules, std::vector<CompiledArchive> archives);

  /// Enabled, with a pattern that the event matches. Those that ask for another source are not
  /// looked at.
  std::vector<const CompiledRule*> matching(const json::Value& event) const;
  std::vector<const CompiledArchive*> archiving(const json::Value& event) const;
  const CompiledRule* find(std::string_view rule) const;
  /// Whether an event of that source could match.
  bool may_want(std::string_view source) const;

 private:
  std::vector<CompiledRule> rules_;
  std::vector<CompiledArchive> archives_;
  std::unordered_map<std::string, std::vector<size_t>> by_source_;  ///< indices of rules_
  std::vector<size_t> of_any_source_;
};

/// Thread-safe. In memory: the rules of the buses that were used since the start, at most
/// kBusesMax.
class RuleBook {
 public:
  static constexpr size_t kBusesMax = 1'000;

  RuleBook(const RecordStore& rules, const RecordStore& archives)
      : rules_(rules), archives_(archives) {}

  aws::ApiResult<std::shared_ptr<const BusRules>> rules_of(const BusName& bus);
  /// To be called after a commit that changes rules or archives of the bus.
  void forget(const BusName& bus);
  /// Whether an event of that source on any account's default bus could match a rule or be
  /// archived. Cheap: it looks at rules only after they have changed.
  bool has_rules_for(std::string_view source);

 private:
  aws::ApiResult<BusRules> load(const BusName& bus) const;
  void look_for_sources();

  const RecordStore& rules_;
  const RecordStore& archives_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const BusRules>, std::less<>> buses_;  ///< by key
  std::mutex sources_mutex_;
  bool knows_sources_ = false;  ///< guarded by sources_mutex_, as all below
  bool wants_any_source_ = false;
  std::set<std::string, std::less<>> sources_;
};

/// InputPathsMap of an InputTransformer.
aws::InputTransformer::Paths input_paths(const json::Value& transformer);

/// The sources that a pattern asks for, if it asks for nothing but whole names; nullopt: any.
std::optional<std::vector<std::string>> sources_of(const aws::EventPattern& pattern);

}  // namespace pawl::events
