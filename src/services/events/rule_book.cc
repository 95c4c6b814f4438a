// SPDX-License-Identifier: Apache-2.0
#include "services/events/rule_book.h"

#include <algorithm>
#include <utility>

#include "json/write.h"
#include "services/events/api_input.h"

namespace pawl::events {

using aws::ApiResult;
using json::Value;

namespace {

constexpr int64_t kRetriesDefault = 185;
constexpr int64_t kAgeSecondsDefault = 24 * 3'600;
constexpr const char* kParameterMembers[] = {"EcsParameters", "BatchParameters", "HttpParameters",
                                             "RunCommandParameters"};

std::optional<aws::EventPath> path_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  auto path = aws::EventPath::compile(text);
  if (!path) return std::nullopt;
  return *std::move(path);
}

std::optional<aws::InputTransformer> transformer_of(const Value& given) {
  const Value* text = given.find("InputTemplate");
  if (text == nullptr || !text->is_string()) return std::nullopt;
  auto transformer = aws::InputTransformer::compile(input_paths(given), text->as_string());
  if (!transformer) return std::nullopt;
  return *std::move(transformer);
}

std::optional<aws::EventPattern> pattern_of(const Value& record) {
  const std::string text = text_member(record, "EventPattern");
  if (text.empty()) return std::nullopt;
  // It was checked when it was put. One that does not compile any more matches nothing.
  auto pattern = aws::EventPattern::compile(text);
  return pattern ? *std::move(pattern) : aws::EventPattern{};
}

}  // namespace

aws::InputTransformer::Paths input_paths(const Value& transformer) {
  aws::InputTransformer::Paths paths;
  const Value map = object_member(transformer, "InputPathsMap");
  for (const json::Member& member : map.members())
    paths.emplace_back(member.name(), text_member(map, member.name()));
  return paths;
}

CompiledTarget CompiledTarget::of(const Value& target) {
  CompiledTarget compiled;
  compiled.id = text_member(target, "Id");
  compiled.arn = text_member(target, "Arn");
  compiled.role_arn = text_member(target, "RoleArn");
  if (const Value* input = target.find("Input")) compiled.input = std::string(input->as_string());
  compiled.input_path = path_of(text_member(target, "InputPath"));
  compiled.transformer = transformer_of(object_member(target, "InputTransformer"));
  const Value retry = object_member(target, "RetryPolicy");
  compiled.retry.retries_max = integer_member(retry, "MaximumRetryAttempts", kRetriesDefault);
  compiled.retry.age_ms_max =
      integer_member(retry, "MaximumEventAgeInSeconds", kAgeSecondsDefault) * 1'000;
  compiled.dead_letter_arn = text_member(object_member(target, "DeadLetterConfig"), "Arn");
  compiled.message_group_id = text_member(object_member(target, "SqsParameters"), "MessageGroupId");
  compiled.partition_key =
      path_of(text_member(object_member(target, "KinesisParameters"), "PartitionKeyPath"));
  for (const char* member : kParameterMembers)
    if (const Value* parameters = target.find(member))
      compiled.parameters = json::write(*parameters);
  return compiled;
}

CompiledRule CompiledRule::of(const RuleName& name, const Value& record) {
  CompiledRule rule{.name = name, .arn = name.arn()};
  rule.is_enabled = text_member(record, "State") != "DISABLED";
  rule.pattern = pattern_of(record);
  if (const Value* targets = record.find("Targets"))
    for (const Value& target : targets->items()) rule.targets.push_back(CompiledTarget::of(target));
  return rule;
}

std::optional<std::vector<std::string>> sources_of(const aws::EventPattern& pattern) {
  std::vector<std::string> sources;
  for (const aws::EventPattern::Alternative& alternative : pattern.alternatives()) {
    const auto condition =
        std::find_if(alternative.conditions.begin(), alternative.conditions.end(),
                     [](const auto& each) { return each.path == "source"; });
    if (condition == alternative.conditions.end()) return std::nullopt;
    for (const aws::ValuePattern& value : condition->patterns) {
      if (value.kind != aws::ValuePattern::Kind::Text || value.is_negated) return std::nullopt;
      // A text that is an IP address matches others.
      for (const std::string& text : value.texts)
        if (aws::address_bytes(text)) return std::nullopt;
      sources.insert(sources.end(), value.texts.begin(), value.texts.end());
    }
  }
  std::sort(sources.begin(), sources.end());
  sources.erase(std::unique(sources.begin(), sources.end()), sources.end());
  return sources;
}

BusRules::BusRules(std::vector<CompiledRule> rules, std::vector<CompiledArchive> archives)
    : rules_(std::move(rules)), archives_(std::move(archives)) {
  for (size_t i = 0; i < rules_.size(); ++i) {
    if (!rules_[i].is_enabled || !rules_[i].pattern) continue;
    const auto sources = sources_of(*rules_[i].pattern);
    if (!sources) {
      of_any_source_.push_back(i);
    } else {
      for (const std::string& source : *sources) by_source_[source].push_back(i);
    }
  }
}

std::vector<const CompiledRule*> BusRules::matching(const Value& event) const {
  std::vector<size_t> candidates = of_any_source_;
  if (const auto found = by_source_.find(text_member(event, "source")); found != by_source_.end())
    candidates.insert(candidates.end(), found->second.begin(), found->second.end());
  std::vector<const CompiledRule*> matching;
  for (const size_t i : candidates)
    if (rules_[i].pattern->matches(event)) matching.push_back(&rules_[i]);
  return matching;
}

std::vector<const CompiledArchive*> BusRules::archiving(const Value& event) const {
  std::vector<const CompiledArchive*> archiving;
  for (const CompiledArchive& archive : archives_)
    if (!archive.pattern || archive.pattern->matches(event)) archiving.push_back(&archive);
  return archiving;
}

const CompiledRule* BusRules::find(std::string_view rule) const {
  const auto found = std::find_if(rules_.begin(), rules_.end(),
                                  [&](const CompiledRule& each) { return each.name.name == rule; });
  return found == rules_.end() ? nullptr : &*found;
}

bool BusRules::may_want(std::string_view source) const {
  return !archives_.empty() || !of_any_source_.empty() ||
         by_source_.find(std::string(source)) != by_source_.end();
}

ApiResult<BusRules> RuleBook::load(const BusName& bus) const {
  std::vector<CompiledRule> rules;
  PAWL_TRY_VOID(rules_.visit(bus.key().view(), [&](std::string_view, const Value& record) {
    rules.push_back(CompiledRule::of({bus, text_member(record, "Name")}, record));
    return true;
  }));
  std::vector<CompiledArchive> archives;
  PAWL_TRY_VOID(archives_.visit(bus.scope.key().view(), [&](std::string_view, const Value& record) {
    if (text_member(record, "EventSourceArn") == bus.arn())
      archives.push_back({text_member(record, "ArchiveName"), pattern_of(record),
                          integer_member(record, "RetentionDays")});
    return true;
  }));
  return BusRules(std::move(rules), std::move(archives));
}

ApiResult<std::shared_ptr<const BusRules>> RuleBook::rules_of(const BusName& bus) {
  const std::string key = bus.key().take();
  const std::lock_guard lock(mutex_);
  if (const auto found = buses_.find(key); found != buses_.end()) return found->second;
  auto rules = std::make_shared<const BusRules>(PAWL_TRY(load(bus)));
  if (buses_.size() >= kBusesMax) buses_.clear();
  buses_.emplace(key, rules);
  return rules;
}

void RuleBook::forget(const BusName& bus) {
  {
    const std::lock_guard lock(mutex_);
    buses_.erase(bus.key().take());
  }
  const std::lock_guard lock(sources_mutex_);
  knows_sources_ = false;
}

void RuleBook::look_for_sources() {
  sources_.clear();
  wants_any_source_ = false;
  // A store that cannot be read ends the process elsewhere; until then all are wanted.
  const auto rules = rules_.visit("", [&](std::string_view key, const Value& record) {
    store::KeyReader reader(key);
    reader.text();
    reader.text();
    if (reader.text() != kDefaultBus || text_member(record, "State") == "DISABLED") return true;
    const auto pattern = pattern_of(record);
    if (!pattern) return true;
    const auto sources = sources_of(*pattern);
    if (!sources) wants_any_source_ = true;
    if (sources) sources_.insert(sources->begin(), sources->end());
    return !wants_any_source_;
  });
  const auto archives = archives_.visit("", [&](std::string_view, const Value& record) {
    wants_any_source_ =
        wants_any_source_ || text_member(record, "EventSourceArn").ends_with(":event-bus/default");
    return !wants_any_source_;
  });
  if (!rules || !archives) wants_any_source_ = true;
  knows_sources_ = true;
}

bool RuleBook::has_rules_for(std::string_view source) {
  const std::lock_guard lock(sources_mutex_);
  if (!knows_sources_) look_for_sources();
  return wants_any_source_ || sources_.contains(source);
}

}  // namespace pawl::events
