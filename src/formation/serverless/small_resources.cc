// SPDX-License-Identifier: Apache-2.0
#include "formation/serverless/small_resources.h"

#include "base/error.h"
#include "text/unicode.h"

namespace pawl::formation::serverless {
namespace {

/// A text property whose function stands for a parameter.
Outcome<Node> resolved_text(const Work& work, const SamResource& layer, const char* name) {
  const Node value = layer.get(name);
  if (!value.truthy()) return value;
  const Node resolved = PAWL_TRY(work.resolve(value));
  if (!resolved.is_text() && !resolved.is_map())
    return bad_resource(layer.id, std::string("Could not resolve parameter for '") + name +
                                      "' or parameter is not a String.");
  layer.properties.set(name, resolved);
  return resolved;
}

Outcome<Node> retention_of(const SamResource& layer, const Node& policy) {
  constexpr const char* kOptions = "['Retain', 'Delete']";
  if (is_intrinsic(policy))
    return bad_resource(layer.id,
                        std::string("'RetentionPolicy' does not accept intrinsic functions, "
                                    "please use one of the following options: ") +
                            kOptions);
  if (policy.is_null()) return Node();
  const std::string lower = text::to_lower(policy.text());
  if (lower == "retain") return Node("Retain");
  if (lower == "delete") return Node("Delete");
  return bad_resource(
      layer.id,
      std::string("'RetentionPolicy' must be one of the following options: ") + kOptions + ".");
}

/// What the id of a layer is a hash of: itself, without what does not make a new version.
Node hashed_layer(const SamResource& layer) {
  Node hashed = Node::map({{"Type", layer.type}});
  if (layer.depends_on.truthy()) hashed.set("DependsOn", layer.depends_on);
  for (const auto& [name, value] : layer.attributes.members())
    if (!name.is("DeletionPolicy") && !name.is("UpdateReplacePolicy") && !name.is("Metadata"))
      hashed.set(name, value);
  Node properties = Node::map();
  for (const auto& [name, value] : layer.properties.members())
    if (!value.is_null()) properties.set(name, value);
  hashed.set("Properties", properties);
  return Node::map({{layer.id, hashed}});
}

}  // namespace

Outcome<Resources> make_simple_table(Work& work, const SamResource& table) {
  Made made = make(table.id, "AWS::DynamoDB::Table", table.attributes, table.depends_on);
  Node name = "id";
  std::string type = "S";
  if (const Node key = table.get("PrimaryKey"); key.truthy()) {
    for (const char* member : {"Name", "Type"})
      PAWL_TRY_VOID(
          expect_present(key.get(member), {table.id, std::string("PrimaryKey.") + member}));
    name = key.get("Name");
    const Node given = key.get("Type");
    if (!given.is("String") && !given.is("Number") && !given.is("Binary"))
      return bad_resource(table.id, "Invalid 'Type' \"" + given.python_text() + "\".");
    type = given.text().substr(0, 1);
  }
  made->set("AttributeDefinitions",
            Node::list({Node::map({{"AttributeName", name}, {"AttributeType", type}})}));
  made->set("KeySchema", Node::list({Node::map({{"AttributeName", name}, {"KeyType", "HASH"}})}));
  if (!table.truthy("ProvisionedThroughput")) made->set("BillingMode", "PAY_PER_REQUEST");
  for (const char* property : {"PointInTimeRecoverySpecification", "ProvisionedThroughput",
                               "SSESpecification", "TableName"})
    if (table.truthy(property)) made->set(property, table.get(property));
  if (table.truthy("Tags")) made->set("Tags", tag_list(table.get("Tags")));
  (void)work;
  return Resources{made};
}

Outcome<Resources> make_layer_version(Work& work, const SamResource& layer) {
  Node name = PAWL_TRY(resolved_text(work, layer, "LayerName"));
  const Node license = PAWL_TRY(resolved_text(work, layer, "LicenseInfo"));
  const Node description = PAWL_TRY(resolved_text(work, layer, "Description"));
  const Node policy = PAWL_TRY(resolved_text(work, layer, "RetentionPolicy"));
  const Node retention = PAWL_TRY(retention_of(layer, policy));
  Node attributes = passed_attributes(layer.attributes);
  attributes.set_default("DeletionPolicy", "Retain");
  if (!retention.is_null()) attributes.set("DeletionPolicy", retention);
  Made made = make(layer.id + id_hash(hashed_layer(layer)), "AWS::Lambda::LayerVersion", attributes,
                   layer.depends_on);
  made->set("LayerName", name.truthy() ? name : Node(layer.id));
  made->set("Description", description);
  made->set("Content", PAWL_TRY(code_location(layer.get("ContentUri"), made->id, "ContentUri")));
  made->set("CompatibleRuntimes", layer.get("CompatibleRuntimes"));
  made->set("LicenseInfo", license);
  const Node architectures = layer.get("CompatibleArchitectures");
  made->set("CompatibleArchitectures", architectures);
  for (const Node& architecture : architectures.items())
    if (!is_intrinsic(architecture) && !architecture.is("arm64") && !architecture.is("x86_64"))
      return bad_resource(made->id,
                          "CompatibleArchitectures needs to be a list of 'x86_64' or 'arm64'");
  return Resources{made};
}

Outcome<Resources> make_application(Work& work, const SamResource& application) {
  (void)work;
  const Node location = application.get("Location");
  if (location.is_map())
    return bad_resource(application.id,
                        "Pawl has no Serverless Application Repository: 'Location' must be the "
                        "template's URL.");
  Made made = make(application.id, "AWS::CloudFormation::Stack",
                   passed_attributes(application.attributes), application.depends_on);
  for (const char* property : {"Parameters", "NotificationARNs", "TimeoutInMinutes"})
    made->set(property, application.get(property));
  const Node tags = application.get("Tags");
  Node all = tag_list(Node::map({{"lambda:createdBy", "SAM"}}));
  for (const Node& tag : tag_list(tags).items()) all.push(tag);
  made->set("Tags", all);
  made->set("TemplateURL", location);
  return Resources{made};
}

}  // namespace pawl::formation::serverless
