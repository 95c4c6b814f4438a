// SPDX-License-Identifier: Apache-2.0
// A certificate authority of one's own and the server certificates that it signs (OpenSSL 3; EC
// P-256, RFC 5280). Texts only: where they are kept is the caller's.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace pawl::net {

/// Both PEM.
struct CertifiedKey {
  std::string certificate;
  std::string key;
};

/// Signs itself; valid for ten years from the day before `now`. Thread-safe.
CertifiedKey make_certificate_authority(const std::string& name, base::Timestamp now);

struct ServerNames {
  std::vector<std::string> dns;  ///< the first is the subject; "*.x.y" is one label
  std::vector<std::string> addresses;
};

/// Valid for 820 days, which every client accepts. Errors: InvalidSyntax if `authority` is none, or
/// an address is none. Thread-safe.
base::Result<CertifiedKey> issue_certificate(const CertifiedKey& authority,
                                             const ServerNames& names, base::Timestamp now);

/// Whether `certificate` (PEM) was signed by `authority` (PEM), names all of `names` and is valid
/// at `now`. False for what cannot be read. Thread-safe.
bool certifies(const std::string& certificate, const std::string& authority,
               const ServerNames& names, base::Timestamp now);

}  // namespace pawl::net
