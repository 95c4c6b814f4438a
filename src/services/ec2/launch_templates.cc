// SPDX-License-Identifier: Apache-2.0
// Launch templates and their versions: what Batch's compute environments and tools name. Nothing is
// launched of them.
#include <algorithm>
#include <utility>

#include "base/integer.h"
#include "json/value.h"
#include "services/ec2/members.h"
#include "services/ec2/service.h"

namespace pawl::ec2 {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr std::string_view kVersion = "lt-version";

/// Versions of a template sort by number.
std::string version_name(const std::string& id, int64_t number) {
  std::string digits = std::to_string(number);
  return id + "/" + std::string(digits.size() < 10 ? 10 - digits.size() : 0, '0') + digits;
}

/// "3", "$Default", "$Latest" or nothing, which is the default.
std::optional<int64_t> resolve(const Value& launch_template, const std::string& text) {
  if (text == "$Latest") return integer_member(launch_template, "LatestVersionNumber");
  if (text.empty() || text == "$Default")
    return integer_member(launch_template, "DefaultVersionNumber");
  return base::parse_int64(text);
}

aws::ApiError no_version(const std::string& template_id, const std::string& version) {
  return {"InvalidLaunchTemplateId.VersionNotFound",
          "Could not find the specified version " + version + " for the launch template with ID " +
              template_id + "."};
}

}  // namespace

aws::ApiResult<Value> Ec2Service::template_of(const Request& request) {
  const std::string id = text_member(request.input, "LaunchTemplateId");
  if (!id.empty()) {
    auto found = find(request, kLaunchTemplate, id);
    if (found) return found;
    return aws::ApiError(
        "InvalidLaunchTemplateId.NotFound",
        "The specified launch template, with template ID " + id + ", does not exist.");
  }
  const std::string name = text_member(request.input, "LaunchTemplateName");
  if (name.empty()) {
    return aws::ApiError("MissingParameter",
                         "The request must contain the parameter launchTemplateId or "
                         "launchTemplateName");
  }
  auto named = PAWL_TRY(list_where(request, kLaunchTemplate, "LaunchTemplateName", name));
  if (named.empty()) {
    return aws::ApiError(
        "InvalidLaunchTemplateName.NotFoundException",
        "The specified launch template, with template name " + name + ", does not exist.");
  }
  return std::move(named.front());
}

ActionResult Ec2Service::store_version(const Request& request, Value launch_template,
                                       int64_t number, Value data) {
  const std::string id = text_member(launch_template, "LaunchTemplateId");
  const bool is_new = number == 1;
  launch_template = launch_template.with_member("LatestVersionNumber", Value(number));
  ObjectBuilder version;
  version.set("LaunchTemplateId", Value(id))
      .set("LaunchTemplateName", Value(text_member(launch_template, "LaunchTemplateName")))
      .set("VersionNumber", Value(number));
  copy_members(request.input, {"VersionDescription"}, version);
  version.set("CreateTime", Value(static_cast<double>(request.received.ms) / 1000))
      .set("CreatedBy", Value(request.principal.arn))
      .set("DefaultVersion",
           Value(integer_member(launch_template, "DefaultVersionNumber") == number))
      .set("LaunchTemplateData", std::move(data));
  const Value built = std::move(version).build();
  const Value out = is_new ? Value::object().with_member("LaunchTemplate", launch_template)
                           : Value::object().with_member("LaunchTemplateVersion", built);
  store::Batch batch;
  records_.put(batch, owner_of(request), kLaunchTemplate.prefix, id, launch_template);
  records_.put(batch, owner_of(request), kVersion, version_name(id, number), built);
  request.keep_answer(out);
  if (const auto done = records_.commit(batch); !done) return as_api_error(done.error());
  return aws::Output(out);
}

// API CreateLaunchTemplate: its version 1 with it.
ActionResult Ec2Service::create_launch_template(const Request& request) {
  const std::string name = text_member(request.input, "LaunchTemplateName");
  if (!PAWL_TRY(list_where(request, kLaunchTemplate, "LaunchTemplateName", name)).empty()) {
    return aws::ApiError("InvalidLaunchTemplateName.AlreadyExistsException",
                         "Launch template name already in use.");
  }
  ObjectBuilder launch_template;
  launch_template.set("LaunchTemplateId", Value(new_id("lt")))
      .set("LaunchTemplateName", Value(name))
      .set("CreateTime", Value(static_cast<double>(request.received.ms) / 1000))
      .set("CreatedBy", Value(request.principal.arn))
      .set("DefaultVersionNumber", Value(1))
      .set("LatestVersionNumber", Value(1))
      .set("Tags", tags_for(request.input, kLaunchTemplate));
  return store_version(request, std::move(launch_template).build(), 1,
                       *request.input.find("LaunchTemplateData"));
}

// API CreateLaunchTemplateVersion: on top of SourceVersion, if one is named.
ActionResult Ec2Service::create_launch_template_version(const Request& request) {
  const Value launch_template = PAWL_TRY(template_of(request));
  const std::string id = text_member(launch_template, "LaunchTemplateId");
  Value data = *request.input.find("LaunchTemplateData");
  if (const std::string source = text_member(request.input, "SourceVersion"); !source.empty()) {
    const auto number = resolve(launch_template, source);
    const auto version =
        records_.get(owner_of(request), kVersion, version_name(id, number.value_or(0)));
    if (!version) return as_api_error(version.error());
    if (!*version) return no_version(id, source);
    ObjectBuilder merged;
    for (const Value* each : {(*version)->find("LaunchTemplateData"), &std::as_const(data)}) {
      for (const json::Member& member : each->members()) merged.set(member.name(), member.value);
    }
    data = std::move(merged).build();
  }
  return store_version(request, launch_template,
                       integer_member(launch_template, "LatestVersionNumber") + 1, std::move(data));
}

// API DescribeLaunchTemplateVersions: of one template by number; of all the default or the latest.
ActionResult Ec2Service::describe_launch_template_versions(const Request& request) {
  const Value& input = request.input;
  std::vector<Value> templates;
  const bool is_one =
      input.find("LaunchTemplateId") != nullptr || input.find("LaunchTemplateName") != nullptr;
  if (is_one) {
    templates.push_back(PAWL_TRY(template_of(request)));
  } else {
    const auto all = records_.list(owner_of(request), kLaunchTemplate.prefix);
    if (!all) return as_api_error(all.error());
    for (const auto& each : *all) templates.push_back(each.value);
  }
  const auto least = base::parse_int64(text_member(input, "MinVersion")).value_or(1);
  const auto most = base::parse_int64(text_member(input, "MaxVersion")).value_or(INT64_MAX);
  std::vector<Value> versions;
  for (const Value& launch_template : templates) {
    const std::string id = text_member(launch_template, "LaunchTemplateId");
    const int64_t by_default = integer_member(launch_template, "DefaultVersionNumber");
    const auto stored = records_.list(owner_of(request), kVersion, id + "/");
    if (!stored) return as_api_error(stored.error());
    const auto shown = [&](const Value& version) {
      return version.with_member("DefaultVersion",
                                 Value(integer_member(version, "VersionNumber") == by_default));
    };
    const auto wanted = items_member(input, "Versions");
    for (const Value& each : wanted) {
      const auto number = resolve(launch_template, std::string(each.as_string()));
      const auto found = std::find_if(stored->begin(), stored->end(), [&](const auto& version) {
        return integer_member(version.value, "VersionNumber") == number;
      });
      if (found == stored->end()) return no_version(id, std::string(each.as_string()));
      versions.push_back(shown(found->value));
    }
    if (!wanted.empty()) continue;
    // Newest first, as AWS lists them.
    for (auto version = stored->rbegin(); version != stored->rend(); ++version) {
      const int64_t number = integer_member(version->value, "VersionNumber");
      if (number >= least && number <= most) versions.push_back(shown(version->value));
    }
  }
  return aws::Output(
      Value::object().with_member("LaunchTemplateVersions", Value::array(std::move(versions))));
}

// API ModifyLaunchTemplate: the default version.
ActionResult Ec2Service::modify_launch_template(const Request& request) {
  Value launch_template = PAWL_TRY(template_of(request));
  const std::string id = text_member(launch_template, "LaunchTemplateId");
  const std::string text = text_member(request.input, "DefaultVersion");
  const auto number = resolve(launch_template, text);
  const auto version =
      records_.get(owner_of(request), kVersion, version_name(id, number.value_or(0)));
  if (!version) return as_api_error(version.error());
  if (!*version) return no_version(id, text);
  launch_template = launch_template.with_member("DefaultVersionNumber", Value(*number));
  PAWL_TRY_VOID(store_record(request, kLaunchTemplate, launch_template));
  return aws::Output(Value::object().with_member("LaunchTemplate", launch_template));
}

// API DeleteLaunchTemplate: with its versions.
ActionResult Ec2Service::delete_launch_template(const Request& request) {
  const Value launch_template = PAWL_TRY(template_of(request));
  const std::string id = text_member(launch_template, "LaunchTemplateId");
  store::Batch batch;
  records_.erase(batch, owner_of(request), kLaunchTemplate.prefix, id);
  records_.erase_all(batch, owner_of(request), kVersion, id + "/");
  const Value out = Value::object().with_member("LaunchTemplate", launch_template);
  request.keep_answer(out);
  if (const auto done = records_.commit(batch); !done) return as_api_error(done.error());
  return aws::Output(out);
}

// API DeleteLaunchTemplateVersions: all but the default one.
ActionResult Ec2Service::delete_launch_template_versions(const Request& request) {
  const Value launch_template = PAWL_TRY(template_of(request));
  const std::string id = text_member(launch_template, "LaunchTemplateId");
  std::vector<Value> gone;
  std::vector<Value> kept;
  store::Batch batch;
  for (const Value& each : items_member(request.input, "Versions")) {
    const auto number = base::parse_int64(each.as_string());
    const std::string name = version_name(id, number.value_or(0));
    const auto version = records_.get(owner_of(request), kVersion, name);
    if (!version) return as_api_error(version.error());
    ObjectBuilder item;
    item.set("LaunchTemplateId", Value(id))
        .set("LaunchTemplateName", Value(text_member(launch_template, "LaunchTemplateName")))
        .set("VersionNumber", Value(number.value_or(0)));
    const bool is_default = number == integer_member(launch_template, "DefaultVersionNumber");
    if (*version && !is_default) {
      records_.erase(batch, owner_of(request), kVersion, name);
      gone.push_back(std::move(item).build());
      continue;
    }
    ObjectBuilder error;
    error.set("Code", Value(is_default ? "unexpectedError" : "launchTemplateVersionDoesNotExist"))
        .set("Message", Value(is_default ? "Cannot delete default version"
                                         : "The specified version does not exist"));
    item.set("ResponseError", std::move(error).build());
    kept.push_back(std::move(item).build());
  }
  if (const auto done = records_.commit(batch); !done) return as_api_error(done.error());
  ObjectBuilder out;
  out.set("SuccessfullyDeletedLaunchTemplateVersions", Value::array(std::move(gone)))
      .set("UnsuccessfullyDeletedLaunchTemplateVersions", Value::array(std::move(kept)));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::ec2
