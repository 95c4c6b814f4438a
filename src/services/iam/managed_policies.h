// SPDX-License-Identifier: Apache-2.0
// The policies that AWS manages ("arn:aws:iam::aws:policy/…"; AWS Managed Policy Reference Guide),
// each in its newest version. Made by tools/iam_managed_policies.py.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pawl::iam {

struct ManagedPolicy {
  std::string name;
  std::string path;  ///< "/", "/service-role/", "/aws-service-role/", "/job-function/"
  std::string version;
  int64_t created_seconds = 0;
  int64_t updated_seconds = 0;
  size_t block = 0;

  std::string arn() const { return "arn:aws:iam::aws:policy" + path + name; }
  std::string id() const;  ///< ours: AWS's ids of these policies are not in the data
};

/// The packed data (tools/iam_managed_policies.py says how).
std::string_view managed_policies_bytes();

/// Unpacks its index when it is first asked, and a document whenever it is. Thread-safe.
class ManagedPolicies {
 public:
  /// nullptr if there is none of that ARN. Lives as long as this.
  const ManagedPolicy* find(std::string_view arn);
  /// By name.
  const std::vector<ManagedPolicy>& list();
  std::string document(const ManagedPolicy& policy);

 private:
  void open();

  std::once_flag opened_;
  std::vector<ManagedPolicy> policies_;
  std::vector<std::string_view> blocks_;
};

}  // namespace pawl::iam
