// SPDX-License-Identifier: Apache-2.0
#include "app/admin_command.h"

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "app/data_folder.h"
#include "app/exit_code.h"
#include "app/http_call.h"
#include "app/text_file.h"
#include "engine/execution_check.h"
#include "json/value.h"
#include "server/store_format.h"
#include "store/rocksdb/rocksdb_store.h"

namespace pawl::app {
namespace {

constexpr size_t kFaultsShown = 1'000;
constexpr std::chrono::seconds kBackupTimeout{3'600};

int end_with(ExitCode code, const std::string& message) {
  write_fully(STDERR_FILENO, "pawl admin: " + message + "\n");
  return code;
}

std::string counts(const engine::ExecutionCheck& found) {
  std::string text;
  const std::vector<std::pair<const char*, uint64_t>> lines = {{"executions", found.executions},
                                                               {"  of them running", found.running},
                                                               {"step records", found.step_records},
                                                               {"history events", found.events},
                                                               {"names", found.names},
                                                               {"list entries", found.list_entries},
                                                               {"timers", found.timers},
                                                               {"tasks under way", found.tasks},
                                                               {"Map Runs", found.map_runs}};
  for (const auto& [name, count] : lines) {
    std::string line = name;
    line.resize(20, ' ');
    text += line + std::to_string(count) + "\n";
  }
  return text;
}

int check(const std::string& data_folder) {
  const auto store = open_existing_data(data_folder);
  // So damaged that it cannot even be opened: that is an answer, too.
  if (!store && store.error().message.find("damaged data") != std::string::npos)
    return end_with(kExitFailed, "fault: " + store.error().message);
  if (!store) return end_with(kExitRefused, store.error().message);
  uint64_t faults = 0;
  const auto fault = [&faults](const std::string& text) {
    ++faults;
    write_fully(STDERR_FILENO, "fault: " + text + "\n");
  };
  if (const auto files = (*store)->check(); !files) fault(files.error().message);
  const auto executions = engine::ExecutionStore::open(**store);
  if (!executions) return end_with(kExitFailed, executions.error().message);
  const auto found = engine::check_executions(*executions, kFaultsShown);
  if (!found) {
    fault(found.error().message);
  } else {
    write_fully(STDOUT_FILENO, counts(*found));
    for (const std::string& text : found->faults) fault(text);
    if (found->faults_found > kFaultsShown) faults = found->faults_found;
  }
  write_fully(STDOUT_FILENO, faults == 0 ? "no faults\n" : std::to_string(faults) + " faults\n");
  return faults == 0 ? kExitOk : kExitFailed;
}

base::Result<void> backup_by_server(const std::string& url, const std::string& to) {
  json::ObjectBuilder body;
  body.set("to", json::Value(to));
  PAWL_TRY(call_admin_action(url, "backup", std::move(body).build(), kBackupTimeout));
  return {};
}

base::Result<void> backup_by_us(const std::string& data_folder, const std::string& to) {
  const auto store = PAWL_TRY(open_existing_data(data_folder));
  return store->backup(to);
}

int backup(const AdminOptions& options, const std::string& data_folder) {
  const std::string to = std::filesystem::absolute(options.folder).lexically_normal().string();
  const auto made = options.endpoint.empty() ? backup_by_us(data_folder, to)
                                             : backup_by_server(options.endpoint, to);
  if (!made) return end_with(kExitFailed, made.error().message);
  write_fully(STDOUT_FILENO, "backed up to " + to + "\n");
  return kExitOk;
}

int restore(const AdminOptions& options, const std::string& data_folder) {
  std::error_code error;
  std::filesystem::create_directories(data_folder, error);
  if (error) return end_with(kExitFailed, "cannot make " + data_folder + ": " + error.message());
  const auto restored =
      store::restore_rocksdb_store(options.folder, server::store_folder_of(data_folder));
  if (!restored) return end_with(kExitFailed, restored.error().message);
  write_fully(STDOUT_FILENO, "restored to " + data_folder + "\n");
  return kExitOk;
}

}  // namespace

int run_admin(const AdminOptions& options) {
  const std::string data_folder = data_folder_or_default(options.data_folder);
  if (data_folder.empty()) return end_with(kExitRefused, "no HOME: say with --data where it is");
  const bool needs_folder = options.action != "check";
  if (needs_folder == options.folder.empty())
    return end_with(kExitRefused, needs_folder ? options.action + " needs a folder"
                                               : "check takes no folder but --data DIR");
  if (options.action == "check") return check(data_folder);
  if (options.action == "backup") return backup(options, data_folder);
  return restore(options, data_folder);
}

}  // namespace pawl::app
