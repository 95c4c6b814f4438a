// SPDX-License-Identifier: Apache-2.0
// API DescribeType, ListTypes: of the resource types that Pawl has. None can be registered.
#include <utility>

#include "json/members.h"
#include "json/write.h"
#include "services/cloudformation/actions/answers.h"
#include "services/cloudformation/service.h"
#include "services/cloudformation/types/resource_schema.h"

namespace pawl::cloudformation {
namespace {

using aws::ApiError;
using json::ObjectBuilder;
using json::Value;

std::string type_arn(const std::string& region, std::string name) {
  for (size_t place = name.find("::"); place != std::string::npos; place = name.find("::")) {
    name.replace(place, 2, "-");
  }
  return "arn:aws:cloudformation:" + region + "::type/resource/" + name;
}

/// What of the registry's schema is known: names, what replaces, what tells resources apart.
std::string schema_text(const ResourceSchema& schema, const std::string& name) {
  ObjectBuilder properties;
  std::vector<Value> required;
  std::vector<Value> create_only;
  for (const PropertySchema& property : schema.object.properties) {
    properties.set(property.name, Value::object());
    if (property.is_required) required.emplace_back(property.name);
    if (property.replacement == Replacement::Always) {
      create_only.emplace_back("/properties/" + property.name);
    }
  }
  std::vector<Value> read_only;
  for (const auto& attribute : schema.attributes) {
    properties.set(attribute.first, Value::object());
    read_only.emplace_back("/properties/" + attribute.first);
  }
  std::vector<Value> identifier;
  for (const std::string& each : schema.primary_identifier) {
    identifier.emplace_back("/properties/" + each);
  }
  return json::write(object_of({{"typeName", Value(name)},
                                {"properties", std::move(properties).build()},
                                {"required", Value::array(std::move(required))},
                                {"createOnlyProperties", Value::array(std::move(create_only))},
                                {"readOnlyProperties", Value::array(std::move(read_only))},
                                {"primaryIdentifier", Value::array(std::move(identifier))},
                                {"additionalProperties", Value(false)}}));
}

}  // namespace

aws::ActionResult CloudFormationService::describe_type(const Request& request) {
  const Value& input = request.input;
  std::string name = json::text_member(input, "TypeName");
  const std::string arn = json::text_member(input, "Arn");
  if (name.empty() && !arn.empty()) {
    name = arn.substr(arn.rfind('/') + 1);
    for (size_t place = name.find('-'); place != std::string::npos; place = name.find('-')) {
      name.replace(place, 1, "::");
    }
  }
  const ResourceSchema* const schema = find_schema(name);
  if (schema == nullptr || handlers_->find(name) == nullptr) {
    return ApiError("TypeNotFoundException", "The type '" + name + "' cannot be found.", 404);
  }
  return object_of({{"Arn", Value(type_arn(request.region, name))},
                    {"Type", Value("RESOURCE")},
                    {"TypeName", Value(name)},
                    {"Schema", Value(schema_text(*schema, name))},
                    {"ProvisioningType", Value("FULLY_MUTABLE")},
                    {"DeprecatedStatus", Value("LIVE")},
                    {"Visibility", Value("PUBLIC")}});
}

aws::ActionResult CloudFormationService::list_types(const Request& request) {
  constexpr size_t kTypesShown = 100;
  const Value& input = request.input;
  const Value filters = json::object_member(input, "Filters");
  const std::string prefix = json::text_member(filters, "TypeNamePrefix");
  const std::string kind = json::text_member(input, "Type");
  const std::string category = json::text_member(filters, "Category");
  const std::string deprecated = json::text_member(input, "DeprecatedStatus");
  // Without Visibility, those that somebody has registered: nobody can.
  const bool shows_public = json::text_member(input, "Visibility") == "PUBLIC" ||
                            category == "AWS_TYPES" || category == "ACTIVATED";
  std::vector<std::string> names;
  if (shows_public && (kind.empty() || kind == "RESOURCE") && deprecated != "DEPRECATED") {
    for (const std::string_view name : type_names()) {
      if (name.starts_with(prefix)) names.emplace_back(name);
    }
  }
  const Page page = PAWL_TRY(page_of(input, names.size(), kTypesShown));
  std::vector<Value> summaries;
  for (size_t i = page.begin; i < page.end; ++i) {
    summaries.push_back(object_of({{"Type", Value("RESOURCE")},
                                   {"TypeName", Value(names[i])},
                                   {"TypeArn", Value(type_arn(request.region, names[i]))}}));
  }
  ObjectBuilder out;
  out.set("TypeSummaries", Value::array(std::move(summaries)));
  set_text(out, "NextToken", page.next);
  return std::move(out).build();
}

}  // namespace pawl::cloudformation
