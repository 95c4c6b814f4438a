// SPDX-License-Identifier: Apache-2.0
// Sign, Verify, GenerateMac, VerifyMac, DeriveSharedSecret, GetPublicKey.
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

struct Message {
  std::string bytes;
  bool is_digest = false;
};

/// Errors: ValidationException for a digest of another length than the algorithm's.
ApiResult<Message> message_member(const Value& input, const std::string& algorithm) {
  Message message{aws::find_blob(input, "Message").value_or(""), false};
  const std::string type = find_text(input, "MessageType").value_or("RAW");
  message.is_digest = type == "DIGEST";
  const size_t bytes = digest_bytes(algorithm);
  if (type == "EXTERNAL_MU" || (message.is_digest && bytes == 0)) {
    return aws::validation_exception("MessageType " + type + " is not valid for algorithm " +
                                     algorithm + ".");
  }
  if (message.is_digest && message.bytes.size() != bytes)
    return aws::validation_exception("Digest is invalid length for algorithm " + algorithm + ".");
  return message;
}

}  // namespace

ActionResult KmsService::sign(const Request& request) {
  const Value& input = request.input;
  const std::string algorithm = text_member(input, "SigningAlgorithm");
  const Key key = PAWL_TRY(find_usable(request, text_member(input, "KeyId"), "SIGN_VERIFY"));
  PAWL_TRY_VOID(check_algorithm(key, algorithm));
  const Message message = PAWL_TRY(message_member(input, algorithm));
  PAWL_TRY_VOID(check_dry_run(request));
  const std::optional<std::string> signature =
      PAWL_TRY(private_key(key)).sign(algorithm, message.bytes, message.is_digest);
  if (!signature) return aws::internal_failure("signing failed");
  ObjectBuilder out;
  out.set("KeyId", Value(key.name.arn()))
      .set("Signature", aws::blob_value(*signature))
      .set("SigningAlgorithm", Value(algorithm));
  return std::move(out).build();
}

ActionResult KmsService::verify(const Request& request) {
  const Value& input = request.input;
  const std::string algorithm = text_member(input, "SigningAlgorithm");
  const Key key = PAWL_TRY(find_usable(request, text_member(input, "KeyId"), "SIGN_VERIFY"));
  PAWL_TRY_VOID(check_algorithm(key, algorithm));
  const Message message = PAWL_TRY(message_member(input, algorithm));
  PAWL_TRY_VOID(check_dry_run(request));
  const AsymmetricKey pair =
      PAWL_TRY(from_store(AsymmetricKey::from_public(key.public_der, *find_key_spec(key.spec))));
  if (!pair.verify(algorithm, message.bytes, message.is_digest,
                   aws::find_blob(input, "Signature").value_or("")))
    return ApiError("KMSInvalidSignatureException", std::nullopt);
  ObjectBuilder out;
  out.set("KeyId", Value(key.name.arn()))
      .set("SignatureValid", Value(true))
      .set("SigningAlgorithm", Value(algorithm));
  return std::move(out).build();
}

ActionResult KmsService::generate_mac(const Request& request) {
  const Value& input = request.input;
  const std::string algorithm = text_member(input, "MacAlgorithm");
  const Key key =
      PAWL_TRY(find_usable(request, text_member(input, "KeyId"), "GENERATE_VERIFY_MAC"));
  PAWL_TRY_VOID(check_algorithm(key, algorithm));
  PAWL_TRY_VOID(check_dry_run(request));
  if (key.current() == nullptr) return invalid_state(key.name.arn() + " is pending import.");
  std::string bytes = PAWL_TRY(material_bytes(key, *key.current()));
  const std::string code = mac(algorithm, bytes, aws::find_blob(input, "Message").value_or(""));
  store::wipe(bytes);
  ObjectBuilder out;
  out.set("Mac", aws::blob_value(code))
      .set("MacAlgorithm", Value(algorithm))
      .set("KeyId", Value(key.name.arn()));
  return std::move(out).build();
}

ActionResult KmsService::verify_mac(const Request& request) {
  const Value& input = request.input;
  const std::string algorithm = text_member(input, "MacAlgorithm");
  const Key key =
      PAWL_TRY(find_usable(request, text_member(input, "KeyId"), "GENERATE_VERIFY_MAC"));
  PAWL_TRY_VOID(check_algorithm(key, algorithm));
  PAWL_TRY_VOID(check_dry_run(request));
  if (key.current() == nullptr) return invalid_state(key.name.arn() + " is pending import.");
  std::string bytes = PAWL_TRY(material_bytes(key, *key.current()));
  const std::string code = mac(algorithm, bytes, aws::find_blob(input, "Message").value_or(""));
  store::wipe(bytes);
  if (!is_same(code, aws::find_blob(input, "Mac").value_or("")))
    return ApiError("KMSInvalidMacException", std::nullopt);
  ObjectBuilder out;
  out.set("KeyId", Value(key.name.arn()))
      .set("MacValid", Value(true))
      .set("MacAlgorithm", Value(algorithm));
  return std::move(out).build();
}

ActionResult KmsService::derive_shared_secret(const Request& request) {
  const Value& input = request.input;
  const std::string algorithm = text_member(input, "KeyAgreementAlgorithm");
  const Key key = PAWL_TRY(find_usable(request, text_member(input, "KeyId"), "KEY_AGREEMENT"));
  PAWL_TRY_VOID(check_algorithm(key, algorithm));
  PAWL_TRY_VOID(check_dry_run(request));
  const auto peer = AsymmetricKey::from_public(aws::find_blob(input, "PublicKey").value_or(""),
                                               *find_key_spec(key.spec));
  const AsymmetricKey own = PAWL_TRY(private_key(key));
  std::optional<std::string> secret = peer ? own.derive(*peer) : std::nullopt;
  if (!secret) return ApiError("ValidationException", std::nullopt);
  ObjectBuilder out;
  out.set("KeyId", Value(key.name.arn()))
      .set("SharedSecret", aws::blob_value(*secret))
      .set("KeyAgreementAlgorithm", Value(algorithm))
      .set("KeyOrigin", Value(key.origin));
  store::wipe(*secret);
  return std::move(out).build();
}

ActionResult KmsService::get_public_key(const Request& request) {
  const Key key = PAWL_TRY(find(request, text_member(request.input, "KeyId")));
  const KeySpec* spec = find_key_spec(key.spec);
  if (spec == nullptr || spec->family == KeyFamily::Symmetric || spec->family == KeyFamily::Hmac) {
    return unsupported(key.name.arn() + " key spec is " + key.spec +
                       " which is not valid for GetPublicKey.");
  }
  // A disabled key still tells its public half.
  PAWL_TRY_VOID(check_not_deleted(key));
  if (key.public_der.empty()) return invalid_state(key.name.arn() + " is pending import.");
  const Value metadata = key_metadata(key);
  ObjectBuilder out;
  out.set("KeyId", Value(key.name.arn())).set("PublicKey", aws::blob_value(key.public_der));
  for (const char* member : {"CustomerMasterKeySpec", "KeySpec", "KeyUsage", "EncryptionAlgorithms",
                             "SigningAlgorithms", "KeyAgreementAlgorithms"})
    if (const Value* value = metadata.find(member)) out.set(member, *value);
  return std::move(out).build();
}

}  // namespace pawl::kms
