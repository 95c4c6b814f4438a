// SPDX-License-Identifier: Apache-2.0
#include "app/graph_command.h"

#include <unistd.h>

#include <string>

#include "app/definition_file.h"
#include "app/execution_statuses.h"
#include "app/exit_code.h"
#include "app/terminal.h"
#include "app/text_file.h"
#include "graph/layout.h"
#include "graph/svg.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::app {
namespace {

int refuse(const std::string& message) {
  write_fully(STDERR_FILENO, "pawl: " + printable(message) + "\n");
  return kExitRefused;
}

constexpr size_t kHistoryBytesMax = size_t{256} << 20;

base::Result<std::unordered_map<std::string, graph::StateStatus>> read_statuses(
    const std::string& file) {
  if (file.empty()) return std::unordered_map<std::string, graph::StateStatus>{};
  const std::string text = PAWL_TRY(read_text_file(file, kHistoryBytesMax));
  const base::Result<json::Value> history = json::parse(text);
  if (!history) {
    return base::Error(history.error().kind, file + ": " + history.error().message);
  }
  auto statuses = execution_statuses(*history);
  if (!statuses) {
    return base::Error(statuses.error().kind, file + ": " + statuses.error().message);
  }
  return statuses;
}

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

int run_graph(const GraphOptions& options) {
  const bool as_json = options.output.ends_with(".json");
  if (!as_json && options.output != "-" && !options.output.ends_with(".svg")) {
    return refuse(options.output + ": the output must end in .svg or .json");
  }
  const base::Result<LoadedDefinition> loaded =
      load_definition(options.definition, asl::StateMachineType::Standard);
  if (!loaded) return refuse(loaded.error().message);
  const Palette palette = make_palette(wants_colors(STDERR_FILENO, options.no_color));
  if (!loaded->source) {
    write_fully(STDERR_FILENO,
                render_diagnostic(*loaded, loaded->compilation.diagnostics.front(), palette));
    return kExitRefused;
  }
  base::Result<graph::Graph> graph = graph::build_graph(loaded->source->root());
  if (!graph) return refuse(options.definition + ": " + graph.error().message);
  if (!loaded->compilation.program) {
    write_fully(
        STDERR_FILENO,
        "pawl: " + printable(options.definition) +
            " has mistakes (see pawl validate); the graph shows what can be understood of it\n");
  }
  if (const base::Result<void> done = graph::lay_out(*graph); !done) {
    return refuse(options.definition + ": " + done.error().message);
  }
  auto statuses = read_statuses(options.history);
  if (!statuses) return refuse(statuses.error().message);
  const std::string text = as_json ? json::write_pretty(graph::to_json(*graph)) + "\n"
                                   : graph::to_svg(*graph, {.title = base_name(options.definition),
                                                            .statuses = std::move(*statuses)});
  if (const base::Result<void> written = write_text_file(options.output, text); !written) {
    write_fully(STDERR_FILENO, "pawl: " + printable(written.error().message) + "\n");
    return kExitFailed;
  }
  return kExitOk;
}

}  // namespace pawl::app
