// SPDX-License-Identifier: Apache-2.0
#include "container/process_tree.h"

#include <dirent.h>

#include <fstream>
#include <string>
#include <string_view>

namespace pawl::container {
namespace {

constexpr size_t kProcessesMax = 65'536;

/// The sum of the lines of `file` that are named, in bytes: "RssAnon:     123 kB".
int64_t sum_of_lines(const std::string& file, std::string_view first, std::string_view second) {
  std::ifstream lines(file);
  int64_t sum = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(first) && !line.starts_with(second)) continue;
    const size_t digit = line.find_first_of("0123456789");
    if (digit != std::string::npos) sum += std::strtoll(line.c_str() + digit, nullptr, 10) * 1024;
  }
  return sum;
}

std::vector<pid_t> tree_of(pid_t pid) {
  std::vector<pid_t> out = {pid};
  for (size_t i = 0; i < out.size() && out.size() < kProcessesMax; ++i) {
    const std::vector<pid_t> children = children_of(out[i]);
    out.insert(out.end(), children.begin(), children.end());
  }
  return out;
}

}  // namespace

std::vector<pid_t> children_of(pid_t pid) {
  std::vector<pid_t> out;
  const std::string tasks = "/proc/" + std::to_string(pid) + "/task";
  DIR* directory = opendir(tasks.c_str());
  if (directory == nullptr) return out;
  while (const dirent* entry = readdir(directory)) {
    if (entry->d_name[0] == '.') continue;
    std::ifstream children(tasks + "/" + entry->d_name + "/children");
    for (pid_t child = 0; children >> child;) out.push_back(child);
  }
  closedir(directory);
  return out;
}

TreeUsage usage_of_tree(pid_t pid, int64_t exact_above) {
  TreeUsage out;
  const std::vector<pid_t> tree = tree_of(pid);
  out.processes = tree.size();
  for (const pid_t each : tree) {
    out.memory_bytes +=
        sum_of_lines("/proc/" + std::to_string(each) + "/status", "RssAnon:", "RssShmem:");
  }
  if (out.memory_bytes <= exact_above || tree.size() < 2) return out;
  int64_t exact = 0;
  for (const pid_t each : tree) {
    exact +=
        sum_of_lines("/proc/" + std::to_string(each) + "/smaps_rollup", "Pss_Anon:", "Pss_Shmem:");
  }
  if (exact > 0) out.memory_bytes = exact;  // an old kernel has no such lines
  return out;
}

}  // namespace pawl::container
