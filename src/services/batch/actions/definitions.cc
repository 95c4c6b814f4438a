// SPDX-License-Identifier: Apache-2.0
// Job definitions: revisions of container properties and their defaults.
#include <charconv>

#include "jobs/records.h"
#include "json/members.h"
#include "services/batch/api_input.h"
#include "services/batch/container_properties.h"
#include "services/batch/service.h"

namespace pawl::batch {

using aws::ActionResult;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr ResourceKind kKind = ResourceKind::Definition;

/// "name" or "name:3".
struct Reference {
  std::string name;
  uint32_t revision = 0;  ///< 0: the newest that is active
};

std::optional<Reference> reference_in(const std::string& text) {
  const std::string whole = resource_name(kKind, text);
  Reference reference{whole.substr(0, whole.find(':')), 0};
  if (!is_name(reference.name)) return std::nullopt;
  if (reference.name.size() == whole.size()) return reference;
  const char* begin = whole.data() + reference.name.size() + 1;
  const char* end = whole.data() + whole.size();
  const auto read = std::from_chars(begin, end, reference.revision);
  if (read.ec != std::errc() || read.ptr != end || reference.revision == 0) return std::nullopt;
  return reference;
}

/// The lists that AWS shows also where they are empty.
Value with_empty_lists(const Value& container) {
  Value made = container;
  for (const char* member : {"command", "volumes", "environment", "mountPoints", "ulimits",
                             "resourceRequirements", "secrets"}) {
    if (!has_member(made, member)) made = made.with_member(member, Value::array());
  }
  return made;
}

/// What only a fleet of EC2 instances, Kubernetes or EFS could do.
ApiResult<void> check_supported(const aws::Request& request) {
  const Value& input = request.input;
  if (text_member(input, "type") == "multinode" || has_member(input, "nodeProperties")) {
    return refused(request, "Multi-node parallel jobs are not supported by this server");
  }
  if (has_member(input, "eksProperties")) {
    return refused(request, "Jobs on Amazon EKS are not supported by this server");
  }
  if (has_member(input, "ecsProperties")) {
    return refused(request, "ecsProperties are not supported by this server");
  }
  const Value container = object_member(input, "containerProperties");
  const Value volumes = array_member(container, "volumes");
  for (const Value& volume : volumes.items()) {
    if (has_member(volume, "efsVolumeConfiguration")) {
      return refused(request, "EFS volumes are not supported by this server");
    }
  }
  const Value requirements = array_member(container, "resourceRequirements");
  for (const Value& each : requirements.items()) {
    if (text_member(each, "type") == "GPU") {
      return refused(request, "GPU requirements are not supported by this server");
    }
  }
  return {};
}

}  // namespace

ActionResult BatchService::register_definition(const aws::Request& request) {
  const Value& input = request.input;
  const Scope scope = jobs::scope_of(request);
  const std::string name = text_member(input, "jobDefinitionName");
  if (!is_name(name)) return refused(request, "jobDefinitionName should match valid pattern");
  PAWL_TRY_VOID(check_supported(request));
  PAWL_TRY_VOID(check_retry_and_timeout(request));
  if (!has_member(input, "containerProperties")) {
    return refused(request, "containerProperties must be provided");
  }
  const Value container = object_member(input, "containerProperties");
  if (text_member(container, "image").empty()) {
    return refused(request, "containerProperties must contain image");
  }
  const base::Result<jobs::Demand> demand = demand_of(container);
  if (!demand) return refused(request, demand.error().message);
  const std::lock_guard lock(mutex_);
  const auto newest = PAWL_TRY(resources_.newest(scope, name, false));
  const auto revision =
      static_cast<uint32_t>(newest ? integer_member(*newest, "revision") + 1 : int64_t{1});
  const std::string arn = resource_arn(scope, kKind, name + ":" + std::to_string(revision));
  ObjectBuilder record;
  record.set("jobDefinitionName", Value(name))
      .set("jobDefinitionArn", Value(arn))
      .set("revision", Value(int64_t{revision}))
      .set("status", Value("ACTIVE"))
      .set("type", Value(text_member(input, "type")))
      .set("parameters", object_member(input, "parameters"))
      .set("containerProperties", with_empty_lists(container));
  for (const char* member : {"retryStrategy", "timeout", "schedulingPriority"}) {
    if (has_member(input, member)) record.set(member, *input.find(member));
  }
  // Not given, they mean EC2, but are not shown.
  record.set("tags", object_member(input, "tags"))
      .set("propagateTags", Value(flag_member(input, "propagateTags")))
      .set("platformCapabilities", array_member(input, "platformCapabilities"))
      .set("containerOrchestrationType", Value("ECS"));
  ObjectBuilder out;
  out.set("jobDefinitionName", Value(name))
      .set("jobDefinitionArn", Value(arn))
      .set("revision", Value(int64_t{revision}));
  const Value answer = std::move(out).build();
  PAWL_TRY_VOID(put(request, kKind, name, std::move(record).build(), answer, revision));
  return aws::Output(answer);
}

ActionResult BatchService::deregister_definition(const aws::Request& request) {
  const std::string given = text_member(request.input, "jobDefinition");
  const std::optional<Reference> reference = reference_in(given);
  if (!reference || reference->revision == 0) {
    return client_error("Provided name " + given + " is not supported pattern name:revision");
  }
  const std::lock_guard lock(mutex_);
  const auto found = PAWL_TRY(
      resources_.find(jobs::scope_of(request), kKind, reference->name, reference->revision));
  if (!found || text_member(*found, "status") != "ACTIVE") return aws::Output();
  PAWL_TRY_VOID(put(request, kKind, reference->name,
                    found->with_member("status", Value("INACTIVE")), Value::object(),
                    reference->revision));
  return aws::Output();
}

/// Of SubmitJob.
ApiResult<Value> BatchService::definition_of(const aws::Request& request, const std::string& text) {
  const Scope scope = jobs::scope_of(request);
  const std::optional<Reference> reference = reference_in(text);
  if (!reference) {
    return client_error("Provided name " + text + " is not supported pattern[a-zA-Z_0-9-]{1,128}");
  }
  auto found = reference->revision == 0
                   ? PAWL_TRY(resources_.newest(scope, reference->name, true))
                   : PAWL_TRY(resources_.find(scope, kKind, reference->name, reference->revision));
  if (found && text_member(*found, "status") == "ACTIVE") return *std::move(found);
  if (text.starts_with("arn:")) return client_error("JobDefinition " + text + " not found.");
  return client_error("JobDefinition name " + text + " does not exist or is not in ACTIVE status");
}

ActionResult BatchService::describe_definitions(const aws::Request& request) {
  const Scope scope = jobs::scope_of(request);
  const std::string status = text_member(request.input, "status");
  const auto is_wanted = [&status](const Value& record) {
    return status.empty() || text_member(record, "status") == status;
  };
  std::vector<Value> found;
  ObjectBuilder out;
  const std::vector<std::string> names = texts_member(request.input, "jobDefinitions");
  for (const std::string& text : names) {
    const std::optional<Reference> reference = reference_in(text);
    if (!reference || reference->revision == 0) {
      return client_error("Provided name " + text + " is not supported pattern name:revision");
    }
    auto record = PAWL_TRY(resources_.find(scope, kKind, reference->name, reference->revision));
    if (record && is_wanted(*record)) found.push_back(*std::move(record));
  }
  if (names.empty()) {
    const Page page = PAWL_TRY(read_page(request, 100));
    std::string last;
    bool has_more = false;
    const ResourceStore::Visitor visit = [&](const std::string& place, Value record) {
      if (!is_wanted(record)) return true;
      has_more = found.size() == page.items_max;
      if (has_more) return false;
      found.push_back(std::move(record));
      last = place;
      return true;
    };
    const std::string name = text_member(request.input, "jobDefinitionName");
    if (name.empty()) {
      PAWL_TRY_VOID(resources_.list(scope, kKind, page.after, visit));
    } else {
      PAWL_TRY_VOID(
          resources_.list_revisions(scope, resource_name(kKind, name), page.after, visit));
    }
    if (has_more) out.set("nextToken", next_token(last));
  }
  out.set("jobDefinitions", Value::array(std::move(found)));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::batch
