// SPDX-License-Identifier: Apache-2.0
// Signer: the RSA key that messages are signed with and the certificate that receivers verify them
// against ("Verifying the signatures of Amazon SNS messages"). Made when first needed, kept in the
// store.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/time.h"
#include "store/store.h"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace pawl::sns {

/// Thread-safe. Errors: the store's.
class Signer {
 public:
  Signer(store::Store& store, store::Keyspace keys) : store_(store), keyspace_(keys) {}

  /// Base64 of the signature; `version` "1" is SHA1withRSA, "2" SHA256withRSA.
  base::Result<std::string> sign(std::string_view version, std::string_view text,
                                 base::Timestamp now);
  /// PEM.
  base::Result<std::string> certificate(base::Timestamp now);
  /// "/SimpleNotificationService-0123….pem", different for each certificate.
  base::Result<std::string> certificate_path(base::Timestamp now);

 private:
  base::Result<void> ensure_locked(base::Timestamp now);
  base::Result<std::string> sign_anew(evp_pkey_st& key, std::string_view version,
                                      std::string_view text) const;

  store::Store& store_;
  const store::Keyspace keyspace_;
  std::mutex mutex_;
  std::shared_ptr<evp_pkey_st> key_;  ///< guarded by mutex_, as all below
  std::string certificate_;           ///< PEM
  /// Digest of version and text, signature: one message goes to many endpoints.
  std::deque<std::pair<std::string, std::string>> recent_;
};

}  // namespace pawl::sns
