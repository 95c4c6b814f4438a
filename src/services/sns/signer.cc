// SPDX-License-Identifier: Apache-2.0
#include "services/sns/signer.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>
#include <vector>

#include "base/bytes.h"
#include "base/wire.h"
#include "net/openssl_handles.h"

namespace pawl::sns {
namespace {

using base::Result;
using net::BioHandle;
using net::CertificateHandle;
using net::KeyHandle;
using net::openssl_error;

constexpr std::string_view kRecordKey = "signing";
constexpr uint8_t kRecordVersion = 1;
constexpr int kKeyBits = 2048;
constexpr int64_t kDaySeconds = 86'400;
constexpr int64_t kValidDays = 3'650;
constexpr size_t kPathDigits = 32;
constexpr size_t kRecentMax = 32;

using DigestContext = std::unique_ptr<EVP_MD_CTX, net::OpensslFree<EVP_MD_CTX_free>>;

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<size_t>(size)) : std::string();
}

Result<CertificateHandle> self_signed(EVP_PKEY* key, base::Timestamp now) {
  CertificateHandle certificate(X509_new());
  X509* raw = certificate.get();
  const time_t from = now.ms / 1000 - kDaySeconds;
  const time_t until = from + kValidDays * kDaySeconds;
  X509_NAME* name = X509_get_subject_name(raw);
  const auto* common_name = reinterpret_cast<const unsigned char*>("sns.amazonaws.com");
  const bool is_made =
      X509_set_version(raw, 2) == 1 && ASN1_INTEGER_set(X509_get_serialNumber(raw), 1) == 1 &&
      ASN1_TIME_set(X509_getm_notBefore(raw), from) != nullptr &&
      ASN1_TIME_set(X509_getm_notAfter(raw), until) != nullptr && X509_set_pubkey(raw, key) == 1 &&
      X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common_name, -1, -1, 0) == 1 &&
      X509_set_issuer_name(raw, name) == 1 && X509_sign(raw, key, EVP_sha256()) != 0;
  if (!is_made) return openssl_error("a certificate for message signatures");
  return certificate;
}

}  // namespace

Result<void> Signer::ensure_locked(base::Timestamp now) {
  if (key_) return {};
  const std::optional<std::string> stored = PAWL_TRY(store_.get(keyspace_, kRecordKey));
  if (stored) {
    base::ByteReader in(*stored);
    if (in.byte() != kRecordVersion) in.fail();
    std::string key(in.sized());
    std::string certificate(in.sized());
    if (!in.ok() || !in.at_end()) return base::malformed_record("SNS signing key");
    const BioHandle reading = net::reading(key);
    key_.reset(PEM_read_bio_PrivateKey(reading.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
    if (!key_) return openssl_error("the key for message signatures");
    certificate_ = std::move(certificate);
    return {};
  }
  KeyHandle key(EVP_RSA_gen(kKeyBits));
  if (!key) return openssl_error("a key for message signatures");
  const CertificateHandle certificate = PAWL_TRY(self_signed(key.get(), now));
  const BioHandle key_text(BIO_new(BIO_s_mem()));
  const BioHandle certificate_text(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
          1 ||
      PEM_write_bio_X509(certificate_text.get(), certificate.get()) != 1)
    return openssl_error("a key for message signatures");
  std::string record;
  base::ByteWriter out(record);
  out.byte(kRecordVersion);
  out.sized(text_of(key_text.get()));
  out.sized(text_of(certificate_text.get()));
  store::Batch batch;
  batch.put(keyspace_, kRecordKey, record);
  PAWL_TRY_VOID(store_.commit(batch, store::Sync::No));
  key_ = std::shared_ptr<evp_pkey_st>(key.release(), EVP_PKEY_free);
  certificate_ = text_of(certificate_text.get());
  return {};
}

Result<std::string> Signer::sign(std::string_view version, std::string_view text,
                                 base::Timestamp now) {
  const std::string digest =
      base::digest(base::DigestAlgorithm::Sha256, std::string(version) + "\n" + std::string(text));
  std::shared_ptr<evp_pkey_st> key;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [signed_before, signature] : recent_)
      if (signed_before == digest) return signature;
    PAWL_TRY_VOID(ensure_locked(now));
    key = key_;
  }
  std::string signature = PAWL_TRY(sign_anew(*key, version, text));
  const std::lock_guard lock(mutex_);
  recent_.emplace_back(digest, signature);
  if (recent_.size() > kRecentMax) recent_.pop_front();
  return signature;
}

Result<std::string> Signer::sign_anew(evp_pkey_st& key, std::string_view version,
                                      std::string_view text) const {
  const DigestContext context(EVP_MD_CTX_new());
  const EVP_MD* digest = version == "2" ? EVP_sha256() : EVP_sha1();
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  size_t size = 0;
  if (EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, &key) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) != 1)
    return openssl_error("signing a message");
  std::string signature(size, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     bytes, text.size()) != 1)
    return openssl_error("signing a message");
  signature.resize(size);
  return base::base64_encode(signature);
}

Result<std::string> Signer::certificate(base::Timestamp now) {
  const std::lock_guard lock(mutex_);
  PAWL_TRY_VOID(ensure_locked(now));
  return certificate_;
}

Result<std::string> Signer::certificate_path(base::Timestamp now) {
  const std::string pem = PAWL_TRY(certificate(now));
  const std::string digest = base::hex_encode(base::digest(base::DigestAlgorithm::Sha256, pem));
  return "/SimpleNotificationService-" + digest.substr(0, kPathDigits) + ".pem";
}

}  // namespace pawl::sns
