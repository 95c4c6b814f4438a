// SPDX-License-Identifier: Apache-2.0
#include "services/iam/managed_policies.h"

#include <algorithm>

#include "aws/model/gunzip.h"
#include "base/assert.h"
#include "json/parse.h"
#include "services/iam/identifiers.h"

namespace pawl::iam {
namespace {

constexpr std::string_view kArnBegin = "arn:aws:iam::aws:policy/";
constexpr size_t kBytesMax = size_t{16} << 20;

json::Value unpacked(std::string_view packed) {
  const auto text = aws::gunzip(packed, kBytesMax);
  PAWL_ASSERT(text);  // our own bytes
  auto value = json::parse(*text);
  PAWL_ASSERT(value);
  return *std::move(value);
}

int64_t integer(const json::Value& value) {
  int64_t number = 0;
  PAWL_ASSERT(value.to_int64(number));
  return number;
}

}  // namespace

std::string ManagedPolicy::id() const { return derived_id("ANPA", arn()); }

void ManagedPolicies::open() {
  std::string_view bytes = managed_policies_bytes();
  size_t index_bytes = 0;
  for (size_t i = 0; i < 4; ++i)
    index_bytes |= static_cast<size_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  const json::Value index = unpacked(bytes.substr(4, index_bytes));
  bytes.remove_prefix(4 + index_bytes);
  for (const json::Value& size : index.find("blocks")->items()) {
    blocks_.push_back(bytes.substr(0, static_cast<size_t>(integer(size))));
    bytes.remove_prefix(blocks_.back().size());
  }
  for (const json::Value& each : index.find("policies")->items()) {
    const auto parts = each.items();
    policies_.push_back({.name = std::string(parts[0].as_string()),
                         .path = std::string(parts[1].as_string()),
                         .version = std::string(parts[2].as_string()),
                         .created_seconds = integer(parts[3]),
                         .updated_seconds = integer(parts[4]),
                         .block = static_cast<size_t>(integer(parts[5]))});
  }
}

const std::vector<ManagedPolicy>& ManagedPolicies::list() {
  std::call_once(opened_, [this] { open(); });
  return policies_;
}

const ManagedPolicy* ManagedPolicies::find(std::string_view arn) {
  if (!arn.starts_with(kArnBegin)) return nullptr;
  const std::string_view name = arn.substr(arn.rfind('/') + 1);
  const std::vector<ManagedPolicy>& policies = list();
  const auto found =
      std::lower_bound(policies.begin(), policies.end(), name,
                       [](const ManagedPolicy& a, std::string_view b) { return a.name < b; });
  return found != policies.end() && found->name == name && found->arn() == arn ? &*found : nullptr;
}

std::string ManagedPolicies::document(const ManagedPolicy& policy) {
  list();
  const json::Value block = unpacked(blocks_[policy.block]);
  return std::string(block.find(policy.name)->as_string());
}

}  // namespace pawl::iam
