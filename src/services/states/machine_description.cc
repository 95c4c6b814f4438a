// SPDX-License-Identifier: Apache-2.0
#include "services/states/machine_description.h"

#include "asl/variable_references.h"
#include "base/assert.h"
#include "json/parse.h"

namespace pawl::states {

namespace {

using json::Value;

Value stored_json(const std::string& text) {
  base::Result<Value> parsed = json::parse(text);
  PAWL_ASSERT(parsed);  // written by json::write
  return std::move(*parsed);
}

Value variable_references(const std::string& definition) {
  json::ObjectBuilder out;
  const base::Result<Value> parsed = json::parse(definition);
  if (!parsed) return std::move(out).build();
  for (const auto& [state, names] : asl::variable_references(*parsed)) {
    std::vector<Value> list;
    for (const std::string& name : names) list.emplace_back(name);
    out.set(state, Value::array(std::move(list)));
  }
  return std::move(out).build();
}

}  // namespace

void set_revision_members(const Revision& revision, bool metadata_only,
                          json::ObjectBuilder& output) {
  output.set("name", Value(revision.name));
  output.set("definition", Value(metadata_only ? "{}" : revision.definition));
  output.set("roleArn", Value(revision.role_arn));
  output.set("loggingConfiguration", stored_json(revision.logging_configuration));
  output.set("tracingConfiguration", stored_json(revision.tracing_configuration));
  output.set("encryptionConfiguration", stored_json(revision.encryption_configuration));
  if (!revision.revision_id.empty()) output.set("revisionId", Value(revision.revision_id));
  if (metadata_only) return;
  Value references = variable_references(revision.definition);
  if (references.size() > 0) output.set("variableReferences", std::move(references));
}

}  // namespace pawl::states
