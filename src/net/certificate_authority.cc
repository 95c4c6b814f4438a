// SPDX-License-Identifier: Apache-2.0
// X.509 version 3 with the extensions that clients look at.
#include "net/certificate_authority.h"

#include <openssl/bn.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>

#include "base/assert.h"
#include "net/openssl_handles.h"

namespace pawl::net {
namespace {

constexpr int kAuthorityDays = 3'653;
constexpr int kServerDays = 820;
constexpr int kSerialBits = 127;  // RFC 5280 section 4.1.2.2: positive, at most 20 octets

using Extension = std::unique_ptr<X509_EXTENSION, OpensslFree<X509_EXTENSION_free>>;
using BigNumber = std::unique_ptr<BIGNUM, OpensslFree<BN_free>>;

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<size_t>(std::max(size, 0L))};
}

CertifiedKey to_pem(X509* certificate, EVP_PKEY* key) {
  const BioHandle first(BIO_new(BIO_s_mem()));
  PAWL_ASSERT(PEM_write_bio_X509(first.get(), certificate) == 1);
  const BioHandle second(BIO_new(BIO_s_mem()));
  PAWL_ASSERT(PEM_write_bio_PrivateKey(second.get(), key, nullptr, nullptr, 0, nullptr, nullptr) ==
              1);
  return {text_of(first.get()), text_of(second.get())};
}

CertificateHandle read_certificate(const std::string& pem) {
  const BioHandle bio = reading(pem);
  CertificateHandle certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  return certificate;
}

CertificateHandle begin(const std::string& name, EVP_PKEY* key, base::Timestamp now, int days) {
  CertificateHandle certificate(X509_new());
  PAWL_ASSERT(certificate != nullptr && key != nullptr);
  X509_set_version(certificate.get(), X509_VERSION_3);
  const BigNumber serial(BN_new());
  PAWL_ASSERT(BN_rand(serial.get(), kSerialBits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1);
  BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate.get()));
  std::time_t start = now.ms / 1'000;
  X509_time_adj_ex(X509_getm_notBefore(certificate.get()), -1, 0, &start);  // clocks differ
  X509_time_adj_ex(X509_getm_notAfter(certificate.get()), days - 1, 0, &start);
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>("Pawl"), -1, -1, 0);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.data()),
                             static_cast<int>(name.size()), -1, 0);
  X509_set_pubkey(certificate.get(), key);
  return certificate;
}

/// False if `value` cannot be read.
bool extend(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

}  // namespace

CertifiedKey make_certificate_authority(const std::string& name, base::Timestamp now) {
  const KeyHandle key(EVP_EC_gen("P-256"));
  const CertificateHandle made = begin(name, key.get(), now, kAuthorityDays);
  X509_set_issuer_name(made.get(), X509_get_subject_name(made.get()));
  PAWL_ASSERT(extend(made.get(), made.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
              extend(made.get(), made.get(), NID_key_usage, "critical,keyCertSign,cRLSign") &&
              extend(made.get(), made.get(), NID_subject_key_identifier, "hash"));
  PAWL_ASSERT(X509_sign(made.get(), key.get(), EVP_sha256()) > 0);
  return to_pem(made.get(), key.get());
}

base::Result<CertifiedKey> issue_certificate(const CertifiedKey& authority,
                                             const ServerNames& names, base::Timestamp now) {
  const CertificateHandle issuer = read_certificate(authority.certificate);
  const BioHandle bio = reading(authority.key);
  const KeyHandle issuer_key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  if (!issuer || !issuer_key) return openssl_error("cannot read the certificate authority");
  PAWL_ASSERT(!names.dns.empty());
  const KeyHandle key(EVP_EC_gen("P-256"));
  const CertificateHandle made = begin(names.dns.front(), key.get(), now, kServerDays);
  X509_set_issuer_name(made.get(), X509_get_subject_name(issuer.get()));
  std::string alternatives;
  for (const std::string& name : names.dns) alternatives += ",DNS:" + name;
  for (const std::string& address : names.addresses) alternatives += ",IP:" + address;
  const bool extended =
      extend(made.get(), issuer.get(), NID_basic_constraints, "critical,CA:FALSE") &&
      extend(made.get(), issuer.get(), NID_key_usage, "critical,digitalSignature") &&
      extend(made.get(), issuer.get(), NID_ext_key_usage, "serverAuth") &&
      extend(made.get(), issuer.get(), NID_subject_key_identifier, "hash") &&
      extend(made.get(), issuer.get(), NID_authority_key_identifier, "keyid:always") &&
      extend(made.get(), issuer.get(), NID_subject_alt_name, alternatives.substr(1));
  if (!extended || X509_sign(made.get(), issuer_key.get(), EVP_sha256()) <= 0) {
    return openssl_error("cannot make the certificate");
  }
  return to_pem(made.get(), key.get());
}

bool certifies(const std::string& certificate, const std::string& authority,
               const ServerNames& names, base::Timestamp now) {
  const CertificateHandle read = read_certificate(certificate);
  const CertificateHandle issuer = read_certificate(authority);
  if (!read || !issuer) return false;
  const bool is_signed = X509_verify(read.get(), X509_get0_pubkey(issuer.get())) == 1;
  ERR_clear_error();
  std::time_t at = now.ms / 1'000;
  if (!is_signed || X509_cmp_time(X509_get0_notBefore(read.get()), &at) >= 0 ||
      X509_cmp_time(X509_get0_notAfter(read.get()), &at) <= 0) {
    return false;
  }
  const auto covers_name = [&read](const std::string& name) {
    const bool is_wild = name.starts_with("*.");
    // OpenSSL takes no "*.localhost" for a match: for such a name others have to vouch.
    if (is_wild && std::count(name.begin(), name.end(), '.') < 2) return true;
    const std::string example = is_wild ? "x" + name.substr(1) : name;
    return X509_check_host(read.get(), example.data(), example.size(), 0, nullptr) == 1;
  };
  const auto covers_address = [&read](const std::string& address) {
    return X509_check_ip_asc(read.get(), address.c_str(), 0) == 1;
  };
  return std::all_of(names.dns.begin(), names.dns.end(), covers_name) &&
         std::all_of(names.addresses.begin(), names.addresses.end(), covers_address);
}

}  // namespace pawl::net
