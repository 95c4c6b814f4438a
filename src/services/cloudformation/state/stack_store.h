// SPDX-License-Identifier: Apache-2.0
// StackStore: the records of stacks (records.h) in the store. Not what they mean: see operations/.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "records/record_table.h"
#include "services/cloudformation/state/records.h"
#include "store/store.h"

namespace pawl::cloudformation {

/// Thread-safe; who reads a record, changes and writes it holds mutex(). Writes are visible at once
/// and on disk with the next sync. Errors: InternalFailure of the store.
class StackStore {
 public:
  template <typename T>
  using Result = aws::ApiResult<T>;

  static base::Result<std::unique_ptr<StackStore>> open(store::Store& store);

  std::mutex& mutex() { return mutex_; }
  /// One commit at the end of a change.
  Result<void> commit(const store::Batch& batch) const;

  // Stacks.
  Result<std::optional<StackRecord>> stack(const StackKey& key) const;
  /// The UUID of the stack that has the name now.
  Result<std::optional<std::string>> uuid_of(const records::Owner& owner,
                                             const std::string& name) const;
  Result<std::vector<StackRecord>> stacks(const records::Owner& owner) const;
  void put_stack(store::Batch& batch, const StackKey& key, const StackRecord& stack) const;
  void take_name(store::Batch& batch, const StackKey& key, const std::string& name) const;
  void free_name(store::Batch& batch, const StackKey& key, const std::string& name) const;
  /// Everything that is kept of it.
  void erase_stack(store::Batch& batch, const StackKey& key) const;

  // Templates: as given, and JSON after all transforms.
  struct TemplateTexts {
    std::string original = {};
    std::string processed = {};
  };
  Result<TemplateTexts> template_texts(const StackKey& key, int64_t number) const;
  void put_template(store::Batch& batch, const StackKey& key, int64_t number,
                    const TemplateTexts& texts) const;

  // Resources, by logical id.
  Result<std::vector<ResourceRecord>> resources(const StackKey& key) const;
  Result<std::optional<ResourceRecord>> resource(const StackKey& key,
                                                 const std::string& logical_id) const;
  void put_resource(store::Batch& batch, const StackKey& key, const ResourceRecord& resource) const;
  void erase_resource(store::Batch& batch, const StackKey& key,
                      const std::string& logical_id) const;

  struct NamedLeftover {
    std::string name;
    LeftoverRecord record;
  };
  Result<std::vector<NamedLeftover>> leftovers(const StackKey& key) const;
  void put_leftover(store::Batch& batch, const StackKey& key, const std::string& name,
                    const LeftoverRecord& leftover) const;
  void erase_leftover(store::Batch& batch, const StackKey& key, const std::string& name) const;

  // Events, newest first.
  struct NamedEvent {
    std::string name;
    EventRecord record;
  };
  void add_event(store::Batch& batch, const StackKey& key, const EventRecord& event);
  Result<std::vector<NamedEvent>> events(const StackKey& key, const std::string& after,
                                         size_t max) const;

  // The operation under way.
  Result<std::optional<OperationRecord>> operation(const StackKey& key) const;
  void put_operation(store::Batch& batch, const StackKey& key,
                     const OperationRecord& operation) const;
  void erase_operation(store::Batch& batch, const StackKey& key) const;
  Result<std::vector<StackKey>> stacks_in_operation() const;

  // Change sets, by the UUID at the end of their ARN.
  Result<std::optional<ChangeSetRecord>> change_set(const StackKey& key,
                                                    const std::string& uuid) const;
  Result<std::vector<ChangeSetRecord>> change_sets(const StackKey& key) const;
  Result<std::optional<std::string>> stack_of_change_set(const records::Owner& owner,
                                                         const std::string& uuid) const;
  void put_change_set(store::Batch& batch, const StackKey& key,
                      const ChangeSetRecord& change_set) const;
  /// With all that are nested in it.
  Result<void> erase_change_set(store::Batch& batch, const StackKey& key,
                                const std::string& uuid) const;
  /// Of a change set, and of all that are nested in it.
  Result<void> put_execution_status(store::Batch& batch, const StackKey& key,
                                    ChangeSetRecord change_set, const std::string& status) const;
  Result<TemplateTexts> change_set_template(const StackKey& key, const std::string& uuid) const;
  void put_change_set_template(store::Batch& batch, const StackKey& key, const std::string& uuid,
                               const TemplateTexts& texts) const;
  /// Those that were being computed when the process ended.
  Result<std::vector<std::pair<StackKey, std::string>>> pending_change_sets() const;

  // Answers of other services to steps under way (answer_log.h).
  Result<std::string> answer(const std::string& answer_key) const;  ///< "": there is none
  void erase_answers(store::Batch& batch, const StackKey& key) const;

  // Exports, by name, and who imports them.
  struct ExportRecord {
    std::string name = {};
    std::string value = {};
    std::string stack_uuid = {};
    std::string stack_id = {};

    template <typename Fields>
    void visit_fields(Fields& fields) {
      fields("Name", name);
      fields("Value", value);
      fields("StackUuid", stack_uuid);
      fields("StackId", stack_id);
    }
  };
  Result<std::optional<ExportRecord>> find_export(const records::Owner& owner,
                                                  const std::string& name) const;
  Result<std::vector<ExportRecord>> exports(const records::Owner& owner, const std::string& after,
                                            size_t max) const;
  void put_export(store::Batch& batch, const records::Owner& owner,
                  const ExportRecord& record) const;
  void erase_export(store::Batch& batch, const records::Owner& owner,
                    const std::string& name) const;
  /// Names of the stacks that use it.
  Result<std::vector<std::string>> importers(const records::Owner& owner,
                                             const std::string& export_name) const;
  void add_import(store::Batch& batch, const StackKey& key, const std::string& stack_name,
                  const std::string& export_name) const;
  Result<void> drop_imports(store::Batch& batch, const StackKey& key, const std::string& stack_name,
                            const std::vector<std::string>& kept) const;

  /// For records of other kinds: stack sets, answers of custom resources, macros.
  const records::RecordTable& table() const { return table_; }

 private:
  StackStore(records::RecordTable table, store::Store& store, store::Keyspace answers)
      : table_(table), store_(store), answers_(answers) {}

  const records::RecordTable table_;
  store::Store& store_;
  const store::Keyspace answers_;
  std::mutex mutex_;
  uint64_t last_event_ = 0;  ///< guarded by mutex_
};

}  // namespace pawl::cloudformation
