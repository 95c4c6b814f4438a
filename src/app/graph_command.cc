// SPDX-License-Identifier: Apache-2.0
#include "app/graph_command.h"

#include <unistd.h>

#include <algorithm>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "app/definition_file.h"
#include "app/execution_notes.h"
#include "app/execution_statuses.h"
#include "app/exit_code.h"
#include "app/image_names.h"
#include "app/service_client.h"
#include "app/stored_execution.h"
#include "app/terminal.h"
#include "app/text_file.h"
#include "graph/layout.h"
#include "graph/png.h"
#include "graph/svg.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::app {
namespace {

int refuse(const std::string& message) {
  write_fully(STDERR_FILENO, "pawl: " + printable(message) + "\n");
  return kExitRefused;
}

constexpr size_t kHistoryBytesMax = size_t{256} << 20;
constexpr double kScaleMin = 0.1;
constexpr double kScaleMax = 16;

/// What is drawn, wherever it comes from.
struct Subject {
  std::string title;
  LoadedDefinition definition;
  std::unordered_map<std::string, graph::StateStatus> statuses = {};
  ExecutionNotes notes = {};
};

base::Error in_file(const std::string& file, const base::Error& error) {
  return base::Error(error.kind, file + ": " + error.message);
}

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

base::Result<void> add_history(const json::Value& history, std::span<const json::Value> map_runs,
                               Subject& subject) {
  subject.statuses = PAWL_TRY(execution_statuses(history));
  const json::Value events = history.is_object() ? json::array_member(history, "events") : history;
  std::vector<json::Value> ordered(events.items().begin(), events.items().end());
  std::stable_sort(ordered.begin(), ordered.end(), [](const json::Value& a, const json::Value& b) {
    return json::integer_member(a, "id") < json::integer_member(b, "id");
  });
  subject.notes = execution_notes(ordered, map_runs);
  return {};
}

base::Result<Subject> subject_of_files(const GraphOptions& options) {
  Subject subject{base_name(options.definition),
                  PAWL_TRY(load_definition(options.definition, asl::StateMachineType::Standard))};
  if (options.history.empty()) return subject;
  const std::string text = PAWL_TRY(read_text_file(options.history, kHistoryBytesMax));
  const base::Result<json::Value> history = json::parse(text);
  if (!history) return in_file(options.history, history.error());
  const base::Result<void> added = add_history(*history, {}, subject);
  if (!added) return in_file(options.history, added.error());
  return subject;
}

base::Result<Subject> subject_of_execution(const GraphOptions& options) {
  const Endpoint endpoint = PAWL_TRY(parse_endpoint(server_url(options.endpoint)));
  ServiceClient calls(endpoint, chosen_region(options.region));
  StoredExecution execution = PAWL_TRY(fetch_execution(calls, options.execution_arn));
  Subject subject{std::move(execution.name),
                  read_definition("definition.json", std::move(execution.definition),
                                  asl::StateMachineType::Standard)};
  PAWL_TRY_VOID(add_history(execution.history, execution.map_runs, subject));
  return subject;
}

/// What the file is to hold. Errors: those of graph/png.h.
base::Result<std::string> render(const GraphOptions& options, const graph::Graph& graph,
                                 Subject subject) {
  if (options.output.ends_with(".json")) return json::write_pretty(graph::to_json(graph)) + "\n";
  const std::string svg = graph::to_svg(graph, {.title = std::move(subject.title),
                                                .statuses = std::move(subject.statuses),
                                                .notes = std::move(subject.notes.texts),
                                                .visits = std::move(subject.notes.visits),
                                                .theme = options.theme});
  if (!options.output.ends_with(".png")) return svg;
  const double scale =
      options.scale > 0 ? options.scale : graph::png_scale(graph.width, graph.height);
  return graph::to_png(svg, {.width = graph.width, .height = graph.height, .scale = scale});
}

/// A mistake in the way in which the command was called; "" if there is none.
std::string mistake_in(const GraphOptions& options) {
  const std::string& output = options.output;
  const bool is_known = output == "-" || output.ends_with(".svg") || output.ends_with(".png") ||
                        output.ends_with(".json");
  if (!is_known) return output + ": the output must end in .svg, .png or .json";
  if (options.definition.empty() == options.execution_arn.empty())
    return "graph draws a DEFINITION or an --execution: give one of them";
  if (options.scale != 0 && !(options.scale >= kScaleMin && options.scale <= kScaleMax))
    return "--scale is a number from 0.1 to 16";
  if (!options.execution_arn.empty() && !options.history.empty())
    return "--execution has its own events: leave out --events";
  return {};
}

}  // namespace

int run_graph(const GraphOptions& options) {
  if (const std::string mistake = mistake_in(options); !mistake.empty()) return refuse(mistake);
  const bool is_stored = !options.execution_arn.empty();
  base::Result<Subject> subject =
      is_stored ? subject_of_execution(options) : subject_of_files(options);
  const std::string name = is_stored ? options.execution_arn : options.definition;
  if (!subject) {
    const int code = refuse((is_stored ? name + ": " : "") + subject.error().message);
    return subject.error().kind == base::ErrorKind::Io && is_stored ? kExitFailed : code;
  }
  const LoadedDefinition& definition = subject->definition;
  const Palette palette = make_palette(wants_colors(STDERR_FILENO, options.no_color));
  if (!definition.source) {
    write_fully(STDERR_FILENO,
                render_diagnostic(definition, definition.compilation.diagnostics.front(), palette));
    return kExitRefused;
  }
  base::Result<graph::Graph> graph = graph::build_graph(definition.source->root());
  if (!graph) return refuse(name + ": " + graph.error().message);
  if (!definition.compilation.program) {
    write_fully(
        STDERR_FILENO,
        "pawl: " + printable(name) +
            " has mistakes (see pawl validate); the graph shows what can be understood of it\n");
  }
  if (const base::Result<void> done = graph::lay_out(*graph); !done) {
    return refuse(name + ": " + done.error().message);
  }
  const base::Result<std::string> picture = render(options, *graph, *std::move(subject));
  if (!picture) return refuse(name + ": " + picture.error().message);
  if (const base::Result<void> written = write_text_file(options.output, *picture); !written) {
    write_fully(STDERR_FILENO, "pawl: " + printable(written.error().message) + "\n");
    return kExitFailed;
  }
  return kExitOk;
}

}  // namespace pawl::app
