// SPDX-License-Identifier: Apache-2.0
// Authorization tokens: what GetAuthorizationToken gives and `docker login` brings back: user "AWS"
// and a password that names a registry and when it ends, signed by this server.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "services/ecr/records.h"

namespace pawl::ecr {

/// The password for a registry. `key`: Registry::token_key().
std::string make_password(const Scope& scope, base::Timestamp expires_at, std::string_view key);

/// Whose it is; nullopt if this server did not make it, or it has expired.
std::optional<Scope> check_password(std::string_view password, base::Timestamp now,
                                    std::string_view key);

/// The password of "Basic …" (RFC 7617) or of "Bearer …", which is the token itself; nullopt if the
/// header is neither.
std::optional<std::string> password_of(std::string_view authorization);

}  // namespace pawl::ecr
