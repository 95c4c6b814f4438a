// SPDX-License-Identifier: Apache-2.0
#include "services/ssm/secure_string.h"

#include "base/wire.h"
#include "store/sealing/aes_gcm.h"

namespace pawl::ssm {
namespace {

constexpr uint8_t kVersion = 1;

}  // namespace

std::string write_envelope(const Envelope& envelope) {
  std::string bytes;
  base::ByteWriter out(bytes);
  out.byte(kVersion);
  out.sized(envelope.encrypted_key);
  out.sized(envelope.sealed);
  return bytes;
}

std::optional<Envelope> read_envelope(std::string_view bytes) {
  base::ByteReader in(bytes);
  Envelope envelope;
  if (in.byte() != kVersion) in.fail();
  envelope.encrypted_key = in.sized();
  envelope.sealed = in.sized();
  if (!in.ok() || !in.at_end()) return std::nullopt;
  return envelope;
}

std::string close_envelope(std::string_view data_key, std::string encrypted_key,
                           std::string_view value, std::string_view context) {
  return write_envelope({std::move(encrypted_key), store::seal(data_key, value, context)});
}

std::optional<std::string> open_envelope(std::string_view data_key, const Envelope& envelope,
                                         std::string_view context) {
  return store::unseal(data_key, envelope.sealed, context);
}

}  // namespace pawl::ssm
