// SPDX-License-Identifier: Apache-2.0
#include "services/states/machine_record.h"

#include <algorithm>

#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::states {

using base::Timestamp;
using json::Value;

namespace {

constexpr int64_t kFormat = 1;
constexpr size_t kAliasRoutesMax = 2;

class RecordWriter {
 public:
  RecordWriter() { members_.set("format", Value(kFormat)); }

  RecordWriter& set(std::string_view name, Value value) {
    members_.set(name, std::move(value));
    return *this;
  }
  RecordWriter& set(std::string_view name, const std::string& text) {
    return set(name, Value(text));
  }
  RecordWriter& set(std::string_view name, uint64_t number) {
    return set(name, Value(static_cast<int64_t>(number)));
  }
  RecordWriter& set(std::string_view name, Timestamp time) { return set(name, Value(time.ms)); }
  RecordWriter& set_if(std::string_view name, const std::string& text) {
    return text.empty() ? *this : set(name, text);
  }
  std::string text() { return json::write(std::move(members_).build()); }

 private:
  json::ObjectBuilder members_;
};

base::Result<Value> read_record(std::string_view text) {
  Value record = PAWL_TRY(json::parse(text));
  if (!record.is_object()) {
    return base::Error(base::ErrorKind::InvalidJson, "a stored record is no object");
  }
  if (integer_member(record, "format") != kFormat) {
    return base::Error(base::ErrorKind::Unsupported, "a stored record has an unknown format");
  }
  return record;
}

uint64_t counter(const Value& record, std::string_view name) {
  return static_cast<uint64_t>(integer_member(record, name));
}

Timestamp time(const Value& record, std::string_view name) {
  return {integer_member(record, name)};
}

base::Result<Value> member_of_kind(const Value& record, std::string_view name, json::Kind kind) {
  const Value* value = record.find(name);
  if (value != nullptr && value->kind() == kind) return *value;
  return base::Error(base::ErrorKind::InvalidJson,
                     "a stored record lacks " + std::string(name) + " or has it damaged");
}

base::Result<Value> tags_of(const Value& record) {
  Value tags = PAWL_TRY(member_of_kind(record, "tags", json::Kind::Array));
  for (const Value& tag : tags.items()) {
    PAWL_TRY_VOID(member_of_kind(tag, "key", json::Kind::String));
    PAWL_TRY_VOID(member_of_kind(tag, "value", json::Kind::String));
  }
  return tags;
}

}  // namespace

std::string_view type_name(asl::StateMachineType type) {
  return type == asl::StateMachineType::Express ? "EXPRESS" : "STANDARD";
}

asl::StateMachineType type_named(std::string_view name) {
  return name == "EXPRESS" ? asl::StateMachineType::Express : asl::StateMachineType::Standard;
}

std::string_view status_name(MachineStatus status) {
  return status == MachineStatus::Deleting ? "DELETING" : "ACTIVE";
}

std::string MachineRecord::to_text() const {
  RecordWriter out;
  out.set("creationDate", creation_date).set("type", Value(type_name(type)));
  out.set("status", Value(status_name(status))).set("revision", revision);
  out.set("nextVersion", next_version).set("currentVersion", current_version);
  out.set("createdWithPublish", Value(created_with_publish));
  out.set_if("createdWithDescription", created_with_description).set("tags", tags);
  return out.text();
}

base::Result<MachineRecord> MachineRecord::from_text(std::string_view text) {
  const Value record = PAWL_TRY(read_record(text));
  MachineRecord out;
  out.creation_date = time(record, "creationDate");
  out.type = type_named(text_member(record, "type"));
  out.status = text_member(record, "status") == status_name(MachineStatus::Deleting)
                   ? MachineStatus::Deleting
                   : MachineStatus::Active;
  out.revision = counter(record, "revision");
  out.next_version = counter(record, "nextVersion");
  out.current_version = counter(record, "currentVersion");
  out.created_with_publish = flag_member(record, "createdWithPublish");
  out.created_with_description = text_member(record, "createdWithDescription");
  out.tags = PAWL_TRY(tags_of(record));
  return out;
}

std::string VersionRecord::to_text() const {
  RecordWriter out;
  out.set("revision", revision).set("creationDate", creation_date);
  return out.set_if("description", description).text();
}

base::Result<VersionRecord> VersionRecord::from_text(std::string_view text) {
  const Value record = PAWL_TRY(read_record(text));
  return VersionRecord{counter(record, "revision"), time(record, "creationDate"),
                       text_member(record, "description")};
}

bool AliasRecord::refers_to(uint64_t version) const {
  return std::any_of(routes.begin(), routes.end(),
                     [&](const AliasRoute& route) { return route.version == version; });
}

std::string AliasRecord::to_text() const {
  std::vector<Value> list;
  for (const AliasRoute& route : routes) {
    list.push_back(Value::object({{"version", Value(static_cast<int64_t>(route.version))},
                                  {"weight", Value(route.weight)}}));
  }
  RecordWriter out;
  out.set("creationDate", creation_date).set("updateDate", update_date);
  if (description) out.set("description", *description);
  return out.set("routes", Value::array(std::move(list))).text();
}

base::Result<AliasRecord> AliasRecord::from_text(std::string_view text) {
  const Value record = PAWL_TRY(read_record(text));
  AliasRecord out;
  out.creation_date = time(record, "creationDate");
  out.update_date = time(record, "updateDate");
  out.description = find_text(record, "description");
  const Value routes = PAWL_TRY(member_of_kind(record, "routes", json::Kind::Array));
  for (const Value& route : routes.items()) {
    out.routes.push_back({counter(route, "version"), integer_member(route, "weight")});
  }
  if (out.routes.empty() || out.routes.size() > kAliasRoutesMax) {
    return base::Error(base::ErrorKind::InvalidJson, "a stored alias has not one or two routes");
  }
  return out;
}

bool RevisionRecord::same_content(const RevisionRecord& other) const {
  return definition == other.definition && role_arn == other.role_arn && logging == other.logging &&
         tracing == other.tracing && encryption == other.encryption;
}

std::string RevisionRecord::to_text() const {
  RecordWriter out;
  out.set_if("revisionId", revision_id).set("stateMachineArn", state_machine_arn);
  out.set("name", name).set("type", Value(type_name(type))).set("roleArn", role_arn);
  out.set("definition", definition).set("logging", logging).set("tracing", tracing);
  return out.set("encryption", encryption).set("updateDate", update_date).text();
}

base::Result<RevisionRecord> RevisionRecord::from_text(std::string_view text) {
  const Value record = PAWL_TRY(read_record(text));
  RevisionRecord out;
  out.revision_id = text_member(record, "revisionId");
  out.state_machine_arn = text_member(record, "stateMachineArn");
  out.name = text_member(record, "name");
  out.type = type_named(text_member(record, "type"));
  out.role_arn = text_member(record, "roleArn");
  out.definition = text_member(record, "definition");
  out.logging = PAWL_TRY(member_of_kind(record, "logging", json::Kind::Object));
  out.tracing = PAWL_TRY(member_of_kind(record, "tracing", json::Kind::Object));
  out.encryption = PAWL_TRY(member_of_kind(record, "encryption", json::Kind::Object));
  out.update_date = time(record, "updateDate");
  return out;
}

std::string ActivityRecord::to_text() const {
  RecordWriter out;
  return out.set("creationDate", creation_date)
      .set("encryption", encryption)
      .set("tags", tags)
      .text();
}

base::Result<ActivityRecord> ActivityRecord::from_text(std::string_view text) {
  const Value record = PAWL_TRY(read_record(text));
  ActivityRecord out;
  out.creation_date = time(record, "creationDate");
  out.encryption = PAWL_TRY(member_of_kind(record, "encryption", json::Kind::Object));
  out.tags = PAWL_TRY(tags_of(record));
  return out;
}

}  // namespace pawl::states
