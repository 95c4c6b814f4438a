// SPDX-License-Identifier: Apache-2.0
// Owners of OpenSSL's objects, and its errors. Internal to net's files on OpenSSL.
#pragma once

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <memory>
#include <string>

#include "base/error.h"

namespace pawl::net {

template <auto Free>
struct OpensslFree {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using SslContextHandle = std::unique_ptr<SSL_CTX, OpensslFree<SSL_CTX_free>>;
using SslHandle = std::unique_ptr<SSL, OpensslFree<SSL_free>>;
using BioHandle = std::unique_ptr<BIO, OpensslFree<BIO_free>>;
using CertificateHandle = std::unique_ptr<X509, OpensslFree<X509_free>>;
using KeyHandle = std::unique_ptr<EVP_PKEY, OpensslFree<EVP_PKEY_free>>;

/// A reader of `text`, which must live as long.
inline BioHandle reading(const std::string& text) {
  return BioHandle(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// With what OpenSSL says of it.
inline base::Error openssl_error(const std::string& what) {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  ERR_clear_error();
  return {base::ErrorKind::InvalidSyntax, what + ": " + text.data()};
}

}  // namespace pawl::net
