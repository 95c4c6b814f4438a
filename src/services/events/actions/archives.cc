// SPDX-License-Identifier: Apache-2.0
// API CreateArchive, UpdateArchive, DeleteArchive, DescribeArchive, ListArchives.
#include <utility>

#include "aws/event/event_pattern.h"
#include "services/events/api_input.h"
#include "services/events/service.h"

namespace pawl::events {

using aws::ActionResult;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

ArchiveName archive_member(const aws::Request& request) {
  return {scope_of(request), text_member(request.input, "ArchiveName")};
}

aws::ApiError no_archive(const ArchiveName& archive) {
  return not_found("Archive " + archive.name + " does not exist.");
}

ApiResult<void> check_pattern(const Value& input) {
  const std::string text = text_member(input, "EventPattern");
  if (text.empty()) return {};
  const auto pattern = aws::EventPattern::compile(text);
  if (!pattern) return aws::ApiError("InvalidEventPatternException", pattern.error().message);
  return {};
}

/// The bus whose ARN it is.
ApiResult<BusName> source_bus(const std::string& arn) {
  const auto bus = BusName::of_arn(arn);
  if (!bus) return aws::validation_exception("Parameter EventSourceArn is not valid.");
  return *bus;
}

Value state_answer(const Value& record, const ArchiveName& archive) {
  ObjectBuilder out;
  out.set("ArchiveArn", Value(archive.arn()));
  copy_members(record, {"State", "CreationTime"}, out);
  return std::move(out).build();
}

}  // namespace

Value EventsService::shown_archive(const Value& record) {
  const auto bus = BusName::of_arn(text_member(record, "EventSourceArn"));
  const Scope scope = bus ? bus->scope : Scope{};
  const auto counts = archived_->counts({scope, text_member(record, "ArchiveName")});
  const ArchiveStore::Counts shown = counts ? *counts : ArchiveStore::Counts{};
  return record.with_member("EventCount", Value(shown.events))
      .with_member("SizeBytes", Value(shown.bytes));
}

ActionResult EventsService::create_archive(const aws::Request& request) {
  const Value& input = request.input;
  const ArchiveName archive = archive_member(request);
  const BusName bus = PAWL_TRY(source_bus(text_member(input, "EventSourceArn")));
  const std::lock_guard lock(mutex_);
  PAWL_TRY(find_bus(bus));
  PAWL_TRY_VOID(check_pattern(input));
  if (PAWL_TRY(archives_.find(archive.key().view())))
    return already_exists("Archive " + archive.name + " already exists.");
  if (bus.scope != archive.scope)
    return aws::validation_exception("Parameter EventSourceArn is not valid.");
  ObjectBuilder record;
  copy_members(input, {"ArchiveName", "EventSourceArn", "Description", "KmsKeyIdentifier"}, record);
  if (!text_member(input, "EventPattern").empty()) copy_members(input, {"EventPattern"}, record);
  record.set("RetentionDays", Value(integer_member(input, "RetentionDays")))
      .set("State", Value("ENABLED"))
      .set("CreationTime", time_value(options_.loop.now()));
  const Value made = std::move(record).build();
  const Value output = state_answer(made, archive);
  store::Batch batch;
  archives_.put(batch, archive.key().view(), made);
  request.keep_answer(output);
  PAWL_TRY_VOID(commit(batch));
  book_->forget(bus);
  return aws::Output(output);
}

ActionResult EventsService::update_archive(const aws::Request& request) {
  const Value& input = request.input;
  const ArchiveName archive = archive_member(request);
  const std::lock_guard lock(mutex_);
  std::optional<Value> record = PAWL_TRY(archives_.find(archive.key().view()));
  if (!record) return no_archive(archive);
  PAWL_TRY_VOID(check_pattern(input));
  for (const char* member : {"Description", "EventPattern", "RetentionDays", "KmsKeyIdentifier"})
    if (const Value* given = input.find(member)) record = record->with_member(member, *given);
  if (text_member(*record, "EventPattern").empty()) record = record->without_member("EventPattern");
  const Value output = state_answer(*record, archive);
  store::Batch batch;
  archives_.put(batch, archive.key().view(), *record);
  request.keep_answer(output);
  PAWL_TRY_VOID(commit(batch));
  if (const auto bus = BusName::of_arn(text_member(*record, "EventSourceArn"))) book_->forget(*bus);
  return aws::Output(output);
}

ActionResult EventsService::delete_archive(const aws::Request& request) {
  const ArchiveName archive = archive_member(request);
  const std::lock_guard lock(mutex_);
  const std::optional<Value> record = PAWL_TRY(archives_.find(archive.key().view()));
  if (!record) return no_archive(archive);
  store::Batch batch;
  archives_.erase(batch, archive.key().view());
  archived_->erase(batch, archive);
  request.keep_answer(Value::object());
  PAWL_TRY_VOID(commit(batch));
  if (const auto bus = BusName::of_arn(text_member(*record, "EventSourceArn"))) book_->forget(*bus);
  return aws::Output();
}

ActionResult EventsService::describe_archive(const aws::Request& request) {
  const ArchiveName archive = archive_member(request);
  const std::optional<Value> record = PAWL_TRY(archives_.find(archive.key().view()));
  if (!record) return no_archive(archive);
  return aws::Output(shown_archive(*record).with_member("ArchiveArn", Value(archive.arn())));
}

ActionResult EventsService::list_archives(const aws::Request& request) {
  const Value& input = request.input;
  const std::string source = text_member(input, "EventSourceArn");
  if (!source.empty()) PAWL_TRY(find_bus(PAWL_TRY(source_bus(source))));
  const std::string state = text_member(input, "State");
  const std::string prefix = scope_of(request).key().raw(text_member(input, "NamePrefix")).take();
  const RecordStore::Page page = PAWL_TRY(archives_.list(
      prefix, PAWL_TRY(page_start(input)), page_limit(input), [&](const Value& record) {
        return (source.empty() || text_member(record, "EventSourceArn") == source) &&
               (state.empty() || text_member(record, "State") == state);
      }));
  std::vector<Value> items;
  for (const Value& record : page.items)
    items.push_back(selected(shown_archive(record),
                             {"ArchiveName", "EventSourceArn", "State", "StateReason",
                              "RetentionDays", "SizeBytes", "EventCount", "CreationTime"}));
  ObjectBuilder out;
  out.set("Archives", Value::array(std::move(items)));
  if (!page.next.empty()) out.set("NextToken", Value(page_token(page.next)));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::events
