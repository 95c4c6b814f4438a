// SPDX-License-Identifier: Apache-2.0
// What a secret is: its metadata, its versions and their labels, and how both stand in the store.
// Values of versions are no part of it (secret_store.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace pawl::secretsmanager {

inline constexpr std::string_view kCurrent = "AWSCURRENT";
inline constexpr std::string_view kPrevious = "AWSPREVIOUS";
inline constexpr std::string_view kPending = "AWSPENDING";

/// By which a secret is found. Another account's or region's secret of that name is another one.
struct SecretName {
  std::string account;
  std::string region;
  std::string name;

  friend bool operator==(const SecretName&, const SecretName&) = default;
};

struct Version {
  std::string id;
  int64_t created_ms = 0;
  int64_t accessed_ms = 0;          ///< 0: never; a day's beginning
  std::vector<std::string> stages;  ///< sorted
  bool has_value = true;            ///< false: a rotation has not put one yet
  std::string kms_key = {};         ///< "" for the account's own key

  bool has_stage(std::string_view stage) const;
  void add_stage(std::string_view stage);
  void remove_stage(std::string_view stage);
};

/// RotateSecret's settings and how far a rotation is.
struct Rotation {
  bool is_enabled = false;
  std::string function_arn;
  int64_t after_days = 0;  ///< 0: `schedule` says when
  std::string schedule;    ///< "rate(10 days)", "cron(…)"; ""
  std::string duration;    ///< "3h"; ""
  int64_t rotated_ms = 0;  ///< 0: never
  int64_t next_ms = 0;     ///< 0: none
  std::string under_way;   ///< the version that a rotation makes now; ""
};

struct Replica {
  std::string region;
  std::string kms_key;
};

using Tags = std::vector<std::pair<std::string, std::string>>;

struct Secret {
  SecretName name;
  std::string suffix;  ///< six random characters that end its ARN
  std::string description;
  std::string kms_key;  ///< as it was given; "": the account's own key
  int64_t created_ms = 0;
  int64_t changed_ms = 0;
  int64_t accessed_ms = 0;  ///< 0: never; a day's beginning
  int64_t deleted_ms = 0;   ///< when its deletion was asked for; 0: it was not
  int64_t gone_ms = 0;      ///< when it goes for good, if it was
  bool was_tagged = false;  ///< then no tags are an empty list
  Tags tags;
  std::string policy;
  std::string owning_service;  ///< "events" for a secret that EventBridge made; ""
  Rotation rotation;
  std::vector<Version> versions;  ///< in the order in which they were made
  std::vector<Replica> replicas;  ///< in other regions, of which this is the original
  std::string primary_region;     ///< of which this is a replica; "": it is none

  std::string arn() const;
  Version* find_version(std::string_view id);
  const Version* find_version(std::string_view id) const;
  /// The one that has the label; null if none has.
  Version* at_stage(std::string_view stage);

  /// Attaches the label to the version and takes it from any other. AWSCURRENT leaves AWSPREVIOUS
  /// where it was, and AWSPENDING does not stay there.
  void move_stage(std::string_view stage, std::string_view version_id);
  /// Forgets the oldest versions without labels beyond 100 and gives their ids.
  std::vector<std::string> prune();
};

std::string write_secret(const Secret& secret);
/// Errors: InvalidSyntax.
base::Result<Secret> read_secret(SecretName name, std::string_view record);

}  // namespace pawl::secretsmanager
