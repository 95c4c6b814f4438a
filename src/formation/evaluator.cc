// SPDX-License-Identifier: Apache-2.0
#include "formation/evaluator.h"

#include <algorithm>
#include <set>
#include <utility>

#include "formation/dynamic_references.h"
#include "formation/expressions.h"
#include "formation/resolver.h"
#include "formation/template_names.h"
#include "formation/words.h"

namespace pawl::formation {

using json::Value;

namespace {

/// The parts of a resource that are evaluated.
std::vector<const Value*> expressions_of(const ResourceDeclaration& resource) {
  return {&resource.properties, &resource.metadata, &resource.creation_policy,
          &resource.update_policy};
}

/// Knows nothing, but remembers which exports are asked for.
class ImportRecorder : public NothingKnown {
 public:
  Answer import_value(std::string_view export_name) override {
    names.add(export_name);
    return std::optional<Value>();
  }

  NameList names;
};

bool is_export_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return c == ':' || c == '-' || is_alphanumeric({&c, 1});
  });
}

}  // namespace

bool has_unknown(const Value& value) {
  if (is_unknown(value)) return true;
  const std::span<const Value> items = items_of(value);
  const std::span<const json::Member> members = members_of(value);
  return std::any_of(items.begin(), items.end(), has_unknown) ||
         std::any_of(members.begin(), members.end(),
                     [](const json::Member& member) { return has_unknown(member.value); });
}

base::Result<std::vector<std::string>> References::availability_zones(std::string_view region) {
  std::vector<std::string> zones;
  for (const char letter : {'a', 'b', 'c'}) zones.push_back(std::string(region) + letter);
  return zones;
}

References::Answer References::stack_output(const StackOutputName& name) {
  return base::Error(base::ErrorKind::Unsupported,
                     "Fn::GetStackOutput is not supported here (stack " + name.stack_name + ")");
}

References::Answer NothingKnown::ref(std::string_view) { return std::optional<Value>(); }
References::Answer NothingKnown::get_att(std::string_view, std::string_view) {
  return std::optional<Value>();
}
References::Answer NothingKnown::import_value(std::string_view) { return std::optional<Value>(); }
References::Answer NothingKnown::dynamic_reference(const DynamicReference&) {
  return std::optional<Value>();
}
References::Answer NothingKnown::stack_output(const StackOutputName&) {
  return std::optional<Value>();
}

Evaluator::Evaluator(const Template& source, ParameterValues parameters,
                     const Environment& environment)
    : template_(&source),
      parameters_(std::move(parameters)),
      scope_(std::make_unique<Scope>(
          make_scope(source.parameters(), parameters_, environment, source.mappings()))) {}

Evaluator::Evaluator(Evaluator&& other) noexcept = default;
Evaluator& Evaluator::operator=(Evaluator&& other) noexcept = default;
Evaluator::~Evaluator() = default;

const Environment& Evaluator::environment() const { return scope_->environment; }

base::Result<Evaluator> Evaluator::create(const Template& source, ParameterValues parameters,
                                          Environment environment) {
  Evaluator evaluator(source, std::move(parameters), environment);
  PAWL_TRY_VOID(evaluator.evaluate_conditions());
  PAWL_TRY_VOID(evaluator.check_presence());
  NothingKnown nothing;
  PAWL_TRY_VOID(evaluator.resolve_everything(nothing));
  return evaluator;
}

base::Result<void> Evaluator::evaluate_conditions() {
  const std::vector<std::string> order = PAWL_TRY(condition_order(template_->conditions()));
  NothingKnown nothing;
  for (const std::string& name : order) {
    Resolver resolver(*scope_, nothing);
    const std::optional<bool> truth = PAWL_TRY(resolver.truth(*template_->conditions().find(name)));
    scope_->conditions.insert_or_assign(name, truth.value_or(false));
  }
  return {};
}

base::Result<void> Evaluator::check_presence() const {
  const std::function<bool(std::string_view)> taken = [this](std::string_view name) {
    return condition(name);
  };
  NameList absent;
  const auto note = [&](const std::string& name) {
    const ResourceDeclaration* resource = template_->find_resource(name);
    if (resource != nullptr && !is_present(*resource)) absent.add(name);
  };
  const std::function<void(const Mention&)> found = [&](const Mention& mention) {
    note(mention.name);
  };
  const auto result = [&](const char* section) -> base::Result<void> {
    if (absent.empty()) return {};
    return template_error("Template format error: Unresolved resource dependencies " +
                          bracketed(absent.names()) + " in the " + section +
                          " block of the template");
  };
  for (const ResourceDeclaration& resource : template_->resources()) {
    if (!is_present(resource)) continue;
    for (const Value* part : expressions_of(resource)) for_each_mention(*part, taken, found);
    for (const std::string& name : resource.depends_on) note(name);
  }
  PAWL_TRY_VOID(result("Resources"));
  for (const OutputDeclaration& output : template_->outputs()) {
    if (!output.condition.empty() && !condition(output.condition)) continue;
    for_each_mention(output.value, taken, found);
  }
  return result("Outputs");
}

base::Result<void> Evaluator::resolve_everything(References& references) const {
  for (const ResourceDeclaration& resource : template_->resources()) {
    if (!is_present(resource)) continue;
    for (const Value* part : expressions_of(resource)) {
      const base::Result<Value> value = resolve(*part, references, {.dynamic_references = false});
      if (!value) return value.error();
    }
  }
  for (const OutputDeclaration& declaration : template_->outputs()) {
    const base::Result<std::optional<OutputValue>> value = output(declaration, references);
    if (!value) return value.error();
  }
  return {};
}

bool Evaluator::condition(std::string_view name) const {
  const auto found = scope_->conditions.find(name);
  return found != scope_->conditions.end() && found->second;
}

bool Evaluator::is_present(const ResourceDeclaration& resource) const {
  return resource.condition.empty() || condition(resource.condition);
}

base::Result<void> Evaluator::check_rules(ParameterSource* source) const {
  NothingKnown nothing;
  Resolver resolver(*scope_, nothing);
  resolver.ask(source);
  std::string failures;
  for (const json::Member& rule : members_of(template_->rules())) {
    if (const Value* condition = rule.value.find("RuleCondition")) {
      if (!PAWL_TRY(resolver.truth(*condition)).value_or(false)) continue;
    }
    for (const Value& assertion : items_of(*rule.value.find("Assertions"))) {
      if (PAWL_TRY(resolver.truth(*assertion.find("Assert"))).value_or(true)) continue;
      const Value* description = assertion.find("AssertDescription");
      if (!failures.empty()) failures += ", ";
      failures += description != nullptr && description->is_string()
                      ? std::string(description->as_string())
                      : "An assertion of rule " + std::string(rule.name()) + " failed";
    }
  }
  if (failures.empty()) return {};
  return template_error(failures);
}

base::Result<Value> Evaluator::resolve(const Value& expression, References& references,
                                       const ResolveOptions& options) const {
  Value value = PAWL_TRY(Resolver(*scope_, references, options.mask_no_echo).resolve(expression));
  if (!options.dynamic_references) return value;
  return resolve_dynamic_references(value, references);
}

base::Result<Value> Evaluator::properties(const ResourceDeclaration& resource,
                                          References& references,
                                          const ResolveOptions& options) const {
  Value value = PAWL_TRY(resolve(resource.properties, references, options));
  return value.is_object() ? std::move(value) : Value::object();
}

std::vector<std::string> Evaluator::dependencies(const ResourceDeclaration& resource) const {
  NameList names;
  const auto add = [&](const std::string& name) {
    const ResourceDeclaration* other = template_->find_resource(name);
    if (other != nullptr && is_present(*other)) names.add(name);
  };
  const std::function<bool(std::string_view)> taken = [this](std::string_view name) {
    return condition(name);
  };
  for (const std::string& name : resource.depends_on) add(name);
  for (const Value* part : expressions_of(resource)) {
    for_each_mention(*part, taken, [&](const Mention& mention) { add(mention.name); });
  }
  return names.names();
}

base::Result<std::vector<const ResourceDeclaration*>> Evaluator::order() const {
  const std::vector<ResourceDeclaration>& all = template_->resources();
  std::vector<std::vector<size_t>> dependents(all.size());
  std::vector<size_t> missing(all.size(), 0);
  std::set<size_t> ready;
  for (size_t i = 0; i < all.size(); ++i) {
    if (!is_present(all[i])) continue;
    for (const std::string& name : dependencies(all[i])) {
      const auto other = static_cast<size_t>(template_->find_resource(name) - all.data());
      dependents[other].push_back(i);
      ++missing[i];
    }
    if (missing[i] == 0) ready.insert(i);
  }
  std::vector<const ResourceDeclaration*> order;
  while (!ready.empty()) {
    const size_t next = *ready.begin();
    ready.erase(ready.begin());
    order.push_back(&all[next]);
    for (const size_t dependent : dependents[next]) {
      if (--missing[dependent] == 0) ready.insert(dependent);
    }
  }
  std::vector<std::string> stuck;
  for (size_t i = 0; i < all.size(); ++i) {
    if (missing[i] != 0) stuck.push_back(all[i].logical_id);
  }
  if (stuck.empty()) return order;
  return template_error("Circular dependency between resources: " + bracketed(stuck));
}

base::Result<std::optional<OutputValue>> Evaluator::output(const OutputDeclaration& output,
                                                           References& references) const {
  if (!output.condition.empty() && !condition(output.condition)) {
    return std::optional<OutputValue>();
  }
  OutputValue result{.name = output.name, .value = {}, .description = output.description};
  const Value value = PAWL_TRY(resolve(output.value, references, {.dynamic_references = false}));
  const std::optional<std::string> text = scalar_text(value);
  if (!text) return template_error("Template format error: Every Value member must be a string.");
  result.value = *text;
  if (output.export_name.is_null()) return std::optional<OutputValue>(std::move(result));
  const Value name = PAWL_TRY(resolve(output.export_name, references));
  const std::optional<std::string> export_name = scalar_text(name);
  if (!export_name || !is_export_name(*export_name)) {
    return template_error("Template format error: Output " + output.name +
                          " is malformed. The Name field of every Export member must be specified "
                          "and consist only of alphanumeric characters, colons, or hyphens.");
  }
  result.export_name = *export_name;
  return std::optional<OutputValue>(std::move(result));
}

std::vector<std::string> Evaluator::imports() const {
  ImportRecorder recorder;
  // create() has shown that this succeeds.
  static_cast<void>(resolve_everything(recorder).has_value());
  return recorder.names.names();
}

}  // namespace pawl::formation
