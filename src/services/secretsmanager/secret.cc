// SPDX-License-Identifier: Apache-2.0
#include "services/secretsmanager/secret.h"

#include <algorithm>

#include "aws/arn.h"
#include "base/wire.h"

namespace pawl::secretsmanager {
namespace {

constexpr uint8_t kRecordVersion = 1;
/// API PutSecretValue: "Secrets Manager removes versions without labels when there are more than
/// 100".
constexpr size_t kVersionsMax = 100;

void write_texts(base::ByteWriter& out, const std::vector<std::string>& texts) {
  out.varint(texts.size());
  for (const std::string& text : texts) out.sized(text);
}

std::vector<std::string> read_texts(base::ByteReader& in) {
  std::vector<std::string> texts;
  for (size_t left = in.count(); left > 0; --left) texts.emplace_back(in.sized());
  return texts;
}

void write(base::ByteWriter& out, const Version& version) {
  out.sized(version.id);
  out.signed_varint(version.created_ms);
  out.signed_varint(version.accessed_ms);
  write_texts(out, version.stages);
  out.boolean(version.has_value);
  out.sized(version.kms_key);
}

Version read_version(base::ByteReader& in) {
  Version version;
  version.id = in.sized();
  version.created_ms = in.signed_varint();
  version.accessed_ms = in.signed_varint();
  version.stages = read_texts(in);
  version.has_value = in.boolean();
  version.kms_key = in.sized();
  return version;
}

void write(base::ByteWriter& out, const Rotation& rotation) {
  out.boolean(rotation.is_enabled);
  out.sized(rotation.function_arn);
  out.signed_varint(rotation.after_days);
  out.sized(rotation.schedule);
  out.sized(rotation.duration);
  out.signed_varint(rotation.rotated_ms);
  out.signed_varint(rotation.next_ms);
  out.sized(rotation.under_way);
}

Rotation read_rotation(base::ByteReader& in) {
  Rotation rotation;
  rotation.is_enabled = in.boolean();
  rotation.function_arn = in.sized();
  rotation.after_days = in.signed_varint();
  rotation.schedule = in.sized();
  rotation.duration = in.sized();
  rotation.rotated_ms = in.signed_varint();
  rotation.next_ms = in.signed_varint();
  rotation.under_way = in.sized();
  return rotation;
}

}  // namespace

bool Version::has_stage(std::string_view stage) const {
  return std::find(stages.begin(), stages.end(), stage) != stages.end();
}

void Version::add_stage(std::string_view stage) {
  if (has_stage(stage)) return;
  stages.emplace_back(stage);
  std::sort(stages.begin(), stages.end());
}

void Version::remove_stage(std::string_view stage) { std::erase(stages, stage); }

std::string Secret::arn() const {
  return aws::Arn{.partition = std::string(aws::partition_of(name.region)),
                  .service = "secretsmanager",
                  .region = name.region,
                  .account_id = name.account,
                  .resource = "secret:" + name.name + "-" + suffix}
      .text();
}

const Version* Secret::find_version(std::string_view id) const {
  const auto found =
      std::find_if(versions.begin(), versions.end(), [&](const Version& v) { return v.id == id; });
  return found == versions.end() ? nullptr : &*found;
}

Version* Secret::find_version(std::string_view id) {
  return const_cast<Version*>(std::as_const(*this).find_version(id));
}

Version* Secret::at_stage(std::string_view stage) {
  const auto found = std::find_if(versions.begin(), versions.end(),
                                  [&](const Version& v) { return v.has_stage(stage); });
  return found == versions.end() ? nullptr : &*found;
}

void Secret::move_stage(std::string_view stage, std::string_view version_id) {
  Version* const holder = at_stage(stage);
  if (holder != nullptr && holder->id == version_id) return;
  if (holder != nullptr) {
    holder->remove_stage(stage);
    if (stage == kCurrent) {
      // API PutSecretValue: "If this operation moves the staging label AWSCURRENT from another
      // version to this version, then Secrets Manager also automatically moves the staging label
      // AWSPREVIOUS to the version that AWSCURRENT was removed from." NOTE AWSPENDING goes
      // (recorded).
      holder->remove_stage(kPending);
      move_stage(kPrevious, holder->id);
    }
  }
  if (Version* version = find_version(version_id)) {
    if (stage == kCurrent) version->remove_stage(kPrevious);
    version->add_stage(stage);
  }
}

std::vector<std::string> Secret::prune() {
  std::vector<std::string> gone;
  for (auto version = versions.begin();
       version != versions.end() && versions.size() > kVersionsMax;) {
    if (version->stages.empty()) {
      gone.push_back(version->id);
      version = versions.erase(version);
    } else {
      ++version;
    }
  }
  return gone;
}

std::string write_secret(const Secret& secret) {
  std::string record;
  base::ByteWriter out(record);
  out.byte(kRecordVersion);
  for (const std::string* text : {&secret.suffix, &secret.description, &secret.kms_key})
    out.sized(*text);
  for (const int64_t time : {secret.created_ms, secret.changed_ms, secret.accessed_ms,
                             secret.deleted_ms, secret.gone_ms})
    out.signed_varint(time);
  out.boolean(secret.was_tagged);
  out.varint(secret.tags.size());
  for (const auto& [key, value] : secret.tags) {
    out.sized(key);
    out.sized(value);
  }
  out.sized(secret.policy);
  out.sized(secret.owning_service);
  write(out, secret.rotation);
  out.varint(secret.versions.size());
  for (const Version& version : secret.versions) write(out, version);
  out.varint(secret.replicas.size());
  for (const Replica& replica : secret.replicas) {
    out.sized(replica.region);
    out.sized(replica.kms_key);
  }
  out.sized(secret.primary_region);
  return record;
}

base::Result<Secret> read_secret(SecretName name, std::string_view record) {
  base::ByteReader in(record);
  Secret secret;
  secret.name = std::move(name);
  if (in.byte() != kRecordVersion) in.fail();
  for (std::string* text : {&secret.suffix, &secret.description, &secret.kms_key})
    *text = in.sized();
  for (int64_t* time : {&secret.created_ms, &secret.changed_ms, &secret.accessed_ms,
                        &secret.deleted_ms, &secret.gone_ms})
    *time = in.signed_varint();
  secret.was_tagged = in.boolean();
  for (size_t left = in.count(); left > 0; --left) {
    std::string key(in.sized());
    secret.tags.emplace_back(std::move(key), in.sized());
  }
  secret.policy = in.sized();
  secret.owning_service = in.sized();
  secret.rotation = read_rotation(in);
  for (size_t left = in.count(); left > 0; --left) secret.versions.push_back(read_version(in));
  for (size_t left = in.count(); left > 0; --left) {
    Replica replica;
    replica.region = in.sized();
    replica.kms_key = in.sized();
    secret.replicas.push_back(std::move(replica));
  }
  secret.primary_region = in.sized();
  if (!in.ok() || !in.at_end()) return base::malformed_record("secret");
  return secret;
}

}  // namespace pawl::secretsmanager
