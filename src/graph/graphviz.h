// SPDX-License-Identifier: Apache-2.0
// Graphviz' libraries, loaded when they are first needed: loading them costs more time than most
// commands take. Only the functions that graph/layout.cc calls.
#pragma once

#include <gvc.h>

#include "base/error.h"

namespace pawl::graph {

/// The functions, named as in <gvc.h> and <cgraph.h>. Not thread-safe: the caller holds layout's
/// mutex.
struct Graphviz {
  decltype(&::gvContext) gv_context;
  decltype(&::gvFreeContext) gv_free_context;
  decltype(&::gvLayout) gv_layout;
  decltype(&::gvFreeLayout) gv_free_layout;
  decltype(&::agmemread) ag_mem_read;
  decltype(&::agclose) ag_close;
  decltype(&::agfstnode) ag_first_node;
  decltype(&::agnxtnode) ag_next_node;
  decltype(&::agfstout) ag_first_out;
  decltype(&::agnxtout) ag_next_out;
  decltype(&::agfstsubg) ag_first_subgraph;
  decltype(&::agnxtsubg) ag_next_subgraph;
  decltype(&::agnameof) ag_name;
  decltype(&::agget) ag_get;
  decltype(&::agseterr) ag_set_error_level;
};

/// While it lives, what this thread allocates is no leak to LeakSanitizer: Graphviz 2.42 loses a
/// few kilobytes with each layout, also after gvFreeLayout, agclose and gvFreeContext.
class ExpectedLeaks {
 public:
  ExpectedLeaks();
  ~ExpectedLeaks();
  ExpectedLeaks(const ExpectedLeaks&) = delete;
  ExpectedLeaks& operator=(const ExpectedLeaks&) = delete;
};

/// Errors: Unsupported if the libraries cannot be loaded. They stay loaded.
base::Result<const Graphviz*> load_graphviz();

}  // namespace pawl::graph
