// SPDX-License-Identifier: Apache-2.0
#include "app/interrupts.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/assert.h"

namespace pawl::app {
namespace {

constexpr std::array<int, 3> kSignals{SIGINT, SIGTERM, SIGHUP};
constexpr int kExitKilled = 130;  // the shell's number for SIGINT

/// What a signal handler can reach is global. -1: nobody listens.
std::atomic<int> listening_descriptor{-1};
static_assert(std::atomic<int>::is_always_lock_free);

extern "C" void on_signal(int /*number*/) {
  const int error_before = errno;
  const int descriptor = listening_descriptor.load();
  const char byte = 1;
  if (descriptor >= 0 && write(descriptor, &byte, 1) < 0) {
    // The pipe is full of interrupts already.
  }
  errno = error_before;
}

extern "C" void on_broken_pipe(int /*number*/) {}

struct sigaction action_of(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  return action;
}

}  // namespace

Interrupts::Interrupts(std::function<void()> on_first) {
  PAWL_ASSERT(pipe2(pipe_.data(), O_CLOEXEC) == 0);
  fcntl(pipe_[1], F_SETFL, O_NONBLOCK);
  listening_descriptor.store(pipe_[1]);
  watcher_ = std::thread([this, on_first = std::move(on_first)] { watch(on_first); });
  const struct sigaction action = action_of(on_signal);
  for (size_t index = 0; index < kSignals.size(); ++index) {
    sigaction(kSignals[index], &action, &actions_before_[index]);
  }
}

Interrupts::~Interrupts() {
  for (size_t index = 0; index < kSignals.size(); ++index) {
    sigaction(kSignals[index], &actions_before_[index], nullptr);
  }
  listening_descriptor.store(-1);
  close(pipe_[1]);  // the watcher reads the end
  watcher_.join();
  close(pipe_[0]);
}

void Interrupts::watch(const std::function<void()>& on_first) {
  for (;;) {
    char byte = 0;
    const ssize_t got = read(pipe_[0], &byte, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return;
    // Workers die with the program: they have asked the kernel for it.
    if (requested_.exchange(true)) _exit(kExitKilled);
    on_first();
  }
}

void survive_broken_pipes() {
  const struct sigaction action = action_of(on_broken_pipe);
  sigaction(SIGPIPE, &action, nullptr);
}

}  // namespace pawl::app
