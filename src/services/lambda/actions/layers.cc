// SPDX-License-Identifier: Apache-2.0
// API PublishLayerVersion, ListLayers, ListLayerVersions, GetLayerVersion, GetLayerVersionByArn,
// DeleteLayerVersion.
#include <algorithm>

#include "base/bytes.h"
#include "json/members.h"
#include "services/lambda/deployment_package.h"
#include "services/lambda/function_configuration.h"
#include "services/lambda/identifiers.h"
#include "services/lambda/layer.h"
#include "services/lambda/paging.h"
#include "services/lambda/service.h"

namespace pawl::lambda {

using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr ResourceKind kVersion = ResourceKind::LayerVersion;

/// Also those that are too old for a new function.
bool is_known_runtime(std::string_view runtime) {
  constexpr std::string_view kFamilies[] = {"nodejs", "python", "java",    "dotnet",
                                            "ruby",   "go1.",   "provided"};
  return is_offered_runtime(runtime) ||
         (runtime.find_first_of("0123456789") != std::string_view::npos &&
          std::any_of(std::begin(kFamilies), std::end(kFamilies),
                      [&](std::string_view family) { return runtime.starts_with(family); }));
}

/// A member that was given is shown, also if it is an empty list.
constexpr const char* kShownAsGiven[] = {"CompatibleRuntimes", "CompatibleArchitectures",
                                         "LicenseInfo"};

Value list_item(const Value& record, const LayerReference& layer) {
  ObjectBuilder out;
  out.set("LayerVersionArn", Value(layer.arn()))
      .set("Version", Value(static_cast<int64_t>(layer.version)))
      .set("Description", Value(text_member(record, "Description")))
      .set("CreatedDate", Value(text_member(record, "CreatedDate")));
  for (const char* member : kShownAsGiven) {
    if (const Value* given = member_of(record, member)) out.set(member, *given);
  }
  return std::move(out).build();
}

bool has(const Value& record, std::string_view member, const std::string& wanted) {
  if (wanted.empty()) return true;
  const Value* list = member_of(record, member);
  return list != nullptr &&
         std::any_of(list->items().begin(), list->items().end(), [&](const Value& each) {
           return each.is_string() && each.as_string() == wanted;
         });
}

bool is_compatible(const Value& record, const Value& input) {
  return has(record, "CompatibleRuntimes", text_member(input, "CompatibleRuntime")) &&
         has(record, "CompatibleArchitectures", text_member(input, "CompatibleArchitecture"));
}

aws::ApiError no_such_layer() {
  return resource_not_found("The resource you requested does not exist.");
}

/// "[a, b]" of a list of strings.
std::string printed(const Value& list) {
  std::string text;
  for (const Value& each : list.items()) {
    text += (text.empty() ? "" : ", ") + std::string(each.as_string());
  }
  return "[" + text + "]";
}

/// NOTE: checked here and not by the model, because AWS prints the runtimes that can be chosen now
/// (recorded).
ApiResult<void> check_compatibility(const Value& input) {
  std::vector<std::string> mistakes;
  const Value* runtimes = member_of(input, "CompatibleRuntimes");
  if (runtimes != nullptr &&
      !std::all_of(runtimes->items().begin(), runtimes->items().end(),
                   [](const Value& each) { return is_known_runtime(each.as_string()); })) {
    mistakes.push_back("Value '" + printed(*runtimes) +
                       "' at 'compatibleRuntimes' failed to satisfy constraint: Member must "
                       "satisfy enum value set: " +
                       printed_runtimes());
  }
  const Value* architectures = member_of(input, "CompatibleArchitectures");
  if (architectures != nullptr && !std::all_of(architectures->items().begin(),
                                               architectures->items().end(), [](const Value& each) {
                                                 return each.as_string() == "x86_64" ||
                                                        each.as_string() == "arm64";
                                               })) {
    mistakes.push_back("Value '" + printed(*architectures) +
                       "' at 'compatibleArchitectures' failed to satisfy constraint: Member must "
                       "satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], "
                       "Member must not be null]");
  }
  if (mistakes.empty()) return {};
  std::string message = std::to_string(mistakes.size()) + " validation error" +
                        (mistakes.size() == 1 ? "" : "s") + " detected: " + mistakes.front();
  if (mistakes.size() == 2) message += "; " + mistakes.back();
  return aws::validation_exception(message);
}

ApiResult<LayerReference> versioned_layer(const aws::Request& request) {
  LayerReference layer = parse_layer_reference(text_member(request.input, "LayerName"), request);
  const int64_t version = integer_member(request.input, "VersionNumber");
  if (version < 1) return invalid_parameter("Layer Version Cannot be less than 1");
  layer.version = static_cast<uint64_t>(version);
  return layer;
}

}  // namespace

/// API GetLayerVersion's output.
Value LambdaService::shown_layer(const Value& record, const LayerReference& layer,
                                 const Request& request) const {
  ObjectBuilder content;
  content
      .set("Location",
           Value(package_location(layer.package_key(), text_member(record, "code"), request.host)))
      .set("CodeSha256", Value(text_member(record, "CodeSha256")))
      .set("CodeSize", Value(integer_member(record, "CodeSize")));
  return list_item(record, layer)
      .with_member("Content", std::move(content).build())
      .with_member("LayerArn", Value(layer.layer_arn()));
}

void LambdaService::publish_layer(Request request, aws::Reply reply) {
  if (auto checked = check_compatibility(request.input); !checked) {
    return reply(std::move(checked).error());
  }
  with_package(std::move(request), std::move(reply), "Content",
               [this](const Request& each, const Package& package) {
                 return publish_layer_of(each, package);
               });
}

aws::ActionResult LambdaService::publish_layer_of(const Request& request, const Package& package) {
  const Value& input = request.input;
  LayerReference layer = parse_layer_reference(text_member(input, "LayerName"), request);
  if (!package.is_zip()) return invalid_parameter("A layer cannot be a folder or an image.");
  const std::string& zip = package.zip;
  const std::string code = new_uuid();
  PAWL_TRY_VOID(invoker_->unpack(code, zip));
  ObjectBuilder made;
  made.set("Description", Value(text_member(input, "Description")))
      .set("CreatedDate", Value(last_modified_text(now())))
      .set("CodeSha256",
           Value(base::base64_encode(base::digest(base::DigestAlgorithm::Sha256, zip))))
      .set("CodeSize", Value(static_cast<int64_t>(zip.size())))
      .set("code", Value(code));
  for (const char* member : kShownAsGiven) {
    if (const Value* given = member_of(input, member)) made.set(member, *given);
  }
  const Value record = std::move(made).build();

  const std::lock_guard lock(changing_);
  // A version's number is never given twice, not even after it was deleted.
  const std::optional<Value> counter =
      PAWL_TRY(resources_.find(layer.scope, ResourceKind::Layer, layer.name));
  layer.version =
      static_cast<uint64_t>(counter ? integer_member(*counter, "latestVersion") : 0) + 1;
  ObjectBuilder counted;
  counted.set("latestVersion", Value(static_cast<int64_t>(layer.version)));
  store::Batch batch;
  resources_.put(batch, layer.scope, ResourceKind::Layer, layer.name, 0,
                 std::move(counted).build());
  resources_.put(batch, layer.scope, kVersion, layer.name, layer.version, record);
  store_.put_package(batch, layer.package_key(), code, zip);
  PAWL_TRY_VOID(store_.commit(batch));
  return aws::Output(shown_layer(record, layer, request));
}

aws::ActionResult LambdaService::get_layer(const Request& request) {
  const LayerReference layer = PAWL_TRY(versioned_layer(request));
  const std::optional<Value> record =
      PAWL_TRY(resources_.find(layer.scope, kVersion, layer.name, layer.version));
  if (!record) return no_such_layer();
  return aws::Output(shown_layer(*record, layer, request));
}

aws::ActionResult LambdaService::get_layer_by_arn(const Request& request) {
  const LayerReference layer = parse_layer_reference(text_member(request.input, "Arn"), request);
  const std::optional<Value> record =
      PAWL_TRY(resources_.find(layer.scope, kVersion, layer.name, layer.version));
  if (!record) return no_such_layer();
  return aws::Output(shown_layer(*record, layer, request));
}

/// The package stays as long as the functions that have it: they go on to run.
aws::ActionResult LambdaService::delete_layer(const Request& request) {
  const LayerReference layer = PAWL_TRY(versioned_layer(request));
  const std::lock_guard lock(changing_);
  store::Batch batch;
  resources_.erase(batch, layer.scope, kVersion, layer.name, layer.version);
  PAWL_TRY_VOID(store_.commit(batch));
  return aws::Output();
}

aws::ActionResult LambdaService::list_layer_versions(const Request& request) {
  const Value& input = request.input;
  LayerReference layer = parse_layer_reference(text_member(input, "LayerName"), request);
  const std::string list = "versions of layer " + layer.name;
  const Page page = PAWL_TRY(read_page(input, list));
  std::vector<Value> versions;
  std::string last;
  std::string next;
  PAWL_TRY_VOID(resources_.visit_numbers_down(
      layer.scope, kVersion, layer.name,
      page.after.empty() ? 0 : std::strtoull(page.after.c_str(), nullptr, 10),
      [&](const std::string&, uint64_t number, const Value& record) {
        if (!is_compatible(record, input)) return true;
        if (versions.size() == page.items_max) {
          next = last;
          return false;
        }
        layer.version = number;
        versions.push_back(list_item(record, layer));
        last = std::to_string(number);
        return true;
      }));
  ObjectBuilder out;
  out.set("LayerVersions", Value::array(std::move(versions)));
  if (!next.empty()) out.set("NextMarker", Value(write_marker(list, next)));
  return aws::Output(std::move(out).build());
}

aws::ActionResult LambdaService::list_layers(const Request& request) {
  const ResourceScope scope = scope_of(request);
  // Versions come in ascending order: the last one that matches is the latest.
  std::vector<std::pair<std::string, Value>> items;
  PAWL_TRY_VOID(resources_.visit(
      scope, kVersion, "", 0, [&](const std::string& name, uint64_t number, const Value& record) {
        if (!is_compatible(record, request.input)) return true;
        const LayerReference layer{scope, name, number};
        ObjectBuilder item;
        item.set("LayerName", Value(name))
            .set("LayerArn", Value(layer.layer_arn()))
            .set("LatestMatchingVersion", list_item(record, layer));
        if (items.empty() || items.back().first != name) items.emplace_back(name, Value());
        items.back().second = std::move(item).build();
        return true;
      }));
  return list_page(request, "layers", "Layers", std::move(items));
}

}  // namespace pawl::lambda
