// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/state/stack_store.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "aws/service/input_members.h"
#include "services/cloudformation/state/answer_log.h"

namespace pawl::cloudformation {
namespace {

using aws::from_store;
using records::Owner;

constexpr std::string_view kStack = "stack";
constexpr std::string_view kName = "name";
constexpr std::string_view kTemplate = "template";
constexpr std::string_view kResource = "resource";
constexpr std::string_view kLeftover = "leftover";
constexpr std::string_view kEvent = "event";
constexpr std::string_view kOperation = "operation";
constexpr std::string_view kChangeSet = "change-set";
constexpr std::string_view kChangeSetName = "change-set-stack";
constexpr std::string_view kChangeSetTemplate = "change-set-template";
constexpr std::string_view kExport = "export";
constexpr std::string_view kImport = "import";
constexpr std::string_view kImportedBy = "imported-by";

/// Of no name and no id.
constexpr char kSeparator = '\n';

std::string below(const StackKey& key, std::string_view name = {}) {
  return key.uuid + '/' + std::string(name);
}

/// Sixteen hexadecimal digits, smaller for what is larger: newest first.
std::string descending(uint64_t number) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text(16, '0');
  number = ~number;
  for (size_t i = text.size(); i-- > 0; number >>= 4) text[i] = kDigits[number & 15];
  return text;
}

/// What descending() was made of.
uint64_t ascending(const std::string& text) { return ~std::strtoull(text.c_str(), nullptr, 16); }

json::Value text_object(std::string_view name, const std::string& text) {
  return std::move(json::ObjectBuilder().set(name, json::Value(text))).build();
}

template <typename Record>
json::Value written(const Record& record) {
  return FieldWriter::write_record(record);
}

template <typename Record>
aws::ApiResult<std::optional<Record>> find(const records::RecordTable& table, const Owner& owner,
                                           std::string_view kind, const std::string& name) {
  const auto value = PAWL_TRY(from_store(table.get(owner, kind, name)));
  if (!value) return std::optional<Record>();
  return std::optional<Record>(FieldReader::read_record<Record>(*value));
}

template <typename Record>
aws::ApiResult<std::vector<Record>> list(const records::RecordTable& table, const Owner& owner,
                                         std::string_view kind, const std::string& prefix,
                                         const std::string& after = {}, size_t max = SIZE_MAX) {
  std::vector<Record> found;
  for (const auto& each : PAWL_TRY(from_store(table.list(owner, kind, prefix, after, max)))) {
    found.push_back(FieldReader::read_record<Record>(each.value));
  }
  return found;
}

}  // namespace

base::Result<std::unique_ptr<StackStore>> StackStore::open(store::Store& store) {
  return std::unique_ptr<StackStore>(
      new StackStore(PAWL_TRY(records::RecordTable::open(store, "cloudformation/records")), store,
                     PAWL_TRY(store.keyspace(kAnswersOfStacks, store::Shape::Queue))));
}

StackStore::Result<std::string> StackStore::answer(const std::string& answer_key) const {
  return PAWL_TRY(from_store(store_.get(answers_, answer_key))).value_or("");
}

void StackStore::erase_answers(store::Batch& batch, const StackKey& key) const {
  batch.erase_range(answers_, store::Range::prefix(answers_of(key.uuid)));
}

StackStore::Result<void> StackStore::commit(const store::Batch& batch) const {
  return from_store(table_.commit(batch));
}

StackStore::Result<std::optional<StackRecord>> StackStore::stack(const StackKey& key) const {
  return find<StackRecord>(table_, key.owner, kStack, key.uuid);
}

StackStore::Result<std::optional<std::string>> StackStore::uuid_of(const Owner& owner,
                                                                   const std::string& name) const {
  const auto value = PAWL_TRY(from_store(table_.get(owner, kName, name)));
  if (!value) return std::optional<std::string>();
  return json::find_text(*value, "Uuid");
}

StackStore::Result<std::vector<StackRecord>> StackStore::stacks(const Owner& owner) const {
  auto found = PAWL_TRY(list<StackRecord>(table_, owner, kStack, ""));
  std::sort(found.begin(), found.end(), [](const StackRecord& a, const StackRecord& b) {
    return std::pair(-a.created_ms, std::string_view(a.uuid)) <
           std::pair(-b.created_ms, std::string_view(b.uuid));
  });
  return found;
}

void StackStore::put_stack(store::Batch& batch, const StackKey& key,
                           const StackRecord& stack) const {
  table_.put(batch, key.owner, kStack, key.uuid, written(stack));
}

void StackStore::take_name(store::Batch& batch, const StackKey& key,
                           const std::string& name) const {
  table_.put(batch, key.owner, kName, name, text_object("Uuid", key.uuid));
}

void StackStore::free_name(store::Batch& batch, const StackKey& key,
                           const std::string& name) const {
  table_.erase(batch, key.owner, kName, name);
}

void StackStore::erase_stack(store::Batch& batch, const StackKey& key) const {
  static constexpr std::array kKinds = {kTemplate, kResource,  kLeftover,
                                        kEvent,    kChangeSet, kChangeSetTemplate};
  for (const std::string_view kind : kKinds) {
    table_.erase_all(batch, key.owner, kind, below(key));
  }
  table_.erase(batch, key.owner, kOperation, key.uuid);
  table_.erase(batch, key.owner, kStack, key.uuid);
}

StackStore::Result<StackStore::TemplateTexts> StackStore::template_texts(const StackKey& key,
                                                                         int64_t number) const {
  const auto value =
      PAWL_TRY(from_store(table_.get(key.owner, kTemplate, below(key, std::to_string(number)))));
  if (!value) return TemplateTexts{};
  return TemplateTexts{json::text_member(*value, "Original"),
                       json::text_member(*value, "Processed")};
}

void StackStore::put_template(store::Batch& batch, const StackKey& key, int64_t number,
                              const TemplateTexts& texts) const {
  table_.put(batch, key.owner, kTemplate, below(key, std::to_string(number)),
             std::move(text_object("Original", texts.original))
                 .with_member("Processed", json::Value(texts.processed)));
}

StackStore::Result<std::vector<ResourceRecord>> StackStore::resources(const StackKey& key) const {
  return list<ResourceRecord>(table_, key.owner, kResource, below(key));
}

StackStore::Result<std::optional<ResourceRecord>> StackStore::resource(
    const StackKey& key, const std::string& logical_id) const {
  return find<ResourceRecord>(table_, key.owner, kResource, below(key, logical_id));
}

void StackStore::put_resource(store::Batch& batch, const StackKey& key,
                              const ResourceRecord& resource) const {
  table_.put(batch, key.owner, kResource, below(key, resource.logical_id), written(resource));
}

void StackStore::erase_resource(store::Batch& batch, const StackKey& key,
                                const std::string& logical_id) const {
  table_.erase(batch, key.owner, kResource, below(key, logical_id));
}

StackStore::Result<std::vector<StackStore::NamedLeftover>> StackStore::leftovers(
    const StackKey& key) const {
  std::vector<NamedLeftover> found;
  const std::string prefix = below(key);
  for (const auto& each : PAWL_TRY(from_store(table_.list(key.owner, kLeftover, prefix)))) {
    found.push_back(
        {each.name.substr(prefix.size()), FieldReader::read_record<LeftoverRecord>(each.value)});
  }
  return found;
}

void StackStore::put_leftover(store::Batch& batch, const StackKey& key, const std::string& name,
                              const LeftoverRecord& leftover) const {
  table_.put(batch, key.owner, kLeftover, below(key, name), written(leftover));
}

void StackStore::erase_leftover(store::Batch& batch, const StackKey& key,
                                const std::string& name) const {
  table_.erase(batch, key.owner, kLeftover, below(key, name));
}

void StackStore::add_event(store::Batch& batch, const StackKey& key, const EventRecord& event) {
  // Microseconds of its time, but always more than the last one's: also within one batch, and after
  // a restart on a clock that goes wrong.
  const auto newest = events(key, "", 1);
  if (newest && !newest->empty()) {
    last_event_ = std::max(last_event_, ascending(newest->front().name));
  }
  last_event_ = std::max(last_event_ + 1, static_cast<uint64_t>(event.time_ms) * 1'000);
  table_.put(batch, key.owner, kEvent, below(key, descending(last_event_)), written(event));
}

StackStore::Result<std::vector<StackStore::NamedEvent>> StackStore::events(const StackKey& key,
                                                                           const std::string& after,
                                                                           size_t max) const {
  std::vector<NamedEvent> found;
  const std::string prefix = below(key);
  for (const auto& each : PAWL_TRY(from_store(
           table_.list(key.owner, kEvent, prefix, after.empty() ? "" : prefix + after, max)))) {
    found.push_back(
        {each.name.substr(prefix.size()), FieldReader::read_record<EventRecord>(each.value)});
  }
  return found;
}

StackStore::Result<std::optional<OperationRecord>> StackStore::operation(
    const StackKey& key) const {
  return find<OperationRecord>(table_, key.owner, kOperation, key.uuid);
}

void StackStore::put_operation(store::Batch& batch, const StackKey& key,
                               const OperationRecord& operation) const {
  table_.put(batch, key.owner, kOperation, key.uuid, written(operation));
}

void StackStore::erase_operation(store::Batch& batch, const StackKey& key) const {
  table_.erase(batch, key.owner, kOperation, key.uuid);
}

StackStore::Result<std::vector<StackKey>> StackStore::stacks_in_operation() const {
  std::vector<StackKey> found;
  PAWL_TRY_VOID(from_store(
      table_.visit_all(kOperation, [&](const Owner& owner, const std::string& name, json::Value) {
        found.push_back({owner, name});
        return true;
      })));
  return found;
}

StackStore::Result<std::optional<ChangeSetRecord>> StackStore::change_set(
    const StackKey& key, const std::string& uuid) const {
  return find<ChangeSetRecord>(table_, key.owner, kChangeSet, below(key, uuid));
}

StackStore::Result<std::vector<ChangeSetRecord>> StackStore::change_sets(
    const StackKey& key) const {
  auto found = PAWL_TRY(list<ChangeSetRecord>(table_, key.owner, kChangeSet, below(key)));
  std::sort(found.begin(), found.end(), [](const ChangeSetRecord& a, const ChangeSetRecord& b) {
    return std::pair(a.created_ms, std::string_view(a.uuid)) <
           std::pair(b.created_ms, std::string_view(b.uuid));
  });
  return found;
}

StackStore::Result<std::optional<std::string>> StackStore::stack_of_change_set(
    const Owner& owner, const std::string& uuid) const {
  const auto value = PAWL_TRY(from_store(table_.get(owner, kChangeSetName, uuid)));
  if (!value) return std::optional<std::string>();
  return json::find_text(*value, "Uuid");
}

void StackStore::put_change_set(store::Batch& batch, const StackKey& key,
                                const ChangeSetRecord& change_set) const {
  table_.put(batch, key.owner, kChangeSet, below(key, change_set.uuid), written(change_set));
  table_.put(batch, key.owner, kChangeSetName, change_set.uuid, text_object("Uuid", key.uuid));
}

StackStore::Result<void> StackStore::erase_change_set(store::Batch& batch, const StackKey& key,
                                                      const std::string& uuid) const {
  const auto record = PAWL_TRY(change_set(key, uuid));
  if (record) {
    for (const NestedChangeSetRecord& each : record->nested) {
      PAWL_TRY_VOID(erase_change_set(batch, {key.owner, each.stack_uuid}, each.uuid));
    }
  }
  table_.erase(batch, key.owner, kChangeSet, below(key, uuid));
  table_.erase(batch, key.owner, kChangeSetTemplate, below(key, uuid));
  table_.erase(batch, key.owner, kChangeSetName, uuid);
  return {};
}

StackStore::Result<void> StackStore::put_execution_status(store::Batch& batch, const StackKey& key,
                                                          ChangeSetRecord record,
                                                          const std::string& status) const {
  for (const NestedChangeSetRecord& each : record.nested) {
    const StackKey child{key.owner, each.stack_uuid};
    if (auto nested = PAWL_TRY(change_set(child, each.uuid))) {
      PAWL_TRY_VOID(put_execution_status(batch, child, *std::move(nested), status));
    }
  }
  record.execution_status = status;
  put_change_set(batch, key, record);
  return {};
}

StackStore::Result<StackStore::TemplateTexts> StackStore::change_set_template(
    const StackKey& key, const std::string& uuid) const {
  const auto value =
      PAWL_TRY(from_store(table_.get(key.owner, kChangeSetTemplate, below(key, uuid))));
  if (!value) return TemplateTexts{};
  return TemplateTexts{json::text_member(*value, "Original"),
                       json::text_member(*value, "Processed")};
}

void StackStore::put_change_set_template(store::Batch& batch, const StackKey& key,
                                         const std::string& uuid,
                                         const TemplateTexts& texts) const {
  table_.put(batch, key.owner, kChangeSetTemplate, below(key, uuid),
             std::move(text_object("Original", texts.original))
                 .with_member("Processed", json::Value(texts.processed)));
}

StackStore::Result<std::vector<std::pair<StackKey, std::string>>> StackStore::pending_change_sets()
    const {
  std::vector<std::pair<StackKey, std::string>> found;
  PAWL_TRY_VOID(from_store(table_.visit_all(
      kChangeSet, [&](const Owner& owner, const std::string& name, const json::Value& value) {
        const std::string status = json::text_member(value, "Status");
        const size_t slash = name.find('/');
        if (status == "CREATE_PENDING" && slash != std::string::npos) {
          found.push_back({{owner, name.substr(0, slash)}, name.substr(slash + 1)});
        }
        return true;
      })));
  return found;
}

StackStore::Result<std::optional<StackStore::ExportRecord>> StackStore::find_export(
    const Owner& owner, const std::string& name) const {
  return find<ExportRecord>(table_, owner, kExport, name);
}

StackStore::Result<std::vector<StackStore::ExportRecord>> StackStore::exports(
    const Owner& owner, const std::string& after, size_t max) const {
  return list<ExportRecord>(table_, owner, kExport, "", after, max);
}

void StackStore::put_export(store::Batch& batch, const Owner& owner,
                            const ExportRecord& record) const {
  table_.put(batch, owner, kExport, record.name, written(record));
}

void StackStore::erase_export(store::Batch& batch, const Owner& owner,
                              const std::string& name) const {
  table_.erase(batch, owner, kExport, name);
}

StackStore::Result<std::vector<std::string>> StackStore::importers(
    const Owner& owner, const std::string& export_name) const {
  std::vector<std::string> found;
  const std::string prefix = export_name + kSeparator;
  for (const auto& each : PAWL_TRY(from_store(table_.list(owner, kImport, prefix)))) {
    found.push_back(each.name.substr(prefix.size()));
  }
  return found;
}

void StackStore::add_import(store::Batch& batch, const StackKey& key, const std::string& stack_name,
                            const std::string& export_name) const {
  table_.put(batch, key.owner, kImport, export_name + kSeparator + stack_name,
             json::Value::object());
  table_.put(batch, key.owner, kImportedBy, stack_name + kSeparator + export_name,
             json::Value::object());
}

StackStore::Result<void> StackStore::drop_imports(store::Batch& batch, const StackKey& key,
                                                  const std::string& stack_name,
                                                  const std::vector<std::string>& kept) const {
  const std::string prefix = stack_name + kSeparator;
  for (const auto& each : PAWL_TRY(from_store(table_.list(key.owner, kImportedBy, prefix)))) {
    const std::string export_name = each.name.substr(prefix.size());
    if (std::find(kept.begin(), kept.end(), export_name) != kept.end()) continue;
    table_.erase(batch, key.owner, kImportedBy, each.name);
    table_.erase(batch, key.owner, kImport, export_name + kSeparator + stack_name);
  }
  return {};
}

}  // namespace pawl::cloudformation
