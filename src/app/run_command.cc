// SPDX-License-Identifier: Apache-2.0
#include "app/run_command.h"

#include <unistd.h>

#include <string>
#include <utility>

#include "app/definition_file.h"
#include "app/display.h"
#include "app/exit_code.h"
#include "app/history_output.h"
#include "app/interrupts.h"
#include "app/local_functions.h"
#include "app/run_setup.h"
#include "app/terminal.h"
#include "app/text_file.h"
#include "engine/local_engine.h"
#include "engine/system_ports.h"
#include "engine/virtual_clock.h"
#include "integration/integration_dispatcher.h"
#include "json/write.h"

namespace pawl::app {
namespace {

void complain(const std::string& message) {
  std::string out = "pawl: ";
  // Lines of one message are kept, what is inside them is made harmless.
  for (size_t start = 0; start <= message.size();) {
    const size_t end = std::min(message.find('\n', start), message.size());
    out += printable(std::string_view(message).substr(start, end - start)) + "\n";
    start = end + 1;
  }
  write_fully(STDERR_FILENO, out);
}

/// Everything that a run needs and that was found to be in order.
struct Setup {
  std::shared_ptr<const asl::Program> program;
  json::Payload input;
  std::vector<lambda::FunctionConfig> functions;
  interpreter::ExecutionInfo info;
};

/// Says what is wrong itself; then nothing is returned.
std::optional<Setup> prepare(const RunOptions& options, uint64_t seed) {
  const base::Limits limits =
      options.extended_limits ? base::Limits::extended() : base::Limits::strict();
  const base::Result<LoadedDefinition> loaded = load_definition(options.definition, options.type);
  if (!loaded) {
    complain(loaded.error().message);
    return std::nullopt;
  }
  const Palette palette = make_palette(wants_colors(STDERR_FILENO, options.no_color));
  if (!loaded->compilation.program) {
    std::string text;
    for (const asl::Diagnostic& diagnostic : loaded->compilation.diagnostics) {
      text += render_diagnostic(*loaded, diagnostic, palette);
    }
    write_fully(STDERR_FILENO, text);
    return std::nullopt;
  }
  Setup setup;
  setup.program = loaded->compilation.program;
  const auto fill = [&]() -> base::Result<void> {
    setup.info = PAWL_TRY(make_execution_info(options, limits, seed));
    setup.functions = PAWL_TRY(read_functions(options));
    PAWL_TRY_VOID(check_functions_given(loaded->source->root(), setup.functions));
    setup.input = PAWL_TRY(read_input(options, limits));
    return {};
  };
  if (const base::Result<void> done = fill(); !done) {
    complain(done.error().message);
    return std::nullopt;
  }
  return setup;
}

Display::Options display_options(const RunOptions& options, const std::string& title) {
  Display::Options display;
  const bool live = is_terminal(STDERR_FILENO) && terminal_size(STDERR_FILENO).columns >= 20;
  display.mode = options.quiet ? Display::Mode::Quiet
                 : live        ? Display::Mode::Live
                               : Display::Mode::Lines;
  display.colors = wants_colors(STDERR_FILENO, options.no_color);
  display.virtual_time = options.virtual_time;
  display.title = title;
  return display;
}

/// What nobody here can answer is said before it is waited for.
void warn_of_unavailable(const asl::Program& program,
                         const integration::IntegrationDispatcher& dispatcher) {
  for (const asl::State& state : program.states) {
    const auto* task = std::get_if<asl::TaskState>(&state.detail);
    if (task == nullptr) continue;
    const std::string where = "state \"" + state.name + "\": ";
    if (task->resource.kind == asl::ResourceKind::Activity) {
      complain("warning: " + where +
               "pawl run has no activity workers; the task can only time out");
    } else if (!dispatcher.is_available(task->resource)) {
      complain("warning: " + where + "pawl run cannot call " + task->resource.arn +
               "; the task will fail");
    } else if (task->resource.pattern == asl::IntegrationPattern::WaitForTaskToken) {
      complain("warning: " + where +
               "nobody can return a task token to pawl run; the task can only time out");
    }
  }
}

/// "FAILED in state "Each" > "Work": States.TaskFailed", then the cause.
std::string failure_text(const interpreter::ExecutionState& state,
                         const std::vector<std::string>& path, const Palette& palette) {
  std::string text(palette.red);
  text += interpreter::execution_status_name(state.status);
  text += palette.reset;
  for (size_t index = 0; index < path.size(); ++index) {
    text += (index == 0 ? " in state \"" : " > \"") + printable(path[index]) + "\"";
  }
  if (state.error.error) text += ": " + printable(*state.error.error);
  text += "\n";
  if (state.error.cause) text += printable(*state.error.cause) + "\n";
  return text;
}

int report(const RunOptions& options, const asl::Program& program,
           const interpreter::ExecutionState& state,
           const std::vector<interpreter::HistoryEvent>& history,
           const std::vector<std::string>& failed_path) {
  const bool succeeded = state.status == interpreter::ExecutionStatus::Succeeded;
  if (!succeeded) {
    const Palette palette = make_palette(wants_colors(STDERR_FILENO, options.no_color));
    write_fully(STDERR_FILENO, failure_text(state, failed_path, palette));
  }
  switch (options.history) {
    case HistoryFormat::Json:
      write_fully(STDOUT_FILENO, history_as_json(history, program, *state.info));
      break;
    case HistoryFormat::Table:
      write_fully(STDOUT_FILENO, history_as_table(history, program));
      break;
    case HistoryFormat::None:
      if (succeeded) write_fully(STDOUT_FILENO, json::write_pretty(state.output.value()) + "\n");
      break;
  }
  return succeeded ? kExitOk : kExitFailed;
}

int run(const RunOptions& options, Setup setup, engine::Entropy& entropy) {
  engine::SystemClock system_clock;
  engine::VirtualClock virtual_clock(system_clock.now());
  engine::Clock& clock =
      options.virtual_time ? static_cast<engine::Clock&>(virtual_clock) : system_clock;
  Display display(display_options(options, setup.info.state_machine_name), setup.program);
  lambda::LambdaRuntime::Options runtime;
  runtime.log = [&display](const lambda::FunctionConfig& function, const std::string&,
                           std::string_view line) { display.log(function.name, line); };
  LocalFunctions functions(std::move(runtime));
  for (lambda::FunctionConfig& function : setup.functions) functions.add(std::move(function));
  integration::IntegrationDispatcher::Options integrations{.clock = clock, .entropy = entropy};
  integrations.lambda = &functions;
  integration::IntegrationDispatcher dispatcher(integrations);
  if (!options.quiet) warn_of_unavailable(*setup.program, dispatcher);
  engine::LocalEngine engine({.clock = clock,
                              .entropy = entropy,
                              .dispatcher = dispatcher,
                              .observer = &display,
                              .virtual_clock = options.virtual_time ? &virtual_clock : nullptr,
                              .keep_history = options.history != HistoryFormat::None});
  bool ended = false;
  const engine::ExecutionId execution =
      engine.start(setup.program, std::move(setup.info), std::move(setup.input),
                   [&ended](engine::ExecutionId) { ended = true; });
  display.watch(engine, execution);
  {
    Interrupts interrupts([&engine] { engine.wake(); });
    bool more = engine.run_until([&] { return ended || interrupts.requested(); });
    if (!ended && interrupts.requested()) {
      engine.stop(execution, {.error = std::nullopt, .cause = std::nullopt});
      more = engine.run_until([&] { return ended; });
    }
    if (!more)
      engine.stop(execution, {.error = std::nullopt, .cause = "Nothing can happen any more."});
    engine.run_until([&] { return ended; });
  }
  functions.shut_down();  // before the engine, to which answers go
  display.finish();
  return report(options, *setup.program, *engine.state(execution), engine.history(execution),
                display.failed_path());
}

}  // namespace

int run_execution(const RunOptions& options) {
  engine::SystemEntropy entropy;
  std::optional<Setup> setup = prepare(options, entropy.next());
  if (!setup) return kExitRefused;
  return run(options, *std::move(setup), entropy);
}

}  // namespace pawl::app
