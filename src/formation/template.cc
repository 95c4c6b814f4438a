// SPDX-License-Identifier: Apache-2.0
// The sections of a template and their form; names are checked in template_names.cc.
#include "formation/template.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "formation/dynamic_references.h"
#include "formation/function_check.h"
#include "formation/template_names.h"
#include "formation/words.h"

namespace pawl::formation {
namespace {

using json::Value;

constexpr std::string_view kSections[] = {"AWSTemplateFormatVersion",
                                          "Description",
                                          "Metadata",
                                          "Parameters",
                                          "Rules",
                                          "Mappings",
                                          "Conditions",
                                          "Transform",
                                          "Resources",
                                          "Outputs",
                                          "Hooks"};
constexpr std::string_view kResourceMembers[] = {
    "Type",         "Properties",     "DependsOn",           "Condition", "DeletionPolicy",
    "UpdatePolicy", "CreationPolicy", "UpdateReplacePolicy", "Metadata",  "Version"};
constexpr std::string_view kOutputMembers[] = {"Value", "Description", "Condition", "Export"};

/// "Snapshot": of others AWS refuses it.
constexpr std::string_view kTypesWithSnapshots[] = {
    "AWS::DocDB::DBCluster",          "AWS::EC2::Volume",
    "AWS::ElastiCache::CacheCluster", "AWS::ElastiCache::ReplicationGroup",
    "AWS::Neptune::DBCluster",        "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",           "AWS::Redshift::Cluster"};

constexpr size_t kDepthMax = 300;  // what transforms make may be deeper than what is read

template <size_t N>
bool is_one_of(std::string_view name, const std::string_view (&names)[N]) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

base::Error format_error(const std::string& what) {
  return template_error("Template format error: " + what);
}

base::Result<void> check_count(std::string_view what, size_t count, size_t maximum) {
  if (count <= maximum) return {};
  return format_error("Number of " + std::string(what) + ", " + std::to_string(count) +
                      ", is greater than maximum allowed, " + std::to_string(maximum));
}

base::Result<void> check_no_nulls(const Value& value, const std::string& path, size_t depth) {
  if (value.is_null()) {
    return template_error("[" + path + "] 'null' values are not allowed in templates");
  }
  for (const json::Member& member : members_of(value)) {
    // NOTE below a resource AWS says Type where the template says Properties (cfn-lint issue 38).
    const bool is_properties = depth == 2 && member.name() == "Properties" &&
                               path.starts_with("/Resources/") && !member.value.is_null();
    const std::string_view name = is_properties ? std::string_view("Type") : member.name();
    PAWL_TRY_VOID(check_no_nulls(member.value, path + "/" + std::string(name), depth + 1));
  }
  size_t index = 0;
  for (const Value& item : items_of(value)) {
    PAWL_TRY_VOID(check_no_nulls(item, path + "/" + std::to_string(index++), depth + 1));
  }
  return {};
}

bool is_export_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return c == ':' || c == '-' || is_alphanumeric({&c, 1});
  });
}

}  // namespace

/// Fills a Template section by section.
class TemplateCompiler {
 public:
  TemplateCompiler(Value document, const CompileOptions& options) : options_(options) {
    result_.document_ = std::move(document);
  }

  base::Result<Template> run() {
    PAWL_TRY_VOID(check_head());
    PAWL_TRY_VOID(read_sections());
    PAWL_TRY_VOID(read_resources());
    PAWL_TRY_VOID(read_outputs());
    PAWL_TRY_VOID(check_expressions());
    PAWL_TRY_VOID(check_names(result_));
    return std::move(result_);
  }

 private:
  const Value& document() const { return result_.document_; }

  base::Result<void> check_head() {
    if (!document().is_object()) return format_error("unsupported structure.");
    if (document().depth() > kDepthMax) return format_error("the template is nested too deeply.");
    std::vector<std::string> unknown;
    for (const json::Member& member : document().members()) {
      if (!is_one_of(member.name(), kSections)) unknown.emplace_back(member.name());
    }
    if (!unknown.empty()) {
      return template_error("Invalid template property or properties " + bracketed(unknown));
    }
    const Value* version = document().find("AWSTemplateFormatVersion");
    if (version != nullptr && scalar_text(*version) != "2010-09-09") {
      return format_error("unsupported value for AWSTemplateFormatVersion.");
    }
    if (const Value* description = document().find("Description")) {
      if (!description->is_string())
        return format_error("Every Description member must be a string.");
      if (description->as_string().size() > kDescriptionBytesMax) {
        return format_error("'Description' length is greater than 1024");
      }
    }
    const Value* resources = document().find("Resources");
    if (resources == nullptr || !resources->is_object() || resources->size() == 0) {
      return format_error("At least one Resources member must be defined.");
    }
    result_.parameters_ = PAWL_TRY(read_parameter_declarations(document()));
    for (size_t i = 0; i < result_.parameters_.size(); ++i) {
      result_.parameter_index_.emplace(result_.parameters_[i].name, i);
    }
    return check_no_nulls(document(), "", 0);
  }

  base::Result<Value> object_section(std::string_view name) const {
    const Value* section = document().find(name);
    if (section == nullptr) return Value::object();
    if (section->is_object()) return *section;
    return template_error("Template " + std::string(name) + " must be a map");
  }

  base::Result<void> read_sections() {
    result_.mappings_ = PAWL_TRY(object_section("Mappings"));
    PAWL_TRY_VOID(check_count("mappings", result_.mappings_.size(), kMappingsMax));
    PAWL_TRY_VOID(check_mappings());
    result_.conditions_ = PAWL_TRY(object_section("Conditions"));
    for (const json::Member& member : result_.conditions_.members()) {
      if (!is_boolean_function(member.value)) {
        return format_error(
            "Conditions can only be boolean operations on parameters and other conditions");
      }
    }
    result_.rules_ = PAWL_TRY(object_section("Rules"));
    for (const json::Member& member : result_.rules_.members()) {
      const Value* assertions = member.value.find("Assertions");
      if (assertions == nullptr || !assertions->is_array()) {
        return format_error("Every Rules member must contain an Assertions list.");
      }
      for (const Value& assertion : assertions->items()) {
        if (assertion.find("Assert") == nullptr) {
          return format_error("Every Assertions member must contain an Assert object.");
        }
      }
    }
    return {};
  }

  base::Result<void> check_mappings() const {
    for (const json::Member& map : result_.mappings_.members()) {
      const std::string name(map.name());
      if (!is_alphanumeric(name))
        return format_error("Mapping name " + name + " is non alphanumeric.");
      if (!map.value.is_object())
        return format_error("Every Mappings member " + name + " must be a map");
      PAWL_TRY_VOID(check_count("mapping attributes", map.value.size(), kMappingAttributesMax));
      for (const json::Member& key : map.value.members()) {
        if (!key.value.is_object()) {
          return format_error("Every Mappings member " + std::string(key.name()) +
                              " must be a map");
        }
        for (const json::Member& attribute : key.value.members()) {
          if (!attribute.value.is_array() && !scalar_text(attribute.value)) {
            return format_error("Every Mappings attribute must be a String or a List.");
          }
        }
      }
    }
    return {};
  }

  base::Result<void> read_resources() {
    const Value& section = *document().find("Resources");
    PAWL_TRY_VOID(check_count("resources", section.size(), kResourcesMax));
    std::vector<std::string> common;
    for (const json::Member& member : section.members()) {
      const std::string name(member.name());
      if (!is_alphanumeric(name))
        return format_error("Resource name " + name + " is non alphanumeric.");
      if (name.size() > kLogicalIdBytesMax) {
        return format_error("Resource name '" + name + "' length is greater than 255.");
      }
      if (result_.find_parameter(name) != nullptr) common.push_back(name);
      result_.resource_index_.emplace(name, result_.resources_.size());
      result_.resources_.push_back(PAWL_TRY(read_resource(name, member.value)));
    }
    if (common.empty()) return {};
    return template_error(
        "Template error: all resources and parameters must have unique names. Common name(s):" +
        bracketed(common));
  }

  static base::Result<ResourceDeclaration> read_resource(const std::string& name,
                                                         const Value& source) {
    const std::string place = "[/Resources/" + name + "] ";
    if (!source.is_object()) return format_error(place + "resource definition is malformed");
    for (const json::Member& member : source.members()) {
      if (!is_one_of(member.name(), kResourceMembers)) {
        return template_error("Invalid template resource property '" + std::string(member.name()) +
                              "'");
      }
    }
    const Value* type = source.find("Type");
    if (type == nullptr) {
      return format_error(place + "Every Resources object must contain a Type member.");
    }
    if (!type->is_string()) return format_error(place + "Every Type member must be a string.");
    ResourceDeclaration resource{.logical_id = name, .type = std::string(type->as_string())};
    if (const Value* properties = source.find("Properties")) {
      if (!properties->is_object()) {
        return format_error(place + "Every Properties member must be an object.");
      }
      resource.properties = *properties;
    }
    resource.depends_on = PAWL_TRY(read_depends_on(source));
    resource.condition = PAWL_TRY(text_member(source, "Condition"));
    resource.deletion_policy = PAWL_TRY(policy(source, "DeletionPolicy", name));
    resource.update_replace_policy = PAWL_TRY(policy(source, "UpdateReplacePolicy", name));
    for (const auto& [member, out] : {std::pair("CreationPolicy", &resource.creation_policy),
                                      std::pair("UpdatePolicy", &resource.update_policy),
                                      std::pair("Metadata", &resource.metadata)}) {
      if (const Value* value = source.find(member)) *out = *value;
    }
    return resource;
  }

  static base::Result<std::string> text_member(const Value& source, std::string_view name) {
    const Value* value = source.find(name);
    if (value == nullptr) return std::string();
    if (!value->is_string())
      return format_error("Every " + std::string(name) + " member must be a string.");
    return std::string(value->as_string());
  }

  static base::Result<std::vector<std::string>> read_depends_on(const Value& source) {
    std::vector<std::string> names;
    const Value* value = source.find("DependsOn");
    if (value == nullptr) return names;
    if (value->is_string()) {
      names.emplace_back(value->as_string());
      return names;
    }
    if (!value->is_array()) return format_error("DependsOn must be a string or list of strings.");
    for (const Value& item : value->items()) {
      if (!item.is_string()) return format_error("Every DependsOn value must be a string.");
      names.emplace_back(item.as_string());
    }
    return names;
  }

  static base::Result<std::string> policy(const Value& source, std::string_view member,
                                          const std::string& resource) {
    const std::string text = PAWL_TRY(text_member(source, member));
    const bool is_deletion = member == "DeletionPolicy";
    const std::string type = PAWL_TRY(text_member(source, "Type"));
    if (text == "Snapshot" && !is_one_of(type, kTypesWithSnapshots)) {
      return template_error("Template error: resource type " + type + " does not support " +
                            (is_deletion ? "deletion policy" : "update replace policy") +
                            " Snapshot");
    }
    if (text.empty() || text == "Delete" || text == "Retain" || text == "Snapshot" ||
        (is_deletion && text == "RetainExceptOnCreate")) {
      return text;
    }
    return format_error("Unrecognized " + std::string(member) + " " + text + " for resource " +
                        resource);
  }

  base::Result<void> read_outputs() {
    const Value section = PAWL_TRY(object_section("Outputs"));
    PAWL_TRY_VOID(check_count("outputs", section.size(), kOutputsMax));
    for (const json::Member& member : section.members()) {
      const std::string name(member.name());
      if (!is_alphanumeric(name)) {
        return format_error("Outputs name '" + name + "' is non alphanumeric.");
      }
      result_.outputs_.push_back(PAWL_TRY(read_output(name, member.value)));
    }
    return {};
  }

  static base::Result<OutputDeclaration> read_output(const std::string& name, const Value& source) {
    const Value* value = source.find("Value");
    if (value == nullptr) return format_error("Every Outputs member must contain a Value object");
    for (const json::Member& member : source.members()) {
      if (!is_one_of(member.name(), kOutputMembers)) {
        return template_error("Invalid template output property '" + std::string(member.name()) +
                              "'");
      }
    }
    OutputDeclaration output{.name = name, .value = *value};
    if (value->is_array()) return format_error("Every Value member must be a string.");
    output.description = PAWL_TRY(text_member(source, "Description"));
    output.condition = PAWL_TRY(text_member(source, "Condition"));
    const Value* exported = source.find("Export");
    if (exported == nullptr) return output;
    const Value* export_name = exported->find("Name");
    if (export_name == nullptr || export_name->is_array() ||
        (export_name->is_string() && !is_export_name(export_name->as_string()))) {
      return format_error("Output " + name +
                          " is malformed. The Name field of every Export member must be specified "
                          "and consist only of alphanumeric characters, colons, or hyphens.");
    }
    output.export_name = *export_name;
    return output;
  }

  base::Result<void> check_expressions() const {
    const CheckContext context{
        .mappings = result_.mappings_,
        .conditions = result_.conditions_,
        .is_list_parameter =
            [this](std::string_view name) {
              const ParameterDeclaration* declaration = result_.find_parameter(name);
              return declaration != nullptr && declaration->is_list();
            },
        .has_language_extensions = options_.language_extensions,
    };
    PAWL_TRY_VOID(check_functions(result_.conditions_, Section::Conditions, context));
    PAWL_TRY_VOID(check_functions(result_.rules_, Section::Rules, context));
    size_t references = 0;
    for (const ResourceDeclaration& resource : result_.resources_) {
      references += count_dynamic_references(resource.properties);
      for (const Value* part : {&resource.properties, &resource.metadata, &resource.creation_policy,
                                &resource.update_policy}) {
        PAWL_TRY_VOID(check_functions(*part, Section::Resources, context));
      }
    }
    PAWL_TRY_VOID(check_count("dynamic references", references, kDynamicReferencesMax));
    for (const OutputDeclaration& output : result_.outputs_) {
      PAWL_TRY_VOID(check_functions(output.value, Section::Outputs, context));
      PAWL_TRY_VOID(check_functions(output.export_name, Section::Outputs, context));
    }
    return {};
  }

  CompileOptions options_;
  Template result_;
};

base::Result<Template> Template::compile(json::Value processed_template,
                                         const CompileOptions& options) {
  return TemplateCompiler(std::move(processed_template), options).run();
}

std::string Template::description() const {
  const json::Value* text = document_.find("Description");
  return text == nullptr ? std::string() : std::string(text->as_string());
}

json::Value Template::metadata() const {
  const json::Value* metadata = document_.find("Metadata");
  return metadata == nullptr ? json::Value() : *metadata;
}

const ParameterDeclaration* Template::find_parameter(std::string_view name) const {
  const auto found = parameter_index_.find(std::string(name));
  return found == parameter_index_.end() ? nullptr : &parameters_[found->second];
}

const ResourceDeclaration* Template::find_resource(std::string_view logical_id) const {
  const auto found = resource_index_.find(std::string(logical_id));
  return found == resource_index_.end() ? nullptr : &resources_[found->second];
}

std::vector<std::string> Template::resource_types() const {
  std::vector<std::string> types;
  std::unordered_set<std::string> seen;
  for (const ResourceDeclaration& resource : resources_) {
    if (seen.insert(resource.type).second) types.push_back(resource.type);
  }
  return types;
}

}  // namespace pawl::formation
