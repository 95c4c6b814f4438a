// SPDX-License-Identifier: Apache-2.0
#include "services/kms/key.h"

#include <algorithm>
#include <array>

#include "aws/arn.h"
#include "base/wire.h"

namespace pawl::kms {
namespace {

constexpr uint8_t kKeyVersion = 1;
constexpr uint8_t kAliasVersion = 1;
constexpr uint8_t kGrantVersion = 1;

void write(base::ByteWriter& out, const Material& material) {
  out.sized(material.id);
  out.sized(material.sealed);
  out.signed_varint(material.created_ms);
  out.byte(static_cast<uint8_t>(material.origin));
  out.signed_varint(material.expires_ms);
  out.sized(material.description);
}

Material read_material(base::ByteReader& in) {
  Material material;
  material.id = in.sized();
  material.sealed = in.sized();
  material.created_ms = in.signed_varint();
  material.origin = static_cast<MaterialOrigin>(in.at_most(in.byte(), 2));
  material.expires_ms = in.signed_varint();
  material.description = in.sized();
  return material;
}

void write_texts(base::ByteWriter& out, const std::vector<std::string>& texts) {
  out.varint(texts.size());
  for (const std::string& text : texts) out.sized(text);
}

std::vector<std::string> read_texts(base::ByteReader& in) {
  std::vector<std::string> texts;
  for (size_t left = in.count(); left > 0; --left) texts.emplace_back(in.sized());
  return texts;
}

}  // namespace

std::string KeyName::arn() const {
  return aws::Arn{.partition = std::string(aws::partition_of(region)),
                  .service = "kms",
                  .region = region,
                  .account_id = account,
                  .resource = "key/" + id}
      .text();
}

std::string_view state_name(KeyState state) {
  static constexpr std::array<std::string_view, 4> kNames = {"Enabled", "Disabled",
                                                             "PendingDeletion", "PendingImport"};
  return kNames[static_cast<size_t>(state)];
}

const Material* Key::find_material(std::string_view id) const {
  const auto found = std::find_if(materials.begin(), materials.end(),
                                  [&](const Material& each) { return each.id == id; });
  return found == materials.end() ? nullptr : &*found;
}

std::string write_key(const Key& key) {
  std::string record;
  base::ByteWriter out(record);
  out.byte(kKeyVersion);
  for (const std::string* text :
       {&key.description, &key.spec, &key.usage, &key.origin, &key.aws_service, &key.policy,
        &key.primary_region, &key.public_der})
    out.sized(*text);
  out.byte(static_cast<uint8_t>(key.state));
  for (const int64_t number :
       {key.created_ms, key.deleted_ms, key.rotation_days, key.next_rotation_ms})
    out.signed_varint(number);
  out.boolean(key.is_multi_region);
  out.boolean(key.rotates);
  out.varint(key.tags.size());
  for (const auto& [name, value] : key.tags) {
    out.sized(name);
    out.sized(value);
  }
  write_texts(out, key.replica_regions);
  out.varint(key.materials.size());
  for (const Material& material : key.materials) write(out, material);
  out.varint(key.pending.size());
  for (const Material& material : key.pending) write(out, material);
  return record;
}

base::Result<Key> read_key(KeyName name, std::string_view record) {
  base::ByteReader in(record);
  Key key;
  key.name = std::move(name);
  if (in.byte() != kKeyVersion) in.fail();
  for (std::string* text : {&key.description, &key.spec, &key.usage, &key.origin, &key.aws_service,
                            &key.policy, &key.primary_region, &key.public_der})
    *text = in.sized();
  key.state = static_cast<KeyState>(in.at_most(in.byte(), 3));
  for (int64_t* number :
       {&key.created_ms, &key.deleted_ms, &key.rotation_days, &key.next_rotation_ms})
    *number = in.signed_varint();
  key.is_multi_region = in.boolean();
  key.rotates = in.boolean();
  for (size_t left = in.count(); left > 0; --left) {
    std::string tag(in.sized());
    key.tags.emplace_back(std::move(tag), in.sized());
  }
  key.replica_regions = read_texts(in);
  for (size_t left = in.count(); left > 0; --left) key.materials.push_back(read_material(in));
  for (size_t left = in.count(); left > 0; --left) key.pending.push_back(read_material(in));
  if (!in.ok() || !in.at_end()) return base::malformed_record("KMS key");
  return key;
}

std::string write_alias(const Alias& alias) {
  std::string record;
  base::ByteWriter out(record);
  out.byte(kAliasVersion);
  out.sized(alias.key_id);
  out.signed_varint(alias.created_ms);
  out.signed_varint(alias.updated_ms);
  return record;
}

base::Result<Alias> read_alias(std::string name, std::string_view record) {
  base::ByteReader in(record);
  Alias alias;
  alias.name = std::move(name);
  if (in.byte() != kAliasVersion) in.fail();
  alias.key_id = in.sized();
  alias.created_ms = in.signed_varint();
  alias.updated_ms = in.signed_varint();
  if (!in.ok() || !in.at_end()) return base::malformed_record("KMS alias");
  return alias;
}

std::string write_grant(const Grant& grant) {
  std::string record;
  base::ByteWriter out(record);
  out.byte(kGrantVersion);
  for (const std::string* text : {&grant.token, &grant.name, &grant.grantee, &grant.retiring,
                                  &grant.issuer, &grant.constraints})
    out.sized(*text);
  write_texts(out, grant.operations);
  out.signed_varint(grant.created_ms);
  return record;
}

base::Result<Grant> read_grant(std::string id, std::string_view record) {
  base::ByteReader in(record);
  Grant grant;
  grant.id = std::move(id);
  if (in.byte() != kGrantVersion) in.fail();
  for (std::string* text : {&grant.token, &grant.name, &grant.grantee, &grant.retiring,
                            &grant.issuer, &grant.constraints})
    *text = in.sized();
  grant.operations = read_texts(in);
  grant.created_ms = in.signed_varint();
  if (!in.ok() || !in.at_end()) return base::malformed_record("KMS grant");
  return grant;
}

}  // namespace pawl::kms
