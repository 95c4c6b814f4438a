// SPDX-License-Identifier: Apache-2.0
#include "container/host_programs.h"

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>

namespace pawl::container {

std::string find_program(const std::string& program) {
  if (program.find('/') != std::string::npos) {
    return access(program.c_str(), X_OK) == 0 ? program : std::string();
  }
  const char* path = getenv("PATH");
  std::string_view rest = path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin";
  while (!rest.empty()) {
    const size_t end = std::min(rest.find(':'), rest.size());
    const std::string file = std::string(rest.substr(0, end)) + "/" + program;
    if (end != 0 && access(file.c_str(), X_OK) == 0) return file;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return {};
}

std::string find_python(const std::string& runtime_name) {
  if (const char* set = getenv("PAWL_PYTHON")) return find_program(set);
  for (const char* folder : {"/usr/bin/", "/usr/local/bin/"}) {
    const std::string file = folder + runtime_name;
    if (!runtime_name.empty() && access(file.c_str(), X_OK) == 0) return file;
  }
  return access("/usr/bin/python3", X_OK) == 0 ? "/usr/bin/python3" : find_program("python3");
}

std::string find_node() {
  const char* set = getenv("PAWL_NODE");
  return find_program(set != nullptr ? set : "node");
}

}  // namespace pawl::container
