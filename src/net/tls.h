// SPDX-License-Identifier: Apache-2.0
// TLS 1.2 and 1.3, the server's side, on bytes: no sockets here (OpenSSL 3 with memory BIOs). Where
// certificates come from is the caller's.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

namespace pawl::net {

/// A certificate and its key, ready to be shown. Immutable; thread-safe.
class TlsContext {
 public:
  /// `chain` is the certificate, then those that signed it; both are PEM. Errors: InvalidSyntax if
  /// they cannot be read or do not belong together.
  static base::Result<std::shared_ptr<const TlsContext>> make(const std::string& chain,
                                                              const std::string& key);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

 private:
  friend class TlsSession;
  class Impl;
  explicit TlsContext(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// One connection, from the first byte of the ClientHello. Used by one thread.
class TlsSession {
 public:
  enum class Status {
    Open,
    Ended,   ///< the peer has said goodbye
    Failed,  ///< it does not speak TLS, or not ours; an alert may wait in take_output()
  };

  explicit TlsSession(const TlsContext& context);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  /// Takes all of `bytes` as they came from the connection; appends what they say to `plain`.
  Status receive(std::string_view bytes, std::string& plain);
  /// Encrypts. The handshake must be over, which it is once anything has been received.
  Status send(std::string_view plain);
  /// Says goodbye.
  void end();
  /// Appends what is to be written to the connection now: after every call of the above.
  void take_output(std::string& out);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pawl::net
