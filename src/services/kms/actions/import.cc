// SPDX-License-Identifier: Apache-2.0
// Imported key material. The import token is the wrapping key itself, sealed under the master key:
// nothing is kept between GetParametersForImport and ImportKeyMaterial.
#include <algorithm>

#include "aws/service/input_members.h"
#include "base/bytes.h"
#include "base/wire.h"
#include "json/members.h"
#include "services/kms/api.h"
#include "services/kms/service.h"
#include "store/sealing/aes_gcm.h"

namespace pawl::kms {

using aws::ActionResult;
using aws::ApiError;
using aws::ApiResult;
using aws::from_store;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr int64_t kTokenValidMs = 86'400'000;
constexpr std::string_view kTokenMaterial = "import token";
constexpr uint8_t kTokenVersion = 1;

struct ImportToken {
  std::string algorithm;
  std::string wrapping_spec;
  int64_t valid_to_ms = 0;
  std::string private_der;
};

std::string write_token(const ImportToken& token) {
  std::string bytes;
  base::ByteWriter out(bytes);
  out.byte(kTokenVersion);
  out.sized(token.algorithm);
  out.sized(token.wrapping_spec);
  out.signed_varint(token.valid_to_ms);
  out.sized(token.private_der);
  return bytes;
}

std::optional<ImportToken> read_token(std::string_view bytes) {
  base::ByteReader in(bytes);
  ImportToken token;
  if (in.byte() != kTokenVersion) in.fail();
  token.algorithm = in.sized();
  token.wrapping_spec = in.sized();
  token.valid_to_ms = in.signed_varint();
  token.private_der = in.sized();
  if (!in.ok() || !in.at_end()) return std::nullopt;
  return token;
}

ApiError invalid_material() { return {"IncorrectKeyMaterialException", std::nullopt}; }

/// API GetParametersForImport, "WrappingAlgorithm": alone, or with an AES key between.
std::optional<std::string> unwrap(const ImportToken& token, const std::string& wrapped) {
  const KeySpec* spec = find_key_spec(token.wrapping_spec);
  if (spec == nullptr) return std::nullopt;
  const auto key = AsymmetricKey::from_private(token.private_der, *spec);
  if (!key) return std::nullopt;
  const std::string oaep =
      token.algorithm.ends_with("SHA_1") ? "RSAES_OAEP_SHA_1" : "RSAES_OAEP_SHA_256";
  if (token.algorithm.starts_with("RSAES_OAEP")) return key->decrypt(oaep, wrapped);
  const size_t modulus_bytes = static_cast<size_t>(spec->bits) / 8;
  if (wrapped.size() <= modulus_bytes) return std::nullopt;
  std::optional<std::string> aes_key = key->decrypt(oaep, wrapped.substr(0, modulus_bytes));
  if (!aes_key) return std::nullopt;
  return unwrap_aes(*aes_key, std::string_view(wrapped).substr(modulus_bytes));
}

/// Of a symmetric or HMAC key the bytes, else a private key.
ApiResult<std::string> check_material(const KeySpec& spec, const std::string& bytes) {
  if (spec.family == KeyFamily::Symmetric || spec.family == KeyFamily::Hmac) {
    if (bytes.size() != static_cast<size_t>(spec.bits) / 8) return invalid_material();
    return std::string();
  }
  const auto pair = AsymmetricKey::from_private(bytes, spec);
  if (!pair) return invalid_material();
  return pair->public_der();
}

/// A key is of use only while all is there that something was encrypted with.
void settle_import(Key& key) {
  if (key.state == KeyState::PendingDeletion) return;
  const bool is_whole = !key.materials.empty() &&
                        std::none_of(key.materials.begin(), key.materials.end(),
                                     [](const Material& each) { return each.sealed.empty(); });
  if (!is_whole) {
    key.state = KeyState::PendingImport;
  } else if (key.state == KeyState::PendingImport) {
    key.state = KeyState::Enabled;
  }
}

/// API ImportKeyMaterial, "ImportType": what was imported before comes back to its place; what is
/// new waits for a rotation, if there is one before it.
ApiResult<void> place_material(Key& key, Material material, const Value& input) {
  const std::string wanted = text_member(input, "KeyMaterialId");
  if (!wanted.empty() && wanted != material.id) return invalid_material();
  for (std::vector<Material>* those : {&key.materials, &key.pending}) {
    for (Material& there : *those) {
      if (there.id != material.id) continue;
      material.origin = there.origin;
      material.created_ms = there.created_ms;
      there = std::move(material);
      return {};
    }
  }
  if (key.materials.empty()) {
    key.materials.push_back(std::move(material));
    return {};
  }
  const bool is_new = text_member(input, "ImportType") == "NEW_KEY_MATERIAL";
  if (!is_new || key.spec != "SYMMETRIC_DEFAULT") return invalid_material();
  key.pending = {std::move(material)};
  return {};
}

}  // namespace

void KmsService::parameters_for_import(Request request, aws::Reply reply) {
  const Value& input = request.input;
  const std::string algorithm = text_member(input, "WrappingAlgorithm");
  const std::string wrapping_spec = text_member(input, "WrappingKeySpec");
  const KeySpec* spec = find_key_spec(wrapping_spec);
  const auto check = [&]() -> ApiResult<KeyName> {
    const Key key = PAWL_TRY(find(request, text_member(input, "KeyId")));
    if (key.origin != "EXTERNAL") return wrong_origin(key);
    PAWL_TRY_VOID(check_not_deleted(key));
    if (algorithm == "RSAES_PKCS1_V1_5" || algorithm == "SM2PKE" || spec == nullptr ||
        spec->family != KeyFamily::Rsa)
      return unsupported("WrappingAlgorithm " + algorithm + " with WrappingKeySpec " +
                         wrapping_spec + " is not supported by Pawl.");
    return key.name;
  };
  const ApiResult<KeyName> name = check();
  if (!name) {
    reply(name.error());
    return;
  }
  struct Making {
    aws::Reply reply;
  };
  auto making = std::make_shared<Making>(Making{std::move(reply)});
  generate(*spec, [this, making, name = *name, algorithm,
                   wrapping_spec](base::Result<AsymmetricKey> made) {
    const auto answer = [&]() -> ActionResult {
      const AsymmetricKey pair = PAWL_TRY(from_store(std::move(made)));
      ImportToken token{algorithm, wrapping_spec, now_ms() + kTokenValidMs, pair.private_der()};
      std::string plain = write_token(token);
      store::wipe(token.private_der);
      const std::string sealed = PAWL_TRY(from_store(keys_.seal(name.id, kTokenMaterial, plain)));
      store::wipe(plain);
      ObjectBuilder out;
      out.set("KeyId", Value(name.arn()))
          .set("ImportToken", aws::blob_value(sealed))
          .set("PublicKey", aws::blob_value(pair.public_der()))
          .set("ParametersValidTo", aws::time_value(token.valid_to_ms));
      return std::move(out).build();
    };
    making->reply(answer());
  });
}

ActionResult KmsService::import_material(const Request& request) {
  const Value& input = request.input;
  const std::lock_guard lock(mutex_);
  Key key = PAWL_TRY(find_to_change(request));
  if (key.origin != "EXTERNAL") return wrong_origin(key);
  PAWL_TRY_VOID(check_not_deleted(key));
  const Material sealed_token{.id = std::string(kTokenMaterial),
                              .sealed = aws::find_blob(input, "ImportToken").value_or("")};
  auto plain = keys_.unseal(key.name.id, sealed_token);
  const std::optional<ImportToken> token = plain ? read_token(*plain) : std::nullopt;
  if (!token) return ApiError("InvalidImportTokenException", std::nullopt);
  if (token->valid_to_ms <= now_ms()) return ApiError("ExpiredImportTokenException", std::nullopt);
  const std::string model = find_text(input, "ExpirationModel").value_or("KEY_MATERIAL_EXPIRES");
  const Value* valid_to = input.find("ValidTo");
  if ((model == "KEY_MATERIAL_EXPIRES") != (valid_to != nullptr)) {
    return aws::validation_exception(
        model == "KEY_MATERIAL_EXPIRES"
            ? "A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES"
            : "A validTo date must not be set if the ExpirationModel is "
              "KEY_MATERIAL_DOES_NOT_EXPIRE");
  }
  std::optional<std::string> bytes =
      unwrap(*token, aws::find_blob(input, "EncryptedKeyMaterial").value_or(""));
  if (!bytes) return invalid_ciphertext();
  const std::string public_der = PAWL_TRY(check_material(*find_key_spec(key.spec), *bytes));
  Material material;
  material.id =
      base::hex_encode(base::digest(base::DigestAlgorithm::Sha256, "pawl " + key.name.id + *bytes));
  const std::string material_id = material.id;
  material.sealed = PAWL_TRY(from_store(keys_.seal(key.name.id, material.id, *bytes)));
  store::wipe(*bytes);
  material.created_ms = now_ms();
  if (valid_to != nullptr)
    material.expires_ms = static_cast<int64_t>(valid_to->as_double() * 1000.0);
  if (valid_to != nullptr && material.expires_ms <= now_ms())
    return aws::validation_exception("ValidTo must be a time in the future.");
  material.description = text_member(input, "KeyMaterialDescription");
  PAWL_TRY_VOID(place_material(key, std::move(material), input));
  settle_import(key);
  key.public_der = public_der;
  ObjectBuilder out;
  out.set("KeyId", Value(key.name.arn()));
  if (key.spec == "SYMMETRIC_DEFAULT") out.set("KeyMaterialId", Value(material_id));
  Value output = std::move(out).build();
  PAWL_TRY_VOID(store_key(request, key, output));
  return output;
}

ActionResult KmsService::delete_imported(const Request& request) {
  const Value& input = request.input;
  const std::lock_guard lock(mutex_);
  Key key = PAWL_TRY(find_to_change(request));
  if (key.origin != "EXTERNAL") return wrong_origin(key);
  PAWL_TRY_VOID(check_not_deleted(key));
  ObjectBuilder out;
  out.set("KeyId", Value(key.name.arn()));
  const std::string wanted = text_member(input, "KeyMaterialId");
  Material* gone = nullptr;
  for (std::vector<Material>* those : {&key.materials, &key.pending})
    for (Material& each : *those)
      if (wanted.empty() ? &each == &key.materials.back() : each.id == wanted) gone = &each;
  if (gone == nullptr && !wanted.empty())
    return not_found("Key material " + wanted + " is not found.");
  if (gone != nullptr) {
    gone->sealed.clear();
    if (key.spec == "SYMMETRIC_DEFAULT") out.set("KeyMaterialId", Value(gone->id));
  }
  settle_import(key);
  Value output = std::move(out).build();
  PAWL_TRY_VOID(store_key(request, key, output));
  return output;
}

}  // namespace pawl::kms
