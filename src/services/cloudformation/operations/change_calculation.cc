// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/operations/change_calculation.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/cloudformation/operations/change_details.h"
#include "services/cloudformation/operations/stack_references.h"
#include "services/cloudformation/operations/template_values.h"
#include "services/cloudformation/types/resource_schema.h"

namespace pawl::cloudformation {
namespace {

using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

Value parsed(const std::string& text) {
  auto value = json::parse(text);
  return value ? *std::move(value) : Value::object();
}

/// As contexts and values of changes are written: texts as they are, all else as JSON.
std::string value_text(const Value& value) {
  return value.is_string() ? std::string(value.as_string()) : json::write(value);
}

/// The stack as it will be: what is made or replaced is not known before.
class FutureReferences final : public StackReferences {
 public:
  using StackReferences::StackReferences;

  ChangedEntities changed;
  std::string missing_export;

  Answer ref(std::string_view logical_id) override {
    if (changed.replaced.contains(logical_id)) return std::optional<Value>();
    return StackReferences::ref(logical_id);
  }
  Answer get_att(std::string_view logical_id, std::string_view attribute) override {
    if (changed.replaced.contains(logical_id)) return std::optional<Value>();
    // What an update will answer, only it can tell.
    auto answer = StackReferences::get_att(logical_id, attribute);
    if (!answer) return std::optional<Value>();
    return answer;
  }
  Answer import_value(std::string_view export_name) override {
    const auto found = store().find_export(key().owner, std::string(export_name));
    if (found && *found) return std::optional<Value>(Value((*found)->value));
    missing_export = export_name;
    return std::optional<Value>();
  }
  Answer dynamic_reference(const formation::DynamicReference& reference) override {
    auto answer = StackReferences::dynamic_reference(reference);
    if (!answer) return std::optional<Value>();
    return answer;
  }
};

class Calculation {
 public:
  explicit Calculation(const ChangeQuestion& question)
      : question_(question), references_(question.store, question.key, question.calls) {}

  ApiResult<CalculatedChanges> run();

 private:
  struct Change {
    std::string logical_id;
    Value value;
  };
  struct Detail {
    Value value;
    ChangeView view = ChangeView::Both;
  };
  struct Details {
    std::vector<Detail> all = {};
    Replacement with_values = Replacement::Never;
    Replacement without_values = Replacement::Never;

    void add(Value value, const ChangeCause& cause, Replacement recreation);
    Value shown(ChangeView view) const;
  };

  ApiResult<void> read_present();
  void find_changed_parameters();
  ApiResult<void> add_declared(const formation::ResourceDeclaration& declaration);
  ApiResult<void> add_new(const formation::ResourceDeclaration& declaration);
  void add_removed(const ResourceRecord& record);
  ApiResult<void> add_modified(const formation::ResourceDeclaration& declaration,
                               const ResourceRecord& record);
  ApiResult<NestedChange> ask_nested(const formation::ResourceDeclaration& declaration,
                                     const ResourceRecord* record, const Value& properties) const;
  Value resolved(const formation::ResourceDeclaration& declaration);
  Value shown(const formation::ResourceDeclaration& declaration);
  const Value* declared_before(const std::string& logical_id, std::string_view property) const;
  Details details(const formation::ResourceDeclaration& declaration,
                  const std::vector<PropertyChange>& changes, const Value& before,
                  const Value& after) const;
  void add_possible(const formation::ResourceDeclaration& declaration, Details& details) const;
  void note_replacement(const std::string& logical_id, const Details& details);
  void add(ObjectBuilder change, const std::string& logical_id);
  static Value context(const Value& properties, const Value& metadata);

  const ChangeQuestion& question_;
  FutureReferences references_;
  std::map<std::string, ResourceRecord> present_;
  Value previous_resources_ = Value::object();  ///< as the template before has them
  std::vector<Change> changes_;
  std::string warning_;
  bool has_unchanged_nested_ = false;
};

ApiResult<void> Calculation::read_present() {
  for (ResourceRecord& record : PAWL_TRY(question_.store.resources(question_.key))) {
    if (!record.is_there()) continue;
    std::string name = record.logical_id;
    present_.emplace(std::move(name), std::move(record));
  }
  const auto texts = PAWL_TRY(
      question_.store.template_texts(question_.key, question_.stack.current.template_number));
  const Value document = parsed(texts.processed);
  previous_resources_ = json::object_member(document, "Resources");
  return {};
}

void Calculation::find_changed_parameters() {
  const formation::ParameterValues before = parameter_values(question_.stack.current.parameters);
  for (const auto& [name, value] : question_.prepared.parameters) {
    const auto known = before.find(name);
    if (known == before.end() || known->second.effective() != value.effective()) {
      references_.changed.parameters.insert(name);
    }
  }
}

ApiResult<CalculatedChanges> Calculation::run() {
  PAWL_TRY_VOID(read_present());
  find_changed_parameters();
  const formation::Evaluator& evaluator = *question_.prepared.evaluator;
  const auto order = evaluator.order();
  if (!order) return validation_error(order.error().message);
  for (const formation::ResourceDeclaration* declaration : *order) {
    PAWL_TRY_VOID(add_declared(*declaration));
  }
  for (const auto& [name, record] : present_) {
    const bool stays = std::any_of(order->begin(), order->end(), [&name = name](const auto* each) {
      return each->logical_id == name;
    });
    if (!stays) add_removed(record);
  }
  // Whatever AWS sorts by, a name stands after the longer ones that begin with it.
  std::sort(changes_.begin(), changes_.end(), [](const Change& a, const Change& b) {
    return a.logical_id + "|" < b.logical_id + "|";
  });
  CalculatedChanges out;
  std::vector<Value> values;
  for (Change& change : changes_) values.push_back(std::move(change.value));
  out.changes = Value::array(std::move(values));
  out.warning = warning_;
  out.has_unchanged_nested = has_unchanged_nested_;
  return out;
}

Value Calculation::resolved(const formation::ResourceDeclaration& declaration) {
  references_.missing_export.clear();
  auto properties = question_.prepared.evaluator->properties(declaration, references_);
  if (!references_.missing_export.empty() || !properties) {
    if (!warning_.empty()) warning_ += ", ";
    warning_ +=
        "ChangeSet creation failed for resource [" + declaration.logical_id + "] because: " +
        (properties ? "No export named " + references_.missing_export : properties.error().message);
  }
  if (!properties) return Value::object();
  const ResourceSchema* const schema = find_schema(declaration.type);
  return schema != nullptr ? check_properties(*schema, *properties).properties
                           : *std::move(properties);
}

Value Calculation::shown(const formation::ResourceDeclaration& declaration) {
  auto properties = question_.prepared.evaluator->properties(
      declaration, references_, {.dynamic_references = false, .mask_no_echo = true});
  return properties ? with_texts(*properties) : Value::object();
}

Value Calculation::context(const Value& properties, const Value& metadata) {
  ObjectBuilder out;
  out.set("Properties", properties);
  if (metadata.is_object() && metadata.size() != 0) out.set("Metadata", metadata);
  return Value(json::write(std::move(out).build()));
}

void Calculation::add(ObjectBuilder change, const std::string& logical_id) {
  ObjectBuilder out;
  out.set("Type", Value("Resource")).set("ResourceChange", std::move(change).build());
  changes_.push_back({logical_id, std::move(out).build()});
}

ApiResult<void> Calculation::add_declared(const formation::ResourceDeclaration& declaration) {
  const auto record = present_.find(declaration.logical_id);
  return record == present_.end() ? add_new(declaration)
                                  : add_modified(declaration, record->second);
}

ApiResult<NestedChange> Calculation::ask_nested(const formation::ResourceDeclaration& declaration,
                                                const ResourceRecord* record,
                                                const Value& properties) const {
  if (!question_.nested || declaration.type != "AWS::CloudFormation::Stack") return NestedChange{};
  return question_.nested(declaration.logical_id, record, properties);
}

ApiResult<void> Calculation::add_new(const formation::ResourceDeclaration& declaration) {
  const Value properties = resolved(declaration);
  const NestedChange nested = PAWL_TRY(ask_nested(declaration, nullptr, properties));
  const auto import = std::find_if(
      question_.imports.begin(), question_.imports.end(),
      [&](const ImportRecord& each) { return each.logical_id == declaration.logical_id; });
  ObjectBuilder change;
  const bool is_import = import != question_.imports.end();
  change.set("Action", Value(is_import ? "Import" : "Add"))
      .set("LogicalResourceId", Value(declaration.logical_id));
  if (is_import && !import->identifier.empty()) {
    change.set("PhysicalResourceId", Value(import->identifier.front().second));
  }
  change.set("ResourceType", Value(declaration.type))
      .set("Scope", Value::array())
      .set("Details", Value::array())
      .set("AfterContext", context(shown(declaration), Value()));
  if (!nested.change_set_id.empty()) change.set("ChangeSetId", Value(nested.change_set_id));
  references_.changed.replaced.insert(declaration.logical_id);
  references_.changed.certain.insert(declaration.logical_id);
  add(std::move(change), declaration.logical_id);
  return {};
}

void Calculation::add_removed(const ResourceRecord& record) {
  const std::string policy =
      record.now.deletion_policy.empty() ? "Delete" : record.now.deletion_policy;
  ObjectBuilder change;
  change.set("PolicyAction", Value(policy == "RetainExceptOnCreate" ? "Retain" : policy))
      .set("Action", Value("Remove"))
      .set("LogicalResourceId", Value(record.logical_id))
      .set("PhysicalResourceId", Value(record.now.id))
      .set("ResourceType", Value(record.type))
      .set("Scope", Value::array())
      .set("Details", Value::array())
      .set("BeforeContext", context(parsed(record.now.shown), Value()));
  add(std::move(change), record.logical_id);
}

const Value* Calculation::declared_before(const std::string& logical_id,
                                          std::string_view property) const {
  const Value* const resource = previous_resources_.find(logical_id);
  const Value* const properties = resource != nullptr ? resource->find("Properties") : nullptr;
  return properties != nullptr ? properties->find(property) : nullptr;
}

/// What the schema does not describe changes member by member.
std::vector<PropertyChange> changes_of(const std::string& type, const Value& before,
                                       const Value& after) {
  if (const ResourceSchema* const schema = find_schema(type)) {
    return changed_properties(*schema, before, after);
  }
  std::vector<PropertyChange> changes;
  const auto add = [&](std::string_view name) {
    const Value* const old_value = before.find(name);
    const Value* const new_value = after.find(name);
    if (old_value != nullptr && new_value != nullptr && *old_value == *new_value) return;
    PropertyChange change{.name = std::string(name), .path = "/Properties/" + std::string(name)};
    if (old_value != nullptr) change.before = *old_value;
    if (new_value != nullptr) change.after = *new_value;
    changes.push_back(std::move(change));
  };
  for (const auto& member : after.members()) add(member.name());
  for (const auto& member : before.members()) {
    if (after.find(member.name()) == nullptr) add(member.name());
  }
  return changes;
}

/// The value at "/Properties/A/0/B" of properties; nullptr if there is none.
const Value* value_at(const Value& properties, const std::string& path) {
  const Value* value = &properties;
  for (const std::string& token :
       json::pointer_tokens(path.substr(std::string("/Properties").size()))) {
    if (value->is_object()) {
      value = value->find(token);
    } else if (value->is_array()) {
      const size_t index = std::strtoul(token.c_str(), nullptr, 10);
      value = index < value->size() ? &value->items()[index] : nullptr;
    } else {
      value = nullptr;
    }
    if (value == nullptr) return nullptr;
  }
  return value;
}

const char* recreation_name(Replacement replacement) {
  static constexpr const char* kNames[] = {"Never", "Conditionally", "Always"};
  return kNames[static_cast<int>(replacement)];
}

/// The API's Replacement.
const char* replacement_name(Replacement replacement) {
  static constexpr const char* kNames[] = {"False", "Conditional", "True"};
  return kNames[static_cast<int>(replacement)];
}

Value detail_value(const Value& target, const ChangeCause& cause) {
  ObjectBuilder detail;
  detail.set("Target", target)
      .set("Evaluation", Value(cause.is_static ? "Static" : "Dynamic"))
      .set("ChangeSource", Value(cause.source));
  if (!cause.entity.empty()) detail.set("CausingEntity", Value(cause.entity));
  return std::move(detail).build();
}

Value attribute_target(std::string_view attribute) {
  ObjectBuilder target;
  target.set("Attribute", Value(attribute));
  return std::move(target).build();
}

void Calculation::Details::add(Value value, const ChangeCause& cause, Replacement recreation) {
  all.push_back({std::move(value), cause.view});
  // What may turn out to be the same as before replaces nothing for certain.
  if (recreation == Replacement::Always && !cause.is_static) {
    recreation = Replacement::Conditionally;
  }
  if (cause.view != ChangeView::WithoutValues) with_values = std::max(with_values, recreation);
  if (cause.view != ChangeView::WithValues) without_values = std::max(without_values, recreation);
}

Value Calculation::Details::shown(ChangeView view) const {
  std::vector<Value> out;
  for (const Detail& each : all) {
    if (each.view == ChangeView::Both || each.view == view) out.push_back(each.value);
  }
  return Value::array(std::move(out));
}

Calculation::Details Calculation::details(const formation::ResourceDeclaration& declaration,
                                          const std::vector<PropertyChange>& changes,
                                          const Value& before, const Value& after) const {
  Details details;
  for (const PropertyChange& change : changes) {
    const Value* const old_expression = declared_before(declaration.logical_id, change.name);
    const Value* const new_expression = declaration.properties.find(change.name);
    ObjectBuilder target;
    target.set("Attribute", Value("Properties"))
        .set("Name", Value(change.name))
        .set("RequiresRecreation", Value(recreation_name(change.replacement)))
        .set("Path", Value(change.path));
    const Value* const old_value = value_at(before, change.path);
    const Value* const new_value = value_at(after, change.path);
    if (old_value != nullptr) target.set("BeforeValue", Value(value_text(*old_value)));
    if (new_value != nullptr) target.set("AfterValue", Value(value_text(*new_value)));
    target.set("AttributeChangeType", Value(old_value == nullptr   ? "Add"
                                            : new_value == nullptr ? "Remove"
                                                                   : "Modify"));
    const Value shared = std::move(target).build();
    for (const ChangeCause& cause : change_causes(
             old_expression != nullptr ? *old_expression : Value(),
             new_expression != nullptr ? *new_expression : Value(), references_.changed)) {
      details.add(detail_value(shared, cause), cause, change.replacement);
    }
  }
  return details;
}

void Calculation::add_possible(const formation::ResourceDeclaration& declaration,
                               Details& details) const {
  const ResourceSchema* const schema = find_schema(declaration.type);
  if (!declaration.properties.is_object()) return;
  for (const auto& member : declaration.properties.members()) {
    const auto* const property = schema != nullptr ? schema->object.find(member.name()) : nullptr;
    const Replacement recreation = property != nullptr ? property->replacement : Replacement::Never;
    ObjectBuilder target;
    target.set("Attribute", Value("Properties"))
        .set("Name", Value(member.name()))
        .set("RequiresRecreation", Value(recreation_name(recreation)));
    const Value shared = std::move(target).build();
    for (const ChangeCause& cause : possible_causes(member.value, references_.changed)) {
      details.add(detail_value(shared, cause), cause, recreation);
    }
  }
}

void Calculation::note_replacement(const std::string& logical_id, const Details& details) {
  ChangedEntities& changed = references_.changed;
  changed.modified.insert(logical_id);
  if (details.with_values != Replacement::Never) changed.replaced.insert(logical_id);
  if (details.with_values == Replacement::Always) changed.certain.insert(logical_id);
  const bool is_unsure =
      details.with_values == Replacement::Never && details.without_values != Replacement::Never;
  if (is_unsure) changed.unsure.insert(logical_id);
}

ApiResult<void> Calculation::add_modified(const formation::ResourceDeclaration& declaration,
                                          const ResourceRecord& record) {
  const auto handler = question_.handlers.find(declaration.type);
  const Value before = parsed(record.now.properties);
  const Value after = resolved(declaration);
  std::vector<PropertyChange> changes = changes_of(declaration.type, before, after);
  const ResourceSchema* const schema = find_schema(declaration.type);
  const bool is_tagged_anew =
      schema != nullptr && !schema->tag_property.empty() && record.now.tags != question_.asked.tags;
  const bool is_automatic = changes.empty() && handler != nullptr && handler->always_updates();
  const NestedChange nested = PAWL_TRY(ask_nested(declaration, &record, after));
  if (!nested.has_changes) {
    has_unchanged_nested_ = true;
    return {};
  }
  if (handler != nullptr && !changes.empty() && handler->replaces(before, after) &&
      replacement_of(changes) != Replacement::Always) {
    for (PropertyChange& change : changes) change.replacement = Replacement::Always;
  }
  const Value shown_before = parsed(record.now.shown);
  const Value shown_after = shown(declaration);
  Details listed = details(declaration, changes, shown_before, shown_after);
  add_possible(declaration, listed);
  const bool is_possible = listed.all.size() != 0;
  const bool is_known = !changes.empty() || is_tagged_anew || is_automatic;
  if (!is_known && !is_possible) return {};
  std::vector<Value> scope;
  if (!changes.empty() || is_automatic || is_possible) scope.emplace_back("Properties");
  if (is_automatic) {
    const ChangeCause cause{"Automatic", "", false};
    listed.add(detail_value(attribute_target("Properties"), cause), cause, Replacement::Never);
  }
  if (is_tagged_anew) {
    scope.emplace_back("Tags");
    const ChangeCause cause{"DirectModification", "", true};
    listed.add(detail_value(attribute_target("Tags"), cause), cause, Replacement::Never);
  }
  note_replacement(declaration.logical_id, listed);
  const auto change_in = [&](ChangeView view, Replacement replacement) {
    ObjectBuilder change;
    if (replacement != Replacement::Never) {
      const std::string& policy = declaration.update_replace_policy;
      change.set("PolicyAction", Value(policy == "Retain"     ? "ReplaceAndRetain"
                                       : policy == "Snapshot" ? "ReplaceAndSnapshot"
                                                              : "ReplaceAndDelete"));
    }
    change.set("Action", Value("Modify"))
        .set("LogicalResourceId", Value(declaration.logical_id))
        .set("PhysicalResourceId", Value(record.now.id))
        .set("ResourceType", Value(declaration.type))
        .set("Replacement", Value(replacement_name(replacement)))
        .set("Scope", Value::array(scope))
        .set("Details", listed.shown(view))
        .set("BeforeContext", context(shown_before, Value()))
        .set("AfterContext", context(shown_after, Value()));
    if (!nested.change_set_id.empty()) change.set("ChangeSetId", Value(nested.change_set_id));
    return std::move(change).build();
  };
  ObjectBuilder out;
  out.set("Type", Value("Resource"));
  if (is_known) {
    out.set("ResourceChange", change_in(ChangeView::WithValues, listed.with_values));
  }
  out.set("WithoutValues", change_in(ChangeView::WithoutValues, listed.without_values));
  changes_.push_back({declaration.logical_id, std::move(out).build()});
  return {};
}

Value detail_without_values(const Value& detail) {
  Value target = json::object_member(detail, "Target");
  for (const char* name : {"Path", "BeforeValue", "AfterValue", "AttributeChangeType"}) {
    if (target.find(name) != nullptr) target = target.without_member(name);
  }
  return detail.with_member("Target", std::move(target));
}

Value plain_change(Value resource) {
  for (const char* name : {"BeforeContext", "AfterContext"}) {
    if (resource.find(name) != nullptr) resource = resource.without_member(name);
  }
  std::vector<Value> details;
  for (const Value& detail : json::items_member(resource, "Details")) {
    Value plain = detail_without_values(detail);
    // Several places in one property are one change of it.
    if (std::find(details.begin(), details.end(), plain) == details.end()) {
      details.push_back(std::move(plain));
    }
  }
  return resource.with_member("Details", Value::array(std::move(details)));
}

}  // namespace

ApiResult<CalculatedChanges> calculate_changes(const ChangeQuestion& question) {
  return Calculation(question).run();
}

Value shown_changes(const Value& changes, bool with_values) {
  std::vector<Value> out;
  for (const Value& change : changes.items()) {
    const Value* const plain = change.find("WithoutValues");
    const Value* const known = change.find("ResourceChange");
    const Value* const resource = with_values || plain == nullptr ? known : plain;
    if (resource == nullptr) continue;
    ObjectBuilder shown;
    shown.set("Type", Value(json::text_member(change, "Type")))
        .set("ResourceChange", with_values ? *resource : plain_change(*resource));
    out.push_back(std::move(shown).build());
  }
  return Value::array(std::move(out));
}

}  // namespace pawl::cloudformation
