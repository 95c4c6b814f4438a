// SPDX-License-Identifier: Apache-2.0
#include "services/kms/ciphertext.h"

#include "base/wire.h"
#include "store/sealing/aes_gcm.h"

namespace pawl::kms {
namespace {

constexpr std::string_view kMark = "PKMS";
constexpr uint8_t kVersion = 1;

}  // namespace

std::string Ciphertext::header() const {
  std::string bytes(kMark);
  base::ByteWriter out(bytes);
  out.byte(kVersion);
  for (const std::string* part : {&account, &region, &key_id, &material_id}) out.sized(*part);
  return bytes;
}

std::string write_ciphertext(const Ciphertext& ciphertext) {
  return ciphertext.header() + ciphertext.sealed;
}

std::optional<Ciphertext> read_ciphertext(std::string_view blob) {
  if (!blob.starts_with(kMark)) return std::nullopt;
  base::ByteReader in(blob.substr(kMark.size()));
  Ciphertext ciphertext;
  if (in.byte() != kVersion) in.fail();
  for (std::string* part :
       {&ciphertext.account, &ciphertext.region, &ciphertext.key_id, &ciphertext.material_id})
    *part = in.sized();
  if (!in.ok() || in.rest().size() < store::kSealBytes) return std::nullopt;
  ciphertext.sealed = in.rest();
  return ciphertext;
}

std::string authenticated_data(const Ciphertext& ciphertext,
                               const std::map<std::string, std::string>& context) {
  std::string data = ciphertext.header();
  for (const auto& [name, value] : context) {
    base::append_sized(data, name);
    base::append_sized(data, value);
  }
  return data;
}

}  // namespace pawl::kms
