// SPDX-License-Identifier: Apache-2.0
// The value of a SecureString as it is stored: sealed under a data key that KMS made, beside that
// key as KMS encrypted it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pawl::ssm {

struct Envelope {
  std::string encrypted_key;
  std::string sealed;
};

std::string write_envelope(const Envelope& envelope);
/// nullopt for anything else.
std::optional<Envelope> read_envelope(std::string_view bytes);

/// `context` is the parameter's ARN.
std::string close_envelope(std::string_view data_key, std::string encrypted_key,
                           std::string_view value, std::string_view context);
std::optional<std::string> open_envelope(std::string_view data_key, const Envelope& envelope,
                                         std::string_view context);

}  // namespace pawl::ssm
