// SPDX-License-Identifier: Apache-2.0
// Encrypt, Decrypt, ReEncrypt, data keys and pairs, GenerateRandom.
#include "aws/service/input_members.h"
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

constexpr std::string_view kSymmetric = "SYMMETRIC_DEFAULT";

std::string algorithm_member(const Value& input, std::string_view name) {
  return find_text(input, name).value_or(std::string(kSymmetric));
}

}  // namespace

ApiResult<std::string> KmsService::seal_symmetric(const Key& key, const Context& context,
                                                  std::string_view plaintext) const {
  const Material* material = key.current();
  if (material == nullptr) return invalid_state(key.name.arn() + " is pending import.");
  std::string bytes = PAWL_TRY(material_bytes(key, *material));
  Ciphertext ciphertext{key.name.account, key.name.region, key.name.id, material->id, ""};
  ciphertext.sealed = store::seal(bytes, plaintext, authenticated_data(ciphertext, context));
  store::wipe(bytes);
  return write_ciphertext(ciphertext);
}

ApiResult<KmsService::Encrypted> KmsService::encrypt_with(const Request& request,
                                                          const std::string& key_id,
                                                          const std::string& algorithm,
                                                          const Context& context,
                                                          std::string_view plaintext) {
  const Key key = PAWL_TRY(find_usable(request, key_id, "ENCRYPT_DECRYPT"));
  PAWL_TRY_VOID(check_algorithm(key, algorithm));
  const std::string arn = key.name.arn();
  if (algorithm == kSymmetric) {
    PAWL_TRY_VOID(check_dry_run(request));
    return Encrypted{PAWL_TRY(seal_symmetric(key, context, plaintext)), arn};
  }
  const KeySpec& spec = *find_key_spec(key.spec);
  const size_t most = oaep_bytes_max(spec, algorithm);
  if (plaintext.size() > most) {
    return aws::validation_exception("Algorithm " + algorithm + " and key spec " + key.spec +
                                     " cannot encrypt data larger than " + std::to_string(most) +
                                     " bytes.");
  }
  PAWL_TRY_VOID(check_dry_run(request));
  const AsymmetricKey pair = PAWL_TRY(from_store(AsymmetricKey::from_public(key.public_der, spec)));
  std::optional<std::string> blob = pair.encrypt(algorithm, plaintext);
  if (!blob) return aws::internal_failure("RSA encryption failed");
  return Encrypted{*std::move(blob), arn};
}

ApiResult<KmsService::Decrypted> KmsService::decrypt_with(const Request& request,
                                                          const std::string& key_id,
                                                          const std::string& algorithm,
                                                          const Context& context,
                                                          const std::string& blob) {
  if (algorithm != kSymmetric) {
    if (key_id.empty())
      return aws::validation_exception("KeyId is required for asymmetric encryption algorithms.");
    const Key key = PAWL_TRY(find_usable(request, key_id, "ENCRYPT_DECRYPT"));
    PAWL_TRY_VOID(check_algorithm(key, algorithm));
    PAWL_TRY_VOID(check_dry_run(request));
    std::optional<std::string> plaintext = PAWL_TRY(private_key(key)).decrypt(algorithm, blob);
    if (!plaintext) return invalid_ciphertext();
    return Decrypted{*std::move(plaintext), key.name.arn()};
  }
  const std::optional<Ciphertext> ciphertext = read_ciphertext(blob);
  std::optional<Key> named;
  if (!key_id.empty()) {
    named = PAWL_TRY(find(request, key_id));
    if (named->spec != kSymmetric || (ciphertext && ciphertext->key_id != named->name.id))
      return incorrect_key();
  }
  if (!ciphertext) return invalid_ciphertext();
  // Related multi-region keys decrypt what one of them encrypted.
  const bool is_here =
      ciphertext->region == request.region || ciphertext->key_id.starts_with("mrk-");
  if (!named && is_here && ciphertext->account == request.account_id()) {
    auto found = find(request, ciphertext->key_id);
    if (found) named = *std::move(found);
  }
  if (!named || ciphertext->account != request.account_id()) {
    return aws::access_denied(
        "The ciphertext refers to a customer master key that does not exist, does not exist in "
        "this region, or you are not allowed to access.");
  }
  const Key& key = *named;
  PAWL_TRY_VOID(check_enabled(key));
  const Material* material = key.find_material(ciphertext->material_id);
  if (material == nullptr) return invalid_ciphertext();
  PAWL_TRY_VOID(check_dry_run(request));
  std::string bytes = PAWL_TRY(material_bytes(key, *material));
  std::optional<std::string> plaintext =
      store::unseal(bytes, ciphertext->sealed, authenticated_data(*ciphertext, context));
  store::wipe(bytes);
  if (!plaintext) return invalid_ciphertext();
  return Decrypted{*std::move(plaintext), key.name.arn()};
}

ActionResult KmsService::encrypt(const Request& request) {
  const Value& input = request.input;
  const std::string algorithm = algorithm_member(input, "EncryptionAlgorithm");
  std::string plaintext = aws::find_blob(input, "Plaintext").value_or("");
  const ApiResult<Encrypted> encrypted =
      encrypt_with(request, text_member(input, "KeyId"), algorithm,
                   aws::map_member(input, "EncryptionContext"), plaintext);
  store::wipe(plaintext);
  if (!encrypted) return encrypted.error();
  ObjectBuilder out;
  out.set("CiphertextBlob", aws::blob_value(encrypted->blob))
      .set("KeyId", Value(encrypted->key_arn))
      .set("EncryptionAlgorithm", Value(algorithm));
  return std::move(out).build();
}

ActionResult KmsService::decrypt(const Request& request) {
  const Value& input = request.input;
  const std::string algorithm = algorithm_member(input, "EncryptionAlgorithm");
  Decrypted decrypted = PAWL_TRY(decrypt_with(
      request, text_member(input, "KeyId"), algorithm, aws::map_member(input, "EncryptionContext"),
      aws::find_blob(input, "CiphertextBlob").value_or("")));
  ObjectBuilder out;
  out.set("KeyId", Value(decrypted.key_arn))
      .set("Plaintext", aws::blob_value(decrypted.plaintext))
      .set("EncryptionAlgorithm", Value(algorithm));
  store::wipe(decrypted.plaintext);
  return std::move(out).build();
}

ActionResult KmsService::re_encrypt(const Request& request) {
  const Value& input = request.input;
  const std::string from = algorithm_member(input, "SourceEncryptionAlgorithm");
  const std::string to = algorithm_member(input, "DestinationEncryptionAlgorithm");
  // DryRun is the second half's: nothing is given away by the first.
  Request reading = request;
  reading.input = input.without_member("DryRun");
  Decrypted decrypted =
      PAWL_TRY(decrypt_with(reading, text_member(input, "SourceKeyId"), from,
                            aws::map_member(input, "SourceEncryptionContext"),
                            aws::find_blob(input, "CiphertextBlob").value_or("")));
  const ApiResult<Encrypted> encrypted =
      encrypt_with(request, text_member(input, "DestinationKeyId"), to,
                   aws::map_member(input, "DestinationEncryptionContext"), decrypted.plaintext);
  store::wipe(decrypted.plaintext);
  if (!encrypted) return encrypted.error();
  ObjectBuilder out;
  out.set("CiphertextBlob", aws::blob_value(encrypted->blob))
      .set("SourceKeyId", Value(decrypted.key_arn))
      .set("KeyId", Value(encrypted->key_arn))
      .set("SourceEncryptionAlgorithm", Value(from))
      .set("DestinationEncryptionAlgorithm", Value(to));
  return std::move(out).build();
}

ActionResult KmsService::generate_random(const Request& request) {
  const auto count = find_integer(request.input, "NumberOfBytes");
  if (!count) return aws::validation_exception("NumberOfBytes is required.");
  ObjectBuilder out;
  out.set("Plaintext", aws::blob_value(store::random_bytes(static_cast<size_t>(*count))));
  return std::move(out).build();
}

ActionResult KmsService::generate_data_key(const Request& request) {
  const Value& input = request.input;
  const auto count = find_integer(input, "NumberOfBytes");
  const std::string spec = text_member(input, "KeySpec");
  if (count.has_value() == !spec.empty())
    return aws::validation_exception("Please specify either number of bytes or key spec.");
  const size_t bytes = count ? static_cast<size_t>(*count) : spec == "AES_128" ? 16 : 32;
  std::string plaintext = store::random_bytes(bytes);
  const Encrypted encrypted =
      PAWL_TRY(encrypt_with(request, text_member(input, "KeyId"), std::string(kSymmetric),
                            aws::map_member(input, "EncryptionContext"), plaintext));
  ObjectBuilder out;
  out.set("CiphertextBlob", aws::blob_value(encrypted.blob));
  if (request.operation->name == "GenerateDataKey")
    out.set("Plaintext", aws::blob_value(plaintext));
  out.set("KeyId", Value(encrypted.key_arn));
  store::wipe(plaintext);
  return std::move(out).build();
}

void KmsService::generate_pair(Request request, aws::Reply reply) {
  const std::string spec_name = text_member(request.input, "KeyPairSpec");
  const KeySpec* spec = find_key_spec(spec_name);
  if (spec == nullptr) {
    reply(unsupported("KeyPairSpec " + spec_name + " is not supported by Pawl."));
    return;
  }
  // What would be refused is refused before a key is made.
  const auto check = [&]() -> ApiResult<void> {
    const Key key =
        PAWL_TRY(find_usable(request, text_member(request.input, "KeyId"), "ENCRYPT_DECRYPT"));
    PAWL_TRY_VOID(check_algorithm(key, kSymmetric));
    return check_dry_run(request);
  };
  if (const ApiResult<void> checked = check(); !checked) {
    reply(checked.error());
    return;
  }
  struct Making {
    Request request;
    aws::Reply reply;
  };
  auto making = std::make_shared<Making>(Making{std::move(request), std::move(reply)});
  generate(*spec, [this, making, spec_name](base::Result<AsymmetricKey> made) {
    const auto answer = [&]() -> ActionResult {
      const AsymmetricKey pair = PAWL_TRY(from_store(std::move(made)));
      const Value& input = making->request.input;
      std::string plaintext = pair.private_der();
      const Encrypted encrypted = PAWL_TRY(
          encrypt_with(making->request, text_member(input, "KeyId"), std::string(kSymmetric),
                       aws::map_member(input, "EncryptionContext"), plaintext));
      ObjectBuilder out;
      out.set("PrivateKeyCiphertextBlob", aws::blob_value(encrypted.blob));
      if (making->request.operation->name == "GenerateDataKeyPair")
        out.set("PrivateKeyPlaintext", aws::blob_value(plaintext));
      out.set("PublicKey", aws::blob_value(pair.public_der()))
          .set("KeyId", Value(encrypted.key_arn))
          .set("KeyPairSpec", Value(spec_name));
      store::wipe(plaintext);
      aws::Output output(std::move(out).build());
      output.after_sync = true;
      return output;
    };
    making->reply(answer());
  });
}

}  // namespace pawl::kms
