// SPDX-License-Identifier: Apache-2.0
// DeleteParameter(s), DescribeParameters, labels and tags.
#include <algorithm>

#include "aws/service/input_members.h"
#include "json/members.h"
#include "services/ssm/api.h"
#include "services/ssm/service.h"

namespace pawl::ssm {

using aws::ActionResult;
using aws::ApiError;
using aws::ApiResult;
using aws::from_store;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kDescribePage = 50;
constexpr size_t kTagsMax = 50;

ApiError version_not_found(const Parameter& parameter, int64_t number) {
  return {"ParameterVersionNotFound", "Systems Manager could not find version " +
                                          std::to_string(number) + " of " + parameter.name +
                                          ". Verify the version and try again."};
}

}  // namespace

ActionResult SsmService::delete_parameter(const Request& request) {
  const std::lock_guard lock(mutex_);
  const Reference reference = read_reference(text_member(request.input, "Name"));
  const auto parameter = PAWL_TRY(from_store(parameters_.find(scope_of(request), reference.name)));
  if (!parameter) return parameter_not_found();
  store::Batch batch;
  const auto newest = PAWL_TRY(from_store(parameters_.find_version(*parameter, parameter->newest)));
  parameters_.erase(batch, *parameter);
  PAWL_TRY_VOID(commit(request, batch, Value::object()));
  announce(request, *parameter, newest ? newest->type : "", "Delete");
  return Value::object();
}

ActionResult SsmService::delete_parameters(const Request& request) {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> deleted;
  std::vector<std::string> invalid;
  std::vector<std::pair<Parameter, std::string>> gone;  ///< with its type
  store::Batch batch;
  for (const std::string& name : texts_member(request.input, "Names")) {
    const auto parameter =
        PAWL_TRY(from_store(parameters_.find(scope_of(request), read_reference(name).name)));
    (parameter ? deleted : invalid).push_back(name);
    if (!parameter) continue;
    const auto newest =
        PAWL_TRY(from_store(parameters_.find_version(*parameter, parameter->newest)));
    parameters_.erase(batch, *parameter);
    gone.emplace_back(*parameter, newest ? newest->type : "");
  }
  ObjectBuilder out;
  out.set("DeletedParameters", json::texts_value(deleted))
      .set("InvalidParameters", json::texts_value(invalid));
  Value output = std::move(out).build();
  PAWL_TRY_VOID(commit(request, batch, output));
  for (const auto& [parameter, type] : gone) announce(request, parameter, type, "Delete");
  return output;
}

ActionResult SsmService::describe_parameters(const Request& request) {
  const Value& input = request.input;
  if (input.find("Filters") != nullptr && input.find("ParameterFilters") != nullptr) {
    return aws::validation_exception(
        "You can use either Filters or ParameterFilters in a single request.");
  }
  const std::vector<Filter> filters = PAWL_TRY(filters_member(input, false));
  const std::string after = PAWL_TRY(page_start(input));
  const auto max = static_cast<size_t>(find_integer(input, "MaxResults").value_or(kDescribePage));
  std::vector<Value> list;
  std::string last;
  bool is_full = false;
  ApiResult<void> failure;
  PAWL_TRY_VOID(
      from_store(parameters_.visit(scope_of(request), "", after, [&](Parameter&& parameter) {
        const auto version = from_store(parameters_.find_version(parameter, parameter.newest));
        if (!version) {
          failure = version.error();
          return false;
        }
        const bool is_wanted =
            version->has_value() &&
            std::all_of(filters.begin(), filters.end(),
                        [&](const Filter& filter) { return passes(filter, parameter, **version); });
        if (!is_wanted) return true;
        is_full = list.size() == max;
        if (is_full) return false;
        ObjectBuilder entry;
        describe(entry, parameter, **version);
        entry.set("ARN", Value(parameter.arn()));
        list.push_back(std::move(entry).build());
        last = parameter.name;
        return true;
      })));
  PAWL_TRY_VOID(std::move(failure));
  ObjectBuilder out;
  out.set("Parameters", Value::array(std::move(list)));
  if (is_full) out.set("NextToken", page_token(last));
  return std::move(out).build();
}

ActionResult SsmService::label_version(const Request& request) {
  const Value& input = request.input;
  const std::lock_guard lock(mutex_);
  auto parameter =
      PAWL_TRY(from_store(parameters_.find(scope_of(request), text_member(input, "Name"))));
  if (!parameter) return parameter_not_found();
  const int64_t number = find_integer(input, "ParameterVersion").value_or(parameter->newest);
  if (number < parameter->oldest || number > parameter->newest)
    return version_not_found(*parameter, number);
  std::vector<std::string> invalid;
  for (const std::string& label : texts_member(input, "Labels")) {
    if (is_valid_label(label)) {
      parameter->labels[label] = number;
    } else {
      invalid.push_back(label);
    }
  }
  if (parameter->labels_of(number).size() > kLabelsMax) {
    return ApiError("ParameterVersionLabelLimitExceeded",
                    "A parameter version can have maximum 10 labels.Move one or more labels to "
                    "another version and try again.");
  }
  store::Batch batch;
  parameters_.put(batch, *parameter);
  ObjectBuilder out;
  out.set("InvalidLabels", json::texts_value(invalid)).set("ParameterVersion", Value(number));
  Value output = std::move(out).build();
  PAWL_TRY_VOID(commit(request, batch, output));
  announce(request, *parameter, "", "LabelParameterVersion");
  return output;
}

ActionResult SsmService::unlabel_version(const Request& request) {
  const Value& input = request.input;
  const std::lock_guard lock(mutex_);
  auto parameter =
      PAWL_TRY(from_store(parameters_.find(scope_of(request), text_member(input, "Name"))));
  if (!parameter) return parameter_not_found();
  const int64_t number = find_integer(input, "ParameterVersion").value_or(0);
  if (number < parameter->oldest || number > parameter->newest)
    return version_not_found(*parameter, number);
  std::vector<std::string> removed;
  std::vector<std::string> invalid;
  for (const std::string& label : texts_member(input, "Labels")) {
    const auto found = parameter->labels.find(label);
    const bool is_there = found != parameter->labels.end() && found->second == number;
    if (is_there) parameter->labels.erase(found);
    (is_there ? removed : invalid).push_back(label);
  }
  store::Batch batch;
  parameters_.put(batch, *parameter);
  ObjectBuilder out;
  out.set("RemovedLabels", json::texts_value(removed))
      .set("InvalidLabels", json::texts_value(invalid));
  Value output = std::move(out).build();
  PAWL_TRY_VOID(commit(request, batch, output));
  return output;
}

/// Only parameters are resources here.
ApiResult<Parameter> SsmService::tagged(const Request& request) const {
  if (text_member(request.input, "ResourceType") != "Parameter")
    return ApiError("InvalidResourceId", std::nullopt);
  const Reference reference = read_reference(text_member(request.input, "ResourceId"));
  auto parameter = PAWL_TRY(from_store(parameters_.find(scope_of(request), reference.name)));
  if (!parameter) return ApiError("InvalidResourceId", std::nullopt);
  return *std::move(parameter);
}

ActionResult SsmService::add_tags(const Request& request) {
  const std::lock_guard lock(mutex_);
  Parameter parameter = PAWL_TRY(tagged(request));
  for (const Value& tag : items_member(request.input, "Tags")) {
    const std::string key = text_member(tag, "Key");
    const auto found = std::find_if(parameter.tags.begin(), parameter.tags.end(),
                                    [&](const auto& each) { return each.first == key; });
    if (found == parameter.tags.end()) {
      parameter.tags.emplace_back(key, text_member(tag, "Value"));
    } else {
      found->second = text_member(tag, "Value");
    }
  }
  if (parameter.tags.size() > kTagsMax) return ApiError("TooManyTagsError", std::nullopt);
  store::Batch batch;
  parameters_.put(batch, parameter);
  PAWL_TRY_VOID(commit(request, batch, Value::object()));
  return Value::object();
}

ActionResult SsmService::remove_tags(const Request& request) {
  const std::lock_guard lock(mutex_);
  Parameter parameter = PAWL_TRY(tagged(request));
  for (const std::string& key : texts_member(request.input, "TagKeys"))
    std::erase_if(parameter.tags, [&](const auto& each) { return each.first == key; });
  store::Batch batch;
  parameters_.put(batch, parameter);
  PAWL_TRY_VOID(commit(request, batch, Value::object()));
  return Value::object();
}

ActionResult SsmService::list_tags(const Request& request) {
  const Parameter parameter = PAWL_TRY(tagged(request));
  std::vector<Value> list;
  for (const auto& [key, value] : parameter.tags) {
    ObjectBuilder tag;
    tag.set("Key", Value(key)).set("Value", Value(value));
    list.push_back(std::move(tag).build());
  }
  ObjectBuilder out;
  out.set("TagList", Value::array(std::move(list)));
  return std::move(out).build();
}

}  // namespace pawl::ssm
