// SPDX-License-Identifier: Apache-2.0
// Stored secrets, whatever the bytes: one that is read is written and read again to the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "services/secretsmanager/secret.h"

using namespace pawl;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto secret = secretsmanager::read_secret({"a", "r", "s"}, bytes);
  if (!secret) return 0;
  const std::string written = secretsmanager::write_secret(*secret);
  const auto again = secretsmanager::read_secret({"a", "r", "s"}, written);
  if (!again || secretsmanager::write_secret(*again) != written) std::abort();
  // Labels stay on one version at most, wherever they were.
  for (const std::string_view stage : {secretsmanager::kCurrent, secretsmanager::kPending}) {
    if (!secret->versions.empty()) secret->move_stage(stage, secret->versions.back().id);
  }
  static_cast<void>(secret->prune());
  return 0;
}
