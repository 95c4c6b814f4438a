// SPDX-License-Identifier: Apache-2.0
#include "services/pipes/service.h"

#include <algorithm>
#include <utility>

#include "aws/arn.h"
#include "aws/service/input_members.h"
#include "base/bytes.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/pipes/pipe_input.h"

namespace pawl::pipes {
namespace {

using aws::ActionResult;
using aws::ApiError;
using aws::ApiResult;
using aws::Output;
using json::ObjectBuilder;
using json::Value;

constexpr int64_t kPageMax = 100;
constexpr size_t kTagsMax = 50;

PipeName name_of(const aws::Request& request) {
  return {request.account_id(), request.region, text_member(request.input, "Name")};
}

ApiError not_found(const std::string& name) {
  return {"NotFoundException", "Pipe " + name + " does not exist.", 404};
}

ApiError conflict(const std::string& name, std::string message) {
  ApiError error("ConflictException", std::move(message), 409);
  ObjectBuilder members;
  members.set("resourceId", Value(name)).set("resourceType", Value("Pipe"));
  error.members = std::move(members).build();
  return error;
}

Value parsed(const std::string& text) {
  base::Result<Value> value = json::parse(text);
  return value ? *std::move(value) : Value::object();
}

/// What all operations that change a pipe answer.
Value state_of(const Pipe& pipe) {
  ObjectBuilder out;
  out.set("Arn", Value(pipe.name.arn()))
      .set("CreationTime", aws::time_value(pipe.created_ms))
      .set("CurrentState", Value(pipe.current))
      .set("DesiredState", Value(pipe.desired))
      .set("LastModifiedTime", aws::time_value(pipe.modified_ms))
      .set("Name", Value(pipe.name.name));
  return std::move(out).build();
}

Value with_reason(Value state, const Pipe& pipe) {
  if (pipe.state_reason.empty()) return state;
  return state.with_member("StateReason", Value(pipe.state_reason));
}

ApiResult<std::string> with_tags(Value tags, const Value* added) {
  if (added != nullptr && added->is_object()) {
    for (const json::Member& tag : added->members()) tags = tags.with_member(tag.name(), tag.value);
  }
  if (tags.size() > kTagsMax)
    return ApiError("ServiceQuotaExceededException", "A pipe has at most 50 tags.", 402);
  return json::write(tags);
}

}  // namespace

base::Result<std::unique_ptr<PipesService>> PipesService::open(store::Store& store,
                                                               Options options) {
  return std::unique_ptr<PipesService>(
      new PipesService(PAWL_TRY(PipeStore::open(store)), std::move(options)));
}

PipesService::PipesService(PipeStore pipes, Options options)
    : options_(std::move(options)), pipes_(std::move(pipes)), works_(options_, pipes_) {}

void PipesService::bind(aws::ActionTable& table) {
  using S = PipesService;
  table.on_write("CreatePipe", &S::create_pipe);
  table.on("DescribePipe", &S::describe_pipe);
  table.on_write("UpdatePipe", &S::update_pipe);
  table.on_write("DeletePipe", &S::delete_pipe);
  table.on_write("StartPipe", &S::start_pipe);
  table.on_write("StopPipe", &S::stop_pipe);
  table.on("ListPipes", &S::list_pipes);
  table.on_write("TagResource", &S::tag_resource);
  table.on_write("UntagResource", &S::untag_resource);
  table.on("ListTagsForResource", &S::list_tags_for_resource);
}

ApiResult<Pipe> PipesService::pipe_of(const Request& request) const {
  std::optional<Pipe> pipe = PAWL_TRY(pipes_.find(name_of(request)));
  if (!pipe) return not_found(text_member(request.input, "Name"));
  return *std::move(pipe);
}

/// One whose state does not change just now.
ApiResult<Pipe> PipesService::lasting_pipe(const Request& request) const {
  Pipe pipe = PAWL_TRY(pipe_of(request));
  if (pipe.is_changing())
    return conflict(pipe.name.name,
                    "Pipe " + pipe.name.name + " is in state " + pipe.current + ".");
  return pipe;
}

/// With a lock held.
ActionResult PipesService::put(const Request& request, const Pipe& pipe, const Value& answer) {
  store::Batch batch;
  pipes_.put(batch, pipe);
  request.keep_answer(answer);
  PAWL_TRY_VOID(pipes_.commit(batch));
  if (pipe.is_changing()) works_.changed(pipe.name);
  return Output(answer);
}

ActionResult PipesService::create_pipe(const Request& request) {
  const Value settings = settings_of(request.input);
  PAWL_TRY_VOID(check_settings(settings));
  Pipe pipe;
  pipe.name = name_of(request);
  pipe.settings = json::write(settings);
  pipe.tags = PAWL_TRY(with_tags(Value::object(), request.input.find("Tags")));
  const std::string desired = text_member(request.input, "DesiredState");
  pipe.desired = desired.empty() ? "RUNNING" : desired;
  pipe.current = "CREATING";
  pipe.created_ms = now().ms;
  pipe.modified_ms = pipe.created_ms;
  const std::lock_guard lock(pipes_.mutex());
  if (PAWL_TRY(pipes_.find(pipe.name)))
    return conflict(pipe.name.name, "Pipe " + pipe.name.name + " already exists.");
  return put(request, pipe, state_of(pipe));
}

ActionResult PipesService::describe_pipe(const Request& request) {
  const Pipe pipe = PAWL_TRY(pipe_of(request));
  Value out = with_reason(state_of(pipe), pipe);
  const Value settings = parsed(pipe.settings);
  for (const json::Member& member : settings.members())
    out = out.with_member(member.name(), member.value);
  return Output(out.with_member("Tags", parsed(pipe.tags)));
}

ActionResult PipesService::update_pipe(const Request& request) {
  const std::lock_guard lock(pipes_.mutex());
  Pipe pipe = PAWL_TRY(lasting_pipe(request));
  const Value settings = updated_settings(parsed(pipe.settings), request.input);
  PAWL_TRY_VOID(check_settings(settings));
  pipe.settings = json::write(settings);
  const std::string desired = text_member(request.input, "DesiredState");
  if (!desired.empty()) pipe.desired = desired;
  pipe.current = "UPDATING";
  pipe.state_reason.clear();
  pipe.modified_ms = now().ms;
  return put(request, pipe, state_of(pipe));
}

ActionResult PipesService::delete_pipe(const Request& request) {
  const std::lock_guard lock(pipes_.mutex());
  Pipe pipe = PAWL_TRY(pipe_of(request));
  pipe.desired = "DELETED";
  pipe.current = "DELETING";
  pipe.modified_ms = now().ms;
  return put(request, pipe, state_of(pipe));
}

ActionResult PipesService::start_pipe(const Request& request) {
  const std::lock_guard lock(pipes_.mutex());
  Pipe pipe = PAWL_TRY(lasting_pipe(request));
  if (pipe.current == "RUNNING") return Output(state_of(pipe));
  pipe.desired = "RUNNING";
  pipe.current = "STARTING";
  pipe.state_reason.clear();
  pipe.modified_ms = now().ms;
  return put(request, pipe, state_of(pipe));
}

ActionResult PipesService::stop_pipe(const Request& request) {
  const std::lock_guard lock(pipes_.mutex());
  Pipe pipe = PAWL_TRY(lasting_pipe(request));
  if (pipe.current == "STOPPED") return Output(state_of(pipe));
  pipe.desired = "STOPPED";
  pipe.current = "STOPPING";
  pipe.state_reason.clear();
  pipe.modified_ms = now().ms;
  return put(request, pipe, state_of(pipe));
}

ActionResult PipesService::list_pipes(const Request& request) {
  const Value& input = request.input;
  const std::string token = text_member(input, "NextToken");
  const auto after = base::base64_decode(token);
  if (!token.empty() && (!after || after->empty()))
    return aws::validation_exception("Invalid NextToken provided.");
  const auto most = static_cast<size_t>(
      std::clamp<int64_t>(integer_member(input, "Limit", kPageMax), 1, kPageMax));
  const auto is_asked_for = [&input](const Pipe& pipe, const Value& settings) {
    const auto begins = [&](const std::string& text, const char* member) {
      return text.starts_with(text_member(input, member));
    };
    const auto is = [&](const std::string& text, const char* member) {
      return input.find(member) == nullptr || text_member(input, member) == text;
    };
    return begins(pipe.name.name, "NamePrefix") && is(pipe.desired, "DesiredState") &&
           is(pipe.current, "CurrentState") &&
           begins(text_member(settings, "Source"), "SourcePrefix") &&
           begins(text_member(settings, "Target"), "TargetPrefix");
  };
  std::vector<Value> items;
  std::string last;
  bool has_more = false;
  PAWL_TRY_VOID(
      pipes_.visit(request.account_id(), request.region, after.value_or(""), [&](const Pipe& pipe) {
        const Value settings = parsed(pipe.settings);
        if (!is_asked_for(pipe, settings)) return true;
        has_more = items.size() == most;
        if (has_more) return false;
        Value item = with_reason(state_of(pipe), pipe);
        for (const char* member : {"Source", "Target", "Enrichment"}) {
          if (const Value* found = settings.find(member)) item = item.with_member(member, *found);
        }
        items.push_back(std::move(item));
        last = pipe.name.name;
        return true;
      }));
  ObjectBuilder out;
  if (has_more) out.set("NextToken", Value(base::base64_encode(last)));
  out.set("Pipes", Value::array(std::move(items)));
  return Output(std::move(out).build());
}

// ---- tags ----

ApiResult<Pipe> PipesService::tagged_pipe(const Request& request) const {
  const auto arn = aws::Arn::parse(text_member(request.input, "resourceArn"));
  const std::string name(arn ? arn->resource_id() : std::string_view());
  if (!arn || arn->service != "pipes") return not_found(name);
  std::optional<Pipe> pipe = PAWL_TRY(pipes_.find({request.account_id(), request.region, name}));
  if (!pipe || pipe->name.arn() != arn->text()) return not_found(name);
  return *std::move(pipe);
}

ActionResult PipesService::tag_resource(const Request& request) {
  const std::lock_guard lock(pipes_.mutex());
  Pipe pipe = PAWL_TRY(tagged_pipe(request));
  pipe.tags = PAWL_TRY(with_tags(parsed(pipe.tags), request.input.find("tags")));
  return put(request, pipe, Value::object());
}

ActionResult PipesService::untag_resource(const Request& request) {
  const std::lock_guard lock(pipes_.mutex());
  Pipe pipe = PAWL_TRY(tagged_pipe(request));
  Value tags = parsed(pipe.tags);
  if (const Value* keys = request.input.find("tagKeys"); keys != nullptr && keys->is_array()) {
    for (const Value& key : keys->items())
      if (key.is_string()) tags = tags.without_member(key.as_string());
  }
  pipe.tags = json::write(tags);
  return put(request, pipe, Value::object());
}

ActionResult PipesService::list_tags_for_resource(const Request& request) {
  ObjectBuilder out;
  out.set("tags", parsed(PAWL_TRY(tagged_pipe(request)).tags));
  return Output(std::move(out).build());
}

}  // namespace pawl::pipes
