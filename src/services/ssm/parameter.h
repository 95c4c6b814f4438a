// SPDX-License-Identifier: Apache-2.0
// What a parameter is: one version of it, its labels and tags, and how these stand in the store.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace pawl::ssm {

struct Scope {
  std::string account;
  std::string region;
};

inline constexpr size_t kVersionsMax = 100;
inline constexpr size_t kLabelsMax = 10;  ///< of a version

/// One version. The value of a SecureString is an Envelope (secure_string.h).
struct Version {
  int64_t number = 0;
  std::string type;  ///< "String", "StringList", "SecureString"
  std::string value;
  std::string key_id = {};  ///< of a SecureString, as it was given
  int64_t modified_ms = 0;
  std::string user_arn = {};
  std::string description = {};
  std::string allowed_pattern = {};
  std::string tier = {};       ///< "Standard" or "Advanced"
  std::string policies = {};   ///< JSON text; ""
  std::string data_type = {};  ///< "text"
};

using Tags = std::vector<std::pair<std::string, std::string>>;

/// What a parameter's versions have in common.
struct Parameter {
  Scope scope;
  std::string name = {};
  int64_t newest = 0;  ///< number of a version
  int64_t oldest = 0;
  std::map<std::string, int64_t> labels = {};  ///< label -> version
  Tags tags = {};

  std::string arn() const;
  std::vector<std::string> labels_of(int64_t version) const;
};

std::string write_version(const Version& version);
/// Errors of both: InvalidSyntax.
base::Result<Version> read_version(int64_t number, std::string_view record);
std::string write_parameter(const Parameter& parameter);
base::Result<Parameter> read_parameter(Scope scope, std::string name, std::string_view record);

}  // namespace pawl::ssm
