// SPDX-License-Identifier: Apache-2.0
// What drift detection has found, as it is stored. Described in docs/formats/cloudformation.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "services/cloudformation/state/stack_store.h"

namespace pawl::cloudformation {

/// Of one resource, the last time it was looked at.
struct DriftRecord {
  std::string logical_id = {};
  std::string physical_id = {};
  std::string type = {};
  std::string status = {};       ///< "IN_SYNC", "MODIFIED", "DELETED"
  std::string expected = {};     ///< JSON; "" if the resource is deleted, as `actual`
  std::string actual = {};       ///< JSON
  std::string differences = {};  ///< JSON, the API's PropertyDifferences
  int64_t time_ms = 0;

  template <typename Fields>
  void visit_fields(Fields& fields) {
    fields("LogicalId", logical_id);
    fields("PhysicalId", physical_id);
    fields("Type", type);
    fields("Status", status);
    fields("Expected", expected);
    fields("Actual", actual);
    fields("Differences", differences);
    fields("Time", time_ms);
  }
};

/// One DetectStackDrift, which is over when it is kept.
struct DriftDetectionRecord {
  std::string id = {};
  std::string stack_id = {};
  std::string drift_status = {};
  std::string reason = {};  ///< why it failed; ""
  int64_t drifted = 0;
  int64_t time_ms = 0;

  template <typename Fields>
  void visit_fields(Fields& fields) {
    fields("Id", id);
    fields("StackId", stack_id);
    fields("DriftStatus", drift_status);
    fields("Reason", reason);
    fields("Drifted", drifted);
    fields("Time", time_ms);
  }
};

aws::ApiResult<std::vector<DriftRecord>> drifts(const StackStore& store, const StackKey& key);
/// nullopt: it has not been looked at.
aws::ApiResult<std::optional<DriftRecord>> drift_of(const StackStore& store, const StackKey& key,
                                                    const std::string& logical_id);
void put_drift(const StackStore& store, store::Batch& batch, const StackKey& key,
               const DriftRecord& record);
void erase_drifts(const StackStore& store, store::Batch& batch, const StackKey& key);
aws::ApiResult<std::optional<DriftDetectionRecord>> drift_detection(const StackStore& store,
                                                                    const records::Owner& owner,
                                                                    const std::string& id);
void put_drift_detection(const StackStore& store, store::Batch& batch, const records::Owner& owner,
                         const DriftDetectionRecord& record);

}  // namespace pawl::cloudformation
