// SPDX-License-Identifier: Apache-2.0
// Blobs that clients give to Decrypt: what is read is written back to the same bytes. And stored
// keys and secrets, whatever the bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "services/kms/ciphertext.h"
#include "services/kms/key.h"

using namespace pawl;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto ciphertext = kms::read_ciphertext(bytes)) {
    // A number may be written longer than it needs be; what is written is read the same.
    const auto again = kms::read_ciphertext(kms::write_ciphertext(*ciphertext));
    if (!again || again->header() != ciphertext->header() || again->sealed != ciphertext->sealed)
      std::abort();
  }
  if (const auto key = kms::read_key({"a", "r", "k"}, bytes)) {
    if (!kms::read_key({"a", "r", "k"}, kms::write_key(*key))) std::abort();
  }
  static_cast<void>(kms::read_grant("g", bytes));
  static_cast<void>(kms::read_alias("alias/a", bytes));
  return 0;
}
