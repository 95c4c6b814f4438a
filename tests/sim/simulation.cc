// SPDX-License-Identifier: Apache-2.0
#include "simulation.h"

#include <algorithm>

#include "asl/compile.h"
#include "engine/execution_id.h"
#include "engine/map_run_record.h"
#include "engine/status_counts.h"
#include "interpreter/task_token.h"
#include "legal_history.h"
#include "random_machine.h"

namespace pawl::sim {

using engine::ExecutionId;
using engine::Partition;
using interpreter::ExecutionStatus;

namespace {

constexpr const char* kScope = "us-east-1:000000000000:machine";
constexpr size_t kActionsMax = 120;
constexpr size_t kStartsMax = 12;

/// Machines that the random ones do not make: callbacks, heartbeats, a long loop.
constexpr const char* kCallback = R"asl({"StartAt":"T","States":{"T":{"Type":"Task","End":true,
  "Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken","TimeoutSeconds":300,
  "HeartbeatSeconds":120,"Parameters":{"QueueUrl":"q","MessageBody":{"t.$":"$$.Task.Token"}},
  "Retry":[{"ErrorEquals":["States.ALL"],"IntervalSeconds":1,"MaxAttempts":2}]}}})asl";
constexpr const char* kLoop = R"asl({"StartAt":"Begin","States":{
  "Begin":{"Type":"Pass","Result":{"n":0},"Next":"Done?"},
  "Done?":{"Type":"Choice","Default":"Count","Choices":[
    {"Variable":"$.n","NumericGreaterThanEquals":400,"Next":"End"}]},
  "Count":{"Type":"Pass","Parameters":{"n.$":"States.MathAdd($.n, 1)"},"Next":"Done?"},
  "End":{"Type":"Pass","End":true}}})asl";

/// Map Runs: children with tasks of their own, in one of which is another run; failures tolerated.
constexpr const char* kStandardMap = R"asl({"StartAt":"M","States":{"M":{"Type":"Map","End":true,
  "MaxConcurrency":3,"ToleratedFailureCount":2,"ItemProcessor":{
    "ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},
    "StartAt":"Inner?","States":{
      "Inner?":{"Type":"Choice","Default":"T","Choices":[
        {"Variable":"$","NumericEquals":3,"Next":"N"}]},
      "T":{"Type":"Task","End":true,"Resource":"arn:aws:states:::sqs:sendMessage",
        "TimeoutSeconds":300,"Parameters":{"QueueUrl":"q","MessageBody":{"item.$":"$"}}},
      "N":{"Type":"Pass","Result":[7,8,9],"Next":"NM"},
      "NM":{"Type":"Map","End":true,"ItemProcessor":{
        "ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},
        "StartAt":"W","States":{"W":{"Type":"Wait","Seconds":2,"End":true}}}}}}}}})asl";
constexpr const char* kExpressMap = R"asl({"StartAt":"M","States":{"M":{"Type":"Map","End":true,
  "ItemBatcher":{"MaxItemsPerBatch":2},"ItemProcessor":{
    "ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"EXPRESS"},
    "StartAt":"W","States":{"W":{"Type":"Wait","Seconds":2,"Next":"P"},
                            "P":{"Type":"Pass","End":true}}}}}})asl";

uint64_t task_number(interpreter::TaskId task) {
  return static_cast<uint64_t>(task.frame) << 32 | task.sequence;
}

}  // namespace

class Simulation::Revisions final : public engine::RevisionSource {
 public:
  void add(const std::string& definition) {
    const asl::Compilation compilation = asl::compile(definition);
    PAWL_ASSERT(compilation.program != nullptr);
    auto revision = std::make_shared<engine::MachineRevision>();
    revision->id = revisions_.size() + 1;
    revision->program = compilation.program;
    revision->role_arn = "arn:aws:iam::000000000000:role/sim";
    revisions_.push_back(std::move(revision));
  }
  size_t size() const { return revisions_.size(); }
  base::Result<std::shared_ptr<const engine::MachineRevision>> find_revision(
      uint64_t revision) override {
    return revisions_.at(revision - 1);
  }

 private:
  std::vector<std::shared_ptr<const engine::MachineRevision>> revisions_;
};

class Simulation::Dispatcher final : public engine::TaskDispatcher {
 public:
  explicit Dispatcher(Simulation& simulation) : simulation_(simulation) {}
  void dispatch(engine::TaskRequest request, engine::TaskSink&) override {
    simulation_.on_dispatch(std::move(request));
  }
  void cancel(ExecutionId, interpreter::TaskId) override {}

 private:
  Simulation& simulation_;
};

class Simulation::Sink final : public engine::TaskSink {
 public:
  explicit Sink(Simulation& simulation) : simulation_(simulation) {}
  void post(ExecutionId execution, Answer answer) override {
    simulation_.partition_of(execution).post(engine::EventMessage{execution, std::move(answer)});
  }

 private:
  Simulation& simulation_;
};

Simulation::Simulation(uint64_t seed)
    : random_(seed * 0x9e3779b97f4a7c15ULL + 1),
      seed_(seed),
      clock_({1'700'000'000'000}),
      store_({.seed = seed}),
      revisions_(std::make_unique<Revisions>()),
      dispatcher_(std::make_unique<Dispatcher>(*this)),
      sink_(std::make_unique<Sink>(*this)) {}

Simulation::~Simulation() = default;

void Simulation::fail(const std::string& what) {
  if (mistake_.empty()) mistake_ = what;
}

std::string Simulation::run() {
  make_machines();
  boot();
  for (size_t i = 0; i < kActionsMax && mistake_.empty(); ++i) act();
  if (mistake_.empty()) finish();
  return mistake_;
}

void Simulation::make_machines() {
  revisions_->add(kCallback);
  inputs_.emplace_back("{}");
  revisions_->add(kLoop);
  inputs_.emplace_back("{}");
  revisions_->add(kStandardMap);
  inputs_.emplace_back("[1,2,3,4,5,6]");
  revisions_->add(kExpressMap);
  inputs_.emplace_back("[1,2,3,4,5,6,7]");
  for (int i = 0; i < 2; ++i) {
    laws::RandomMachine machine(random_.next());
    revisions_->add(machine.definition());
    inputs_.push_back(machine.input());
  }
}

void Simulation::boot() {
  auto opened = engine::ExecutionStore::open(store_);
  if (!opened) return fail("cannot open the store: " + opened.error().message);
  executions_ = std::make_unique<engine::ExecutionStore>(*std::move(opened));
  // The number of partitions may change from one process to the next.
  const auto count = static_cast<uint32_t>(1 + below(3));
  engine::PartitionLimits limits;
  limits.live_executions_max = 1 + below(4);
  limits.turns_per_batch_max = 1 + below(3);
  limits.map_children_per_batch_max = 1 + below(3);
  limits.timer_horizon_ms = static_cast<int64_t>(1 + below(20)) * 1'000;
  for (uint32_t index = 0; index < count; ++index) {
    partitions_.push_back(std::make_unique<Partition>(Partition::Options{
        .executions = *executions_,
        .clock = clock_,
        .seed = random_.next(),
        .revisions = *revisions_,
        .dispatcher = *dispatcher_,
        .sink = *sink_,
        .index = index,
        .count = count,
        .limits = limits,
        .ended = [this](const engine::ExecutionRecord& record) { on_ended(record); }}));
  }
  for (const auto& partition : partitions_) {
    if (const auto recovered = partition->recover(); !recovered)
      return fail("recovery: " + recovered.error().message);
  }
}

Partition& Simulation::partition_of(ExecutionId id) {
  return *partitions_[engine::slot_of(id) % partitions_.size()];
}

void Simulation::act() {
  switch (below(12)) {
    case 0:
    case 1: return start();
    case 2: return chance(0.5) ? stop() : redrive();
    case 3:
    case 4:
    case 5: return answer_task();
    case 6:
    case 7: return advance_clock();
    case 8:
      if (chance(0.4)) return crash();
      return;
    default: return run_partitions();
  }
}

void Simulation::start() {
  if (next_name_ >= kStartsMax) return;
  const uint64_t revision = 1 + below(revisions_->size());
  // Now and then a name that is there already.
  const uint64_t number = next_name_ > 0 && chance(0.2) ? below(next_name_) : next_name_++;
  engine::StartMessage message;
  message.record.scope = kScope;
  message.record.name = "run-" + std::to_string(number);
  message.record.revision = revision;
  message.revision = *revisions_->find_revision(revision);
  const std::string input = inputs_[revision - 1];
  message.input = *json::Payload::from_text(input);
  message.done = [this, name = message.record.name, input](const engine::StartOutcome& outcome) {
    if (outcome.kind != engine::StartOutcome::Kind::Started) return;
    for (const auto& [id, known] : acknowledged_) {
      if (known.name == name) fail(name + " was started twice");
    }
    acknowledged_[outcome.id] = {
        .name = name, .input = input, .stopped = false, .ended = {}, .redrives_asked = 0};
    ++counts_.executions;
  };
  const uint32_t slot = engine::slot_of_name(kScope, message.record.name);
  partitions_[slot % partitions_.size()]->post(std::move(message));
}

void Simulation::stop() {
  if (acknowledged_.empty() || chance(0.6)) return;
  const auto chosen =
      std::next(acknowledged_.begin(), static_cast<std::ptrdiff_t>(below(acknowledged_.size())));
  const ExecutionId id = chosen->first;
  partition_of(id).post(engine::StopMessage{
      id, {.error = "Stopped", .cause = std::nullopt}, [this, id](const engine::StopOutcome& told) {
        if (!told.found) return fail("an acknowledged execution is not there to be stopped");
        acknowledged_[id].stopped = acknowledged_[id].redrives_asked == 0;
      }});
}

/// From here on it may run again, whether it is acknowledged or not.
void Simulation::redrive() {
  for (auto& [id, known] : acknowledged_) {
    const auto record = executions_->record(id);
    if (!record || !*record || (*record)->status == ExecutionStatus::Running || chance(0.5))
      continue;
    const bool succeeded = (*record)->status == ExecutionStatus::Succeeded;
    if (!succeeded) {
      known.stopped = false;
      known.ended.reset();
    }
    ++known.redrives_asked;
    partition_of(id).post(engine::RedriveMessage{
        id, [this, id = id, succeeded](const engine::RedriveOutcome& told) {
          --acknowledged_.at(id).redrives_asked;
          const bool redriven = told.kind == engine::RedriveOutcome::Kind::Redriven;
          if (redriven && succeeded) fail("a success was redriven");
          if (!redriven) return;
          acknowledged_.at(id).ended.reset();
          acknowledged_.at(id).stopped = false;
          ++counts_.redrives;
        }});
    return;
  }
}

void Simulation::answer_task() {
  if (tasks_.empty()) return;
  const size_t index = below(tasks_.size());
  const Task task = tasks_[index];
  answer(task);
  // Some answer twice, some late.
  if (chance(0.8)) tasks_.erase(tasks_.begin() + static_cast<std::ptrdiff_t>(index));
}

void Simulation::answer(const Task& task) {
  engine::TaskSink::Answer event;
  const uint64_t kind = below(8);
  if (kind < 5) {
    event = interpreter::TaskSucceeded{
        task.task, *json::Payload::from_text("{\"r\":" + std::to_string(kind) + "}")};
  } else if (kind == 5) {
    event = interpreter::TaskHeartbeat{task.task};
  } else {
    interpreter::TaskFailed failed;
    failed.task = task.task;
    failed.error = {.error = kind == 6 ? "E1" : "E3", .cause = "simulated"};
    event = std::move(failed);
  }
  if (!task.by_token) return sink_->post(task.execution, std::move(event));
  engine::TokenMessage message;
  message.token = task.token;
  message.execution = task.execution;
  message.task = task.task;
  message.event = std::move(event);
  message.done = [this](engine::TokenMessage::Outcome outcome) {
    if (outcome == engine::TokenMessage::Outcome::InvalidToken) fail("a real token is invalid");
  };
  partition_of(task.execution).post(std::move(message));
}

std::optional<base::Timestamp> Simulation::next_due() {
  std::optional<base::Timestamp> next;
  for (const auto& partition : partitions_) {
    const auto due = partition->next_due();
    if (due && due->ms > clock_.now().ms) next = next ? std::min(*next, *due) : *due;
  }
  return next;
}

void Simulation::advance_clock() {
  if (chance(0.5)) return clock_.advance_by_ms(static_cast<int64_t>(below(5'000)));
  if (const auto due = next_due()) clock_.advance_to(*due);
}

void Simulation::crash() {
  ++counts_.crashes;
  const bool loses_power = chance(0.5);
  if (faults_ && chance(0.4)) {
    // The disk refuses; whoever commits next learns that nothing is certain any more.
    store_.fail_next_sync();
    for (const auto& partition : partitions_) {
      if (!partition->run()) break;
    }
  }
  partitions_.clear();
  executions_.reset();
  tasks_.clear();
  dispatched_now_.clear();
  if (loses_power) {
    store_.power_loss();
  } else {
    store_.process_crash();
  }
  boot();
  check_acknowledged();
}

void Simulation::run_partitions() {
  for (const auto& partition : partitions_) {
    const auto worked = partition->run();
    if (!worked) return fail("a commit failed: " + worked.error().message);
    if (!mistake_.empty()) return;
  }
  if (chance(0.2)) check_acknowledged();
}

/// No more faults: everything is answered and the clock goes on until all have ended.
void Simulation::finish() {
  faults_ = false;
  for (int round = 0; round < 5'000 && mistake_.empty(); ++round) {
    run_partitions();
    bool busy = std::any_of(partitions_.begin(), partitions_.end(),
                            [](const auto& partition) { return partition->has_work(); });
    for (const Task& task : std::exchange(tasks_, {})) {
      busy = true;
      engine::TaskSink::Answer event =
          interpreter::TaskSucceeded{task.task, *json::Payload::from_text("{}")};
      if (task.by_token) {
        partition_of(task.execution)
            .post(engine::TokenMessage{task.token, task.execution, task.task, std::move(event),
                                       [](auto) {}});
      } else {
        sink_->post(task.execution, std::move(event));
      }
    }
    if (busy) continue;
    const auto open = executions_->has_open(kScope);
    const auto open_runs = engine::MapRunStore(*executions_).open_runs();
    if (open && !*open && open_runs && open_runs->empty()) break;
    if (const auto due = next_due()) {
      clock_.advance_to(*due);
    } else {
      clock_.advance_by_ms(1'000);
    }
  }
  check_acknowledged();
  for (const auto& [id, known] : acknowledged_) {
    const auto record = executions_->record(id);
    if (record && *record && (*record)->status == ExecutionStatus::Running)
      fail(known.name + " never ends");
    check_map_runs(id);
    counts_.events += static_cast<uint64_t>(executions_->last_event_id(id).value_or(0));
  }
}

/// The counts are those of the records, at every moment.
void Simulation::check_counts() {
  const auto counts = engine::read_status_counts(*executions_);
  engine::StatusCountsByScope real;
  const auto cursor = store_.cursor(executions_->keyspaces().executions, store::Range::all());
  for (auto more = cursor->first(); more && *more; more = cursor->next()) {
    std::string_view rest;
    const auto record = engine::decode_execution_record(cursor->value(), rest);
    if (!record) return fail("a record cannot be read");
    if (record->map_run == 0) ++real[record->scope][static_cast<size_t>(record->status)];
  }
  if (!counts || *counts != real) fail("the counts of executions are wrong");
}

void Simulation::check_acknowledged() {
  check_counts();
  for (const auto& [id, known] : acknowledged_) {
    const auto found = executions_->find(kScope, known.name);
    if (!found || *found != id) return fail(known.name + " was acknowledged and is not there");
    check_history(id);
    if (!mistake_.empty()) return;
  }
}

void Simulation::check_history(ExecutionId id) {
  const Acknowledged& known = acknowledged_.at(id);
  const auto record = executions_->record(id);
  const auto events = executions_->history(id, 1, INT64_MAX - 1, 100'000, false);
  if (!record || !*record || !events) return fail(known.name + ": cannot be read");
  const ExecutionStatus status = (*record)->status;
  if (const std::string mistake = history_mistake(*events, status); !mistake.empty())
    return fail(known.name + ": " + mistake + "\n" + history_outline(*events));
  const auto& started = std::get<interpreter::ExecutionStartedDetails>(events->front().details);
  if (started.input.text() != known.input) return fail(known.name + ": has another input");
  if (known.stopped && status == ExecutionStatus::Running)
    return fail(known.name + ": its stop was acknowledged, and it runs");
  if (known.ended && *known.ended != history_outline(*events))
    return fail(known.name + ": had ended and has another history now");
  const auto summary = executions_->summary(id);
  if (!summary || !*summary || (*summary)->record.status != status)
    return fail(known.name + ": its record and its steps differ");
}

/// In the end: of what ended, nothing runs; each child is there once and is counted.
void Simulation::check_map_runs(ExecutionId parent) {
  const auto runs = engine::MapRunStore(*executions_).list(parent, UINT64_MAX, 1'000);
  if (!runs) return fail("Map Runs: cannot be read");
  for (const engine::MapRunRecord& run : *runs) {
    ++counts_.map_runs;
    if (run.phase != engine::MapRunPhase::Over || run.status == engine::MapRunStatus::Running)
      fail(run.arn + " never ends");
    if (run.children.running != 0 || run.items.running != 0)
      fail(run.arn + ": counts what is over");
    if (run.status == engine::MapRunStatus::Succeeded && run.items.ended() != run.items.total)
      fail(run.arn + ": succeeded without all items");
    const auto children = executions_->list({.list = run.arn, .records_max = 1'000});
    if (!children) return fail("children: cannot be read");
    std::set<uint32_t> numbers;
    for (const engine::ExecutionRecord& child : children->records) {
      if (!numbers.insert(child.map_run_child).second)
        fail(run.arn + ": a child was started twice");
      const auto events = executions_->history(child.id, 1, INT64_MAX - 1, 100'000, false);
      if (!events) return fail(child.name + ": cannot be read");
      if (const std::string mistake = history_mistake(*events, child.status); !mistake.empty())
        fail(run.arn + ", child: " + mistake + "\n" + history_outline(*events));
      if (child.status == ExecutionStatus::Running) fail(run.arn + ": a child never ends");
      check_map_runs(child.id);
    }
    // EXPRESS children leave nothing.
    if (!numbers.empty() && numbers.size() != run.children.ended())
      fail(run.arn + ": counts " + std::to_string(run.children.ended()) + " children of " +
           std::to_string(numbers.size()));
  }
}

void Simulation::on_dispatch(engine::TaskRequest request) {
  ++counts_.tasks;
  const ExecutionId id = request.execution;
  const auto key = std::make_pair(id, task_number(request.command.task));
  const std::string parameters = request.command.parameters.text();
  // The effect's cause is in the store.
  const auto stored = executions_->load(id);
  const interpreter::Frame* frame =
      stored && *stored ? (*stored)->state.find(request.command.task.frame) : nullptr;
  if (frame == nullptr || frame->task != request.command.task.sequence)
    return fail("a task was dispatched that the store does not know");
  if (!dispatched_now_.insert(key).second) return fail("a task was dispatched twice");
  const auto [known, is_new] = dispatched_.emplace(key, parameters);
  if (!is_new && known->second != parameters)
    return fail("a task was dispatched again with other parameters: " + known->second + " and " +
                parameters);
  Task task{id, request.command.task, request.command.task_token, false};
  task.by_token =
      request.task_state().resource.pattern == asl::IntegrationPattern::WaitForTaskToken;
  if (task.by_token) {
    const auto parts = interpreter::parse_task_token(task.token);
    if (!parts || parts->execution_id != id) return fail("a token names another execution");
    if (chance(0.8))
      sink_->post(id, interpreter::TaskSubmitted{task.task, *json::Payload::from_text("{}"), {}});
  }
  // Some are never answered: their time-outs have to fire.
  if (faults_ && chance(0.15)) return;
  tasks_.push_back(std::move(task));
}

void Simulation::on_ended(const engine::ExecutionRecord& record) {
  const auto known = acknowledged_.find(record.id);
  if (known == acknowledged_.end()) return;
  if (known->second.ended) return fail(record.name + " has ended twice");
  const auto events = executions_->history(record.id, 1, INT64_MAX - 1, 100'000, false);
  if (!events) return fail(record.name + ": cannot be read");
  if (known->second.redrives_asked == 0) known->second.ended = history_outline(*events);
}

}  // namespace pawl::sim
