// SPDX-License-Identifier: Apache-2.0
#include "graph/graphviz.h"

#include <dlfcn.h>

#include <optional>
#include <string>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PAWL_LEAK_SANITIZER
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define PAWL_LEAK_SANITIZER
#endif

#ifdef PAWL_LEAK_SANITIZER
#include <sanitizer/lsan_interface.h>
#endif

namespace pawl::graph {
namespace {

/// Graphviz 2.42 and later keep these sonames; a newer major version may have other structs and is
/// not taken.
constexpr const char* kGvcLibrary = "libgvc.so.6";
constexpr const char* kCgraphLibrary = "libcgraph.so.6";

template <typename Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

std::optional<Graphviz> load() {
  void* cgraph = dlopen(kCgraphLibrary, RTLD_NOW | RTLD_LOCAL);
  void* gvc = dlopen(kGvcLibrary, RTLD_NOW | RTLD_LOCAL);
  if (cgraph == nullptr || gvc == nullptr) return std::nullopt;
  Graphviz g{};
  const bool complete =
      find(gvc, "gvContext", g.gv_context) && find(gvc, "gvFreeContext", g.gv_free_context) &&
      find(gvc, "gvLayout", g.gv_layout) && find(gvc, "gvFreeLayout", g.gv_free_layout) &&
      find(cgraph, "agmemread", g.ag_mem_read) && find(cgraph, "agclose", g.ag_close) &&
      find(cgraph, "agfstnode", g.ag_first_node) && find(cgraph, "agnxtnode", g.ag_next_node) &&
      find(cgraph, "agfstout", g.ag_first_out) && find(cgraph, "agnxtout", g.ag_next_out) &&
      find(cgraph, "agfstsubg", g.ag_first_subgraph) &&
      find(cgraph, "agnxtsubg", g.ag_next_subgraph) && find(cgraph, "agnameof", g.ag_name) &&
      find(cgraph, "agget", g.ag_get) && find(cgraph, "agseterr", g.ag_set_error_level);
  if (!complete) return std::nullopt;
  return g;
}

}  // namespace

#ifdef PAWL_LEAK_SANITIZER
ExpectedLeaks::ExpectedLeaks() { __lsan_disable(); }
ExpectedLeaks::~ExpectedLeaks() { __lsan_enable(); }
#else
ExpectedLeaks::ExpectedLeaks() = default;
ExpectedLeaks::~ExpectedLeaks() = default;
#endif

base::Result<const Graphviz*> load_graphviz() {
  static const std::optional<Graphviz> kLoaded = load();
  if (!kLoaded) {
    return base::Error(base::ErrorKind::Unsupported,
                       std::string("Graphviz is needed to lay out graphs, and its libraries ") +
                           kGvcLibrary + " and " + kCgraphLibrary +
                           " cannot be loaded (Debian: package libgvc6).");
  }
  return &*kLoaded;
}

}  // namespace pawl::graph
