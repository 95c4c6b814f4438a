// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/state/drift_records.h"

#include "aws/service/input_members.h"

namespace pawl::cloudformation {
namespace {

using aws::from_store;

constexpr std::string_view kDrift = "drift";
constexpr std::string_view kDetection = "drift-detection";

template <typename Record>
aws::ApiResult<std::optional<Record>> find(const StackStore& store, const records::Owner& owner,
                                           std::string_view kind, const std::string& name) {
  const auto value = PAWL_TRY(from_store(store.table().get(owner, kind, name)));
  if (!value) return std::optional<Record>();
  return std::optional<Record>(FieldReader::read_record<Record>(*value));
}

}  // namespace

aws::ApiResult<std::vector<DriftRecord>> drifts(const StackStore& store, const StackKey& key) {
  std::vector<DriftRecord> found;
  const auto values =
      PAWL_TRY(from_store(store.table().list(key.owner, kDrift, key.uuid + "/", {}, SIZE_MAX)));
  for (const auto& each : values) {
    found.push_back(FieldReader::read_record<DriftRecord>(each.value));
  }
  return found;
}

aws::ApiResult<std::optional<DriftRecord>> drift_of(const StackStore& store, const StackKey& key,
                                                    const std::string& logical_id) {
  return find<DriftRecord>(store, key.owner, kDrift, key.uuid + "/" + logical_id);
}

void put_drift(const StackStore& store, store::Batch& batch, const StackKey& key,
               const DriftRecord& record) {
  store.table().put(batch, key.owner, kDrift, key.uuid + "/" + record.logical_id,
                    FieldWriter::write_record(record));
}

void erase_drifts(const StackStore& store, store::Batch& batch, const StackKey& key) {
  store.table().erase_all(batch, key.owner, kDrift, key.uuid + "/");
}

aws::ApiResult<std::optional<DriftDetectionRecord>> drift_detection(const StackStore& store,
                                                                    const records::Owner& owner,
                                                                    const std::string& id) {
  return find<DriftDetectionRecord>(store, owner, kDetection, id);
}

void put_drift_detection(const StackStore& store, store::Batch& batch, const records::Owner& owner,
                         const DriftDetectionRecord& record) {
  store.table().put(batch, owner, kDetection, record.id, FieldWriter::write_record(record));
}

}  // namespace pawl::cloudformation
