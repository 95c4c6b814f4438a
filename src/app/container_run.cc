// SPDX-License-Identifier: Apache-2.0
#include "app/container_run.h"

#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "app/exit_code.h"
#include "app/interrupts.h"
#include "app/text_file.h"
#include "container/container_host.h"

namespace pawl::app {
namespace {

constexpr int64_t kStopGraceMs = 10'000;  ///< as `docker stop`

int fail(const std::string& command, const std::string& message) {
  write_fully(STDERR_FILENO, command + ": " + message + "\n");
  return kExitFailed;
}

}  // namespace

int run_container(const std::string& command, container::ContainerSpec spec,
                  std::vector<container::ImageSource*> sources) {
  container::ContainerHost host({.folder = "", .sources = std::move(sources)});
  const base::Result<container::Runner*> runner = host.runner();
  if (!runner) return fail(command, runner.error().message);
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<container::ExitStatus> ended;
  const container::ContainerEvents events{
      .on_output =
          [](container::OutputStream stream, std::string_view bytes) {
            const bool is_out = stream == container::OutputStream::Out;
            write_fully(is_out ? STDOUT_FILENO : STDERR_FILENO, bytes);
          },
      .on_exit =
          [&](container::ExitStatus status) {
            const std::lock_guard lock(mutex);
            ended = std::move(status);
            changed.notify_all();
          }};
  const auto id = (*runner)->start(std::move(spec), events);
  if (!id) return fail(command, id.error().message);
  const Interrupts interrupts([&] { (*runner)->stop(*id, kStopGraceMs); });
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return ended.has_value(); });
  if (!ended->reason.empty()) return fail(command, ended->reason);
  return ended->code.value_or(int{kExitFailed});
}

}  // namespace pawl::app
