// SPDX-License-Identifier: Apache-2.0
#include "jobs/secret_runner.h"

#include <optional>
#include <utility>
#include <vector>

#include "aws/arn.h"
#include "jobs/records.h"
#include "jobs/service_events.h"
#include "json/members.h"
#include "json/parse.h"

namespace pawl::jobs {

using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr const char* kFailure =
    "ResourceInitializationError: unable to pull secrets or registry auth: ";

/// API Secret "valueFrom": a secret's ARN, also with ":KEY:STAGE:VERSION" behind it; a parameter's
/// ARN or name.
struct SecretPlace {
  aws::Call call;
  std::string json_key;  ///< of Secrets Manager; "": the whole text
};

SecretPlace place_of(const std::string& value_from, const JobSpec& spec) {
  SecretPlace place;
  const auto arn = aws::Arn::parse(value_from);
  place.call.region = arn && !arn->region.empty() ? arn->region : spec.region;
  place.call.principal = account_principal(spec.account);
  ObjectBuilder input;
  if (!arn || arn->service != "secretsmanager") {
    place.call.service = "ssm";
    place.call.operation = "GetParameter";
    std::string name = value_from;
    if (arn && arn->resource.starts_with("parameter/")) name = arn->resource.substr(9);
    input.set("Name", Value(name)).set("WithDecryption", Value(true));
    place.call.input = std::move(input).build();
    return place;
  }
  place.call.service = "secretsmanager";
  place.call.operation = "GetSecretValue";
  std::vector<std::string> parts;  // secret, NAME, KEY, STAGE, VERSION
  std::string_view rest = arn->resource;
  while (true) {
    const size_t colon = rest.find(':');
    parts.emplace_back(rest.substr(0, colon));
    if (colon == std::string_view::npos) break;
    rest.remove_prefix(colon + 1);
  }
  parts.resize(5);
  aws::Arn secret = *arn;
  secret.resource = parts[0] + ":" + parts[1];
  place.json_key = parts[2];
  input.set("SecretId", Value(secret.text()));
  if (!parts[3].empty()) input.set("VersionStage", Value(parts[3]));
  if (!parts[4].empty()) input.set("VersionId", Value(parts[4]));
  place.call.input = std::move(input).build();
  return place;
}

std::optional<std::string> value_in(const SecretPlace& place, const Value& answer) {
  if (place.call.service == "ssm") return text_member(object_member(answer, "Parameter"), "Value");
  std::string text = text_member(answer, "SecretString");
  if (place.json_key.empty()) return text;
  const base::Result<Value> object = json::parse(text);
  if (!object || !has_member(*object, place.json_key)) return std::nullopt;
  const Value* member = object->find(place.json_key);
  if (member->is_number()) return member->number_text();
  return text_member(*object, place.json_key);
}

}  // namespace

void SecretRunner::start(JobSpec spec, JobEvents events) {
  if (spec.secrets.empty()) return inner_.start(std::move(spec), std::move(events));
  const std::string id = spec.id;
  {
    const std::lock_guard lock(mutex_);
    waiting_.insert_or_assign(
        id, std::make_shared<Waiting>(Waiting{std::move(spec), std::move(events), 0}));
  }
  loop_.post([this, id] { fetch_next(id); });
}

/// On the loop's thread.
void SecretRunner::fetch_next(const std::string& id) {
  std::shared_ptr<Waiting> job;
  {
    const std::lock_guard lock(mutex_);
    const auto found = waiting_.find(id);
    if (found == waiting_.end()) return;
    job = found->second;
    if (job->fetched == job->spec.secrets.size()) waiting_.erase(found);
  }
  if (job->fetched == job->spec.secrets.size()) {
    return inner_.start(std::move(job->spec), std::move(job->events));
  }
  const SecretPlace place = place_of(job->spec.secrets[job->fetched].second, job->spec);
  caller_.call(place.call, [this, id](const ApiResult<Value>& answer) { fetched(id, answer); });
}

/// On the loop's thread.
void SecretRunner::fetched(const std::string& id, const ApiResult<Value>& answer) {
  std::shared_ptr<Waiting> job;
  {
    const std::lock_guard lock(mutex_);
    const auto found = waiting_.find(id);
    if (found == waiting_.end()) return;
    job = found->second;
  }
  const auto& [name, value_from] = job->spec.secrets[job->fetched];
  if (!answer) {
    return fail(
        id, kFailure + answer.error().code + ": " + answer.error().message.value_or(value_from));
  }
  const std::optional<std::string> value = value_in(place_of(value_from, job->spec), *answer);
  if (!value) return fail(id, std::string(kFailure) + "no such key in secret " + value_from);
  job->spec.environment = merged_pairs(std::move(job->spec.environment), {{name, *value}});
  ++job->fetched;
  fetch_next(id);
}

/// On the loop's thread.
void SecretRunner::fail(const std::string& id, const std::string& reason) {
  std::shared_ptr<Waiting> job;
  {
    const std::lock_guard lock(mutex_);
    const auto found = waiting_.find(id);
    if (found == waiting_.end()) return;
    job = std::move(waiting_.extract(found).mapped());
  }
  job->events.on_exit({JobExit::Kind::NotStarted, 0, reason});
}

void SecretRunner::stop(const std::string& id, int64_t grace_ms) {
  bool is_waiting = false;
  {
    const std::lock_guard lock(mutex_);
    is_waiting = waiting_.contains(id);
  }
  if (!is_waiting) return inner_.stop(id, grace_ms);
  // It may begin meanwhile: then the one behind stops it.
  loop_.post([this, id, grace_ms] {
    fail(id, std::string(kFailure) + "the container was stopped");
    inner_.stop(id, grace_ms);
  });
}

}  // namespace pawl::jobs
