// SPDX-License-Identifier: Apache-2.0
#include "services/ssm/parameter.h"

#include "aws/arn.h"
#include "base/wire.h"

namespace pawl::ssm {
namespace {

constexpr uint8_t kVersionVersion = 1;
constexpr uint8_t kParameterVersion = 1;

}  // namespace

std::string Parameter::arn() const {
  const std::string slash = name.starts_with('/') ? "" : "/";
  return aws::Arn{.partition = std::string(aws::partition_of(scope.region)),
                  .service = "ssm",
                  .region = scope.region,
                  .account_id = scope.account,
                  .resource = "parameter" + slash + name}
      .text();
}

std::vector<std::string> Parameter::labels_of(int64_t version) const {
  std::vector<std::string> those;
  for (const auto& [label, number] : labels)
    if (number == version) those.push_back(label);
  return those;
}

std::string write_version(const Version& version) {
  std::string record;
  base::ByteWriter out(record);
  out.byte(kVersionVersion);
  for (const std::string* text :
       {&version.type, &version.value, &version.key_id, &version.user_arn, &version.description,
        &version.allowed_pattern, &version.tier, &version.policies, &version.data_type})
    out.sized(*text);
  out.signed_varint(version.modified_ms);
  return record;
}

base::Result<Version> read_version(int64_t number, std::string_view record) {
  base::ByteReader in(record);
  Version version;
  version.number = number;
  if (in.byte() != kVersionVersion) in.fail();
  for (std::string* text :
       {&version.type, &version.value, &version.key_id, &version.user_arn, &version.description,
        &version.allowed_pattern, &version.tier, &version.policies, &version.data_type})
    *text = in.sized();
  version.modified_ms = in.signed_varint();
  if (!in.ok() || !in.at_end()) return base::malformed_record("version of a parameter");
  return version;
}

std::string write_parameter(const Parameter& parameter) {
  std::string record;
  base::ByteWriter out(record);
  out.byte(kParameterVersion);
  out.signed_varint(parameter.newest);
  out.signed_varint(parameter.oldest);
  out.varint(parameter.labels.size());
  for (const auto& [label, number] : parameter.labels) {
    out.sized(label);
    out.signed_varint(number);
  }
  out.varint(parameter.tags.size());
  for (const auto& [key, value] : parameter.tags) {
    out.sized(key);
    out.sized(value);
  }
  return record;
}

base::Result<Parameter> read_parameter(Scope scope, std::string name, std::string_view record) {
  base::ByteReader in(record);
  Parameter parameter;
  parameter.scope = std::move(scope);
  parameter.name = std::move(name);
  if (in.byte() != kParameterVersion) in.fail();
  parameter.newest = in.signed_varint();
  parameter.oldest = in.signed_varint();
  for (size_t left = in.count(); left > 0; --left) {
    std::string label(in.sized());
    parameter.labels[std::move(label)] = in.signed_varint();
  }
  for (size_t left = in.count(); left > 0; --left) {
    std::string key(in.sized());
    parameter.tags.emplace_back(std::move(key), in.sized());
  }
  if (!in.ok() || !in.at_end()) return base::malformed_record("parameter");
  return parameter;
}

}  // namespace pawl::ssm
