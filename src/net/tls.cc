// SPDX-License-Identifier: Apache-2.0
// Everything goes through two memory BIOs, so nothing here ever waits.
#include "net/tls.h"

#include <openssl/pem.h>

#include <algorithm>
#include <array>

#include "base/assert.h"
#include "net/openssl_handles.h"

namespace pawl::net {
namespace {

/// RFC 7301: HTTP/1.1 if the client offers it; else the extension is not answered.
int select_protocol(SSL*, const unsigned char** out, unsigned char* out_length,
                    const unsigned char* offered, unsigned int offered_length, void*) {
  constexpr std::string_view kHttp = "http/1.1";
  for (unsigned int at = 0; at < offered_length; at += offered[at] + 1U) {
    const size_t length = std::min<size_t>(offered[at], offered_length - at - 1);
    const auto* name = offered + at + 1;
    if (std::string_view(reinterpret_cast<const char*>(name), length) != kHttp) continue;
    *out = name;
    *out_length = static_cast<unsigned char>(length);
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

class TlsContext::Impl {
 public:
  SslContextHandle context;
};

TlsContext::TlsContext(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsContext::~TlsContext() = default;

base::Result<std::shared_ptr<const TlsContext>> TlsContext::make(const std::string& chain,
                                                                 const std::string& key) {
  SslContextHandle context(SSL_CTX_new(TLS_server_method()));
  PAWL_ASSERT(context != nullptr);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                         SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);  // idle connections stay small
  SSL_CTX_set_alpn_select_cb(context.get(), select_protocol, nullptr);
  const BioHandle certificates = reading(chain);
  const CertificateHandle certificate(
      PEM_read_bio_X509(certificates.get(), nullptr, nullptr, nullptr));
  if (!certificate || SSL_CTX_use_certificate(context.get(), certificate.get()) != 1) {
    return openssl_error("cannot read the certificate");
  }
  for (;;) {
    CertificateHandle issuer(PEM_read_bio_X509(certificates.get(), nullptr, nullptr, nullptr));
    if (!issuer) break;
    if (SSL_CTX_add0_chain_cert(context.get(), issuer.get()) == 1)
      static_cast<void>(issuer.release());
  }
  ERR_clear_error();
  const BioHandle keys = reading(key);
  const KeyHandle private_key(PEM_read_bio_PrivateKey(keys.get(), nullptr, nullptr, nullptr));
  if (!private_key || SSL_CTX_use_PrivateKey(context.get(), private_key.get()) != 1 ||
      SSL_CTX_check_private_key(context.get()) != 1) {
    return openssl_error("cannot read the key of the certificate");
  }
  auto impl = std::make_unique<Impl>();
  impl->context = std::move(context);
  return std::shared_ptr<const TlsContext>(new TlsContext(std::move(impl)));
}

class TlsSession::Impl {
 public:
  SslHandle session;
  BIO* incoming = nullptr;  ///< both belong to the session
  BIO* outgoing = nullptr;

  Status status_of(int result) const {
    switch (SSL_get_error(session.get(), result)) {
      case SSL_ERROR_NONE:
      case SSL_ERROR_WANT_READ:
      case SSL_ERROR_WANT_WRITE: return Status::Open;
      case SSL_ERROR_ZERO_RETURN: return Status::Ended;
      default: ERR_clear_error(); return Status::Failed;
    }
  }
};

TlsSession::TlsSession(const TlsContext& context) : impl_(std::make_unique<Impl>()) {
  impl_->session.reset(SSL_new(context.impl_->context.get()));
  PAWL_ASSERT(impl_->session != nullptr);
  impl_->incoming = BIO_new(BIO_s_mem());
  impl_->outgoing = BIO_new(BIO_s_mem());
  PAWL_ASSERT(impl_->incoming != nullptr && impl_->outgoing != nullptr);
  SSL_set_bio(impl_->session.get(), impl_->incoming, impl_->outgoing);
  SSL_set_accept_state(impl_->session.get());
}

TlsSession::~TlsSession() = default;

TlsSession::Status TlsSession::receive(std::string_view bytes, std::string& plain) {
  ERR_clear_error();
  if (BIO_write(impl_->incoming, bytes.data(), static_cast<int>(bytes.size())) !=
      static_cast<int>(bytes.size())) {
    return Status::Failed;
  }
  std::array<char, 16 * 1024> record;  // the most that one holds
  for (;;) {
    const int got = SSL_read(impl_->session.get(), record.data(), record.size());
    if (got <= 0) return impl_->status_of(got);
    plain.append(record.data(), static_cast<size_t>(got));
  }
}

TlsSession::Status TlsSession::send(std::string_view plain) {
  ERR_clear_error();
  while (!plain.empty()) {
    size_t written = 0;
    const int result = SSL_write_ex(impl_->session.get(), plain.data(), plain.size(), &written);
    if (result != 1) {
      // A memory BIO takes everything, so there is nothing to wait for.
      impl_->status_of(result);
      return Status::Failed;
    }
    plain.remove_prefix(written);
  }
  return Status::Open;
}

void TlsSession::end() {
  SSL_shutdown(impl_->session.get());
  ERR_clear_error();
}

void TlsSession::take_output(std::string& out) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(impl_->outgoing, &data);
  if (size <= 0) return;
  out.append(data, static_cast<size_t>(size));
  BIO_reset(impl_->outgoing);
}

}  // namespace pawl::net
