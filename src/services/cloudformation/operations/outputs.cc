// SPDX-License-Identifier: Apache-2.0
// Outputs of a stack and what it exports to others.
#include <algorithm>
#include <set>
#include <utility>

#include "services/cloudformation/operations/name_list.h"
#include "services/cloudformation/operations/stack_references.h"
#include "services/cloudformation/operations/stack_run.h"

namespace pawl::cloudformation {
namespace {

aws::ApiError failure(std::string message) { return {"StackFailure", std::move(message)}; }

std::string exported_text(const std::string& name, const std::string& stack) {
  return "Export with name " + name + " is already exported by stack " + stack;
}

/// The same of a stack that is deleted and of an update that leaves the export out.
std::string used_export_text(const std::string& name, const std::vector<std::string>& users) {
  return "Delete canceled. Cannot delete export " + name + " as it is in use by " + joined(users);
}

}  // namespace

StackRun::Result<void> StackRun::evaluate_outputs(Outputs& outputs) {
  BlockingCalls services = calls();
  StackReferences references(ports_.store, key_, services);
  for (const formation::OutputDeclaration& declaration : template_->outputs()) {
    const auto value = evaluator_->output(declaration, references);
    if (!value) return failure(value.error().message);
    if (!*value) continue;
    // NOTE What outputs tell of hidden parameters is shown, as the User Guide warns.
    outputs.outputs.push_back({.key = (*value)->name,
                               .value = (*value)->value,
                               .description = (*value)->description,
                               .export_name = (*value)->export_name});
  }
  outputs.imports = evaluator_->imports();
  const std::vector<OutputRecord>& published = stack_.outputs;
  std::set<std::string, std::less<>> names;
  for (const OutputRecord& output : outputs.outputs) {
    if (output.export_name.empty()) continue;
    if (!names.insert(output.export_name).second) {
      return failure(exported_text(output.export_name, stack_.name));
    }
    const auto known = PAWL_TRY(ports_.store.find_export(key_.owner, output.export_name));
    if (!known) continue;
    if (known->stack_uuid != key_.uuid) {
      const auto exporter = PAWL_TRY(ports_.store.stack({key_.owner, known->stack_uuid}));
      return failure(
          exported_text(output.export_name, exporter ? exporter->name : known->stack_id));
    }
    if (known->value == output.value) continue;
    const auto users = PAWL_TRY(ports_.store.importers(key_.owner, output.export_name));
    if (!users.empty()) {
      return failure("Export " + output.export_name + " cannot be updated as it is in use by " +
                     joined(users));
    }
  }
  for (const OutputRecord& output : published) {
    const bool stays =
        output.export_name.empty() || std::any_of(outputs.outputs.begin(), outputs.outputs.end(),
                                                  [&output](const OutputRecord& each) {
                                                    return each.export_name == output.export_name;
                                                  });
    if (stays) continue;
    const auto users = PAWL_TRY(ports_.store.importers(key_.owner, output.export_name));
    if (!users.empty()) {
      return failure(used_export_text(output.export_name, users));
    }
  }
  return {};
}

StackRun::Result<void> StackRun::publish_outputs(Batch& batch, const Outputs& outputs) {
  for (const OutputRecord& output : stack_.outputs) {
    if (!output.export_name.empty()) {
      ports_.store.erase_export(batch, key_.owner, output.export_name);
    }
  }
  stack_.outputs = outputs.outputs;
  for (const OutputRecord& output : stack_.outputs) {
    if (output.export_name.empty()) continue;
    ports_.store.put_export(batch, key_.owner,
                            {.name = output.export_name,
                             .value = output.value,
                             .stack_uuid = key_.uuid,
                             .stack_id = stack_.id});
  }
  PAWL_TRY_VOID(ports_.store.drop_imports(batch, key_, stack_.name, outputs.imports));
  for (const std::string& name : outputs.imports) {
    ports_.store.add_import(batch, key_, stack_.name, name);
  }
  return {};
}

StackRun::Result<std::string> StackRun::used_export() {
  for (const OutputRecord& output : stack_.outputs) {
    if (output.export_name.empty()) continue;
    const auto users = PAWL_TRY(ports_.store.importers(key_.owner, output.export_name));
    if (!users.empty()) {
      return used_export_text(output.export_name, users);
    }
  }
  return std::string();
}

}  // namespace pawl::cloudformation
