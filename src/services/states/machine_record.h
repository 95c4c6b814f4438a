// SPDX-License-Identifier: Apache-2.0
// What the store keeps of machines, versions, aliases, revisions and activities, and its form as
// JSON text (docs/formats/state-machines.md). Keys are machine_store.cc's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "asl/program.h"
#include "base/error.h"
#include "base/time.h"
#include "json/value.h"

namespace pawl::states {

enum class MachineStatus : uint8_t { Active, Deleting };

/// "STANDARD", "EXPRESS".
std::string_view type_name(asl::StateMachineType type);
/// STANDARD for everything but "EXPRESS".
asl::StateMachineType type_named(std::string_view name);
/// "ACTIVE", "DELETING".
std::string_view status_name(MachineStatus status);

// In all records: `to_text` gives the stored form, `from_text` reads it. Errors of from_text:
// InvalidJson, Unsupported for a format that a newer Pawl wrote.

struct MachineRecord {
  base::Timestamp creation_date;
  asl::StateMachineType type = asl::StateMachineType::Standard;
  MachineStatus status = MachineStatus::Active;
  uint64_t revision = 0;
  uint64_t next_version = 1;     ///< numbers are not given twice, also not after a delete
  uint64_t current_version = 0;  ///< published from `revision`; 0 if none is or it was deleted
  /// What CreateStateMachine was called with, for its idempotency.
  bool created_with_publish = false;
  std::string created_with_description;
  json::Value tags = json::Value::array();

  std::string to_text() const;
  static base::Result<MachineRecord> from_text(std::string_view text);
};

struct VersionRecord {
  uint64_t revision = 0;
  base::Timestamp creation_date;
  std::string description;  ///< "" if none was given

  std::string to_text() const;
  static base::Result<VersionRecord> from_text(std::string_view text);
};

struct AliasRoute {
  uint64_t version = 0;
  int64_t weight = 0;  ///< 0 to 100; those of an alias make 100 together

  friend bool operator==(const AliasRoute&, const AliasRoute&) = default;
};

struct AliasRecord {
  base::Timestamp creation_date;
  base::Timestamp update_date;
  std::optional<std::string> description;
  std::vector<AliasRoute> routes;  ///< one or two

  bool refers_to(uint64_t version) const;
  std::string to_text() const;
  static base::Result<AliasRecord> from_text(std::string_view text);
};

struct RevisionRecord {
  std::string revision_id;
  std::string state_machine_arn;
  std::string name;
  asl::StateMachineType type = asl::StateMachineType::Standard;
  std::string role_arn;
  std::string definition;
  json::Value logging;
  json::Value tracing;
  json::Value encryption;
  base::Timestamp update_date;

  /// True if a machine with the one is a machine with the other, whenever that was.
  bool same_content(const RevisionRecord& other) const;
  std::string to_text() const;
  static base::Result<RevisionRecord> from_text(std::string_view text);
};

struct ActivityRecord {
  base::Timestamp creation_date;
  json::Value encryption;
  json::Value tags = json::Value::array();

  std::string to_text() const;
  static base::Result<ActivityRecord> from_text(std::string_view text);
};

}  // namespace pawl::states
