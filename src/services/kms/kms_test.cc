// SPDX-License-Identifier: Apache-2.0
// KMS over a store in memory with a virtual clock.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <memory>
#include <optional>
#include <string>

#include "aws/model/installed_models_for_test.h"
#include "aws/service/action_table.h"
#include "aws/service/virtual_loop_for_test.h"
#include "base/bytes.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/kms/service.h"
#include "store/memory/memory_store.h"
#include "store/sealing/aes_gcm.h"

namespace pawl::kms {
namespace {

using json::Value;

constexpr int64_t kDayMs = 86'400'000;

std::string blob(std::string_view bytes) { return base::base64_encode(bytes); }

class KmsTest : public testing::Test {
 protected:
  void SetUp() override {
    model_ = aws::installed_model("kms");
    ASSERT_NE(model_, nullptr) << "python3-botocore is not installed";
    open();
  }

  /// Also again: as after a restart.
  void open() {
    table_.reset();
    service_ =
        KmsService::open({.store = store_, .master_key = master_key_, .loop = loop_}).value();
    table_.emplace(*service_, *model_);
    service_->bind(*table_);
    ASSERT_TRUE(table_->check());
    service_->run();
  }

  /// The output as text, or "CODE: MESSAGE".
  std::string call(const std::string& operation, const std::string& input,
                   const std::string& region = "us-east-1") {
    aws::Request request;
    request.operation = model_->find_operation(operation);
    EXPECT_NE(request.operation, nullptr) << operation;
    const auto parsed = json::parse(input);
    EXPECT_TRUE(parsed) << input;
    request.input = *parsed;
    request.region = region;
    std::string answer = "(none)";
    table_->call(std::move(request), aws::Reply([&](aws::ActionResult result) {
                   last_ = result ? result->value : Value::object();
                   answer = result
                                ? json::write(result->value)
                                : result.error().code + ": " + result.error().message.value_or("");
                 }));
    loop_.run();
    return answer;
  }
  std::string text(const std::string& member) const {
    const Value* value = last_.find(member);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : "(absent)";
  }
  /// A new key's id.
  std::string make(const std::string& more = "") {
    const std::string answer = call("CreateKey", "{" + more + "}");
    const Value* metadata = last_.find("KeyMetadata");
    EXPECT_NE(metadata, nullptr) << answer;
    return metadata == nullptr ? "" : std::string(metadata->find("KeyId")->as_string());
  }
  std::string state(const std::string& id) {
    call("DescribeKey", R"({"KeyId": ")" + id + "\"}");
    const Value* metadata = last_.find("KeyMetadata");
    return metadata == nullptr ? "(gone)" : std::string(metadata->find("KeyState")->as_string());
  }
  std::string encrypt(const std::string& id, const std::string& plaintext,
                      const std::string& more = "") {
    const std::string answer = call("Encrypt", R"({"KeyId": ")" + id + R"(", "Plaintext": ")" +
                                                   blob(plaintext) + "\"" + more + "}");
    return text("CiphertextBlob") == "(absent)" ? answer : text("CiphertextBlob");
  }
  std::string decrypt(const std::string& ciphertext, const std::string& more = "",
                      const std::string& region = "us-east-1") {
    const std::string answer =
        call("Decrypt", R"({"CiphertextBlob": ")" + ciphertext + "\"" + more + "}", region);
    if (text("Plaintext") == "(absent)") return answer;
    return base::base64_decode(text("Plaintext")).value_or("(no base64)");
  }

  const aws::ServiceModel* model_ = nullptr;
  store::MemoryStore store_;
  std::shared_ptr<store::MasterKey> master_key_ = std::make_shared<store::MasterKey>(store_, "");
  aws::VirtualLoop loop_;
  Value last_ = Value::object();
  std::unique_ptr<KmsService> service_;
  std::optional<aws::ActionTable> table_;
};

TEST_F(KmsTest, DecryptsOnlyWithTheContextAndAnUntouchedBlob) {
  const std::string id = make();
  EXPECT_TRUE(rc::check([&] {
    const auto plaintext = *rc::gen::suchThat(
        rc::gen::container<std::string>(rc::gen::arbitrary<char>()),
        [](const std::string& text) { return !text.empty() && text.size() <= 4096; });
    const std::string context = R"(, "EncryptionContext": {"a": "1", "b": "2"})";
    const std::string ciphertext = encrypt(id, plaintext, context);
    RC_ASSERT(decrypt(ciphertext, R"(, "EncryptionContext": {"b": "2", "a": "1"})") == plaintext);
    RC_ASSERT(decrypt(ciphertext) == "InvalidCiphertextException: ");
    RC_ASSERT(decrypt(ciphertext, R"(, "EncryptionContext": {"a": "1", "b": "3"})") ==
              "InvalidCiphertextException: ");
    std::string bytes = *base::base64_decode(ciphertext);
    const auto place = *rc::gen::inRange<size_t>(0, bytes.size());
    bytes[place] = static_cast<char>(bytes[place] ^ (1 << *rc::gen::inRange(0, 8)));
    const std::string tampered = decrypt(blob(bytes), context);
    RC_ASSERT(tampered.starts_with("InvalidCiphertextException: ") ||
              tampered.starts_with("AccessDeniedException: "));
  }));
}

TEST_F(KmsTest, AKeyThatCannotRotateDoesNot) {
  const std::string id = make(R"("KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY")");
  call("GetKeyRotationStatus", R"({"KeyId": ")" + id + "\"}");
  EXPECT_EQ(json::write(*last_.find("KeyRotationEnabled")), "false");
  EXPECT_TRUE(call("EnableKeyRotation", R"({"KeyId": ")" + id + "\"}")
                  .starts_with("UnsupportedOperationException"));
}

TEST_F(KmsTest, OldMaterialStillDecryptsAfterRotations) {
  const std::string id = make();
  const std::string first = encrypt(id, "one");
  call("RotateKeyOnDemand", R"({"KeyId": ")" + id + "\"}");
  const std::string second = encrypt(id, "two");
  call("EnableKeyRotation", R"({"KeyId": ")" + id + R"(", "RotationPeriodInDays": 90})");
  loop_.advance_by(91 * kDayMs);
  const std::string third = encrypt(id, "three");
  open();
  EXPECT_EQ(decrypt(first) + decrypt(second) + decrypt(third), "onetwothree");
  call("ListKeyRotations", R"({"KeyId": ")" + id + "\"}");
  ASSERT_EQ(last_.find("Rotations")->size(), 2U);
  EXPECT_EQ(json::write(*last_.find("Rotations")->items()[0].find("RotationType")),
            "\"ON_DEMAND\"");
  EXPECT_EQ(json::write(*last_.find("Rotations")->items()[1].find("RotationType")),
            "\"AUTOMATIC\"");
}

TEST_F(KmsTest, StatesHaveTheirErrors) {
  const std::string id = make();
  const std::string arn = "arn:aws:kms:us-east-1:000000000000:key/" + id;
  const std::string named = R"({"KeyId": ")" + id + "\"}";
  const std::string ciphertext = encrypt(id, "x");
  call("DisableKey", named);
  EXPECT_EQ(encrypt(id, "x"), "DisabledException: " + arn + " is disabled.");
  EXPECT_EQ(decrypt(ciphertext), "DisabledException: " + arn + " is disabled.");
  call("EnableKey", named);
  EXPECT_EQ(decrypt(ciphertext), "x");
  call("ScheduleKeyDeletion", R"({"KeyId": ")" + id + R"(", "PendingWindowInDays": 7})");
  EXPECT_EQ(encrypt(id, "x"), "KMSInvalidStateException: " + arn + " is pending deletion.");
  call("CancelKeyDeletion", named);
  EXPECT_EQ(state(id), "Disabled");
  call("ScheduleKeyDeletion", R"({"KeyId": ")" + id + R"(", "PendingWindowInDays": 7})");
  call("CreateAlias", R"({"AliasName": "alias/x", "TargetKeyId": ")" + id + "\"}");
  loop_.advance_by(7 * kDayMs - 1);
  EXPECT_EQ(state(id), "PendingDeletion");
  loop_.advance_by(1);
  EXPECT_EQ(state(id), "(gone)");
  const auto keys = store_.keyspace("kms/keys", store::Shape::Records).value();
  EXPECT_FALSE(store_.cursor(keys, store::Range::all())->first().value());
  EXPECT_EQ(encrypt(id, "x"), "NotFoundException: Key '" + arn + "' does not exist");
}

TEST_F(KmsTest, AliasesLeadToKeysAndAwsMakesItsOwn) {
  const std::string id = make();
  EXPECT_EQ(call("CreateAlias", R"({"AliasName": "alias/x", "TargetKeyId": ")" + id + "\"}"), "{}");
  EXPECT_TRUE(call("CreateAlias", R"({"AliasName": "alias/x", "TargetKeyId": ")" + id + "\"}")
                  .starts_with("AlreadyExistsException"));
  const std::string ciphertext = encrypt("alias/x", "text");
  EXPECT_EQ(decrypt(ciphertext, R"(, "KeyId": "arn:aws:kms:us-east-1:000000000000:alias/x")"),
            "text");
  EXPECT_EQ(encrypt("alias/absent", "x"),
            "NotFoundException: Alias arn:aws:kms:us-east-1:000000000000:alias/absent is not "
            "found.");
  EXPECT_EQ(decrypt(encrypt("alias/aws/s3", "mine")), "mine");
  call("DescribeKey", R"({"KeyId": "alias/aws/s3"})");
  const std::string managed(last_.find("KeyMetadata")->find("KeyId")->as_string());
  EXPECT_EQ(json::write(*last_.find("KeyMetadata")->find("KeyManager")), "\"AWS\"");
  EXPECT_TRUE(call("ScheduleKeyDeletion", R"({"KeyId": ")" + managed + "\"}")
                  .starts_with("AccessDeniedException"));
  EXPECT_TRUE(encrypt("alias/aws/nothing", "x").starts_with("NotFoundException"));
  call("ListAliases", "{}");
  EXPECT_EQ(last_.find("Aliases")->size(), 2U);
}

TEST_F(KmsTest, SignaturesOfAllKindsVerify) {
  const struct {
    const char* spec;
    const char* algorithm;
    size_t digest;
  } kinds[] = {
      {"RSA_2048", "RSASSA_PSS_SHA_256", 32},         {"RSA_2048", "RSASSA_PKCS1_V1_5_SHA_512", 64},
      {"ECC_NIST_P256", "ECDSA_SHA_256", 32},         {"ECC_NIST_P384", "ECDSA_SHA_384", 48},
      {"ECC_NIST_P521", "ECDSA_SHA_512", 64},         {"ECC_SECG_P256K1", "ECDSA_SHA_256", 32},
      {"ECC_NIST_EDWARDS25519", "ED25519_SHA_512", 0}};
  for (const auto& kind : kinds) {
    const std::string id =
        make(R"("KeyUsage": "SIGN_VERIFY", "KeySpec": ")" + std::string(kind.spec) + "\"");
    const auto signing = [&](const std::string& message, const std::string& type) {
      return R"({"KeyId": ")" + id + R"(", "SigningAlgorithm": ")" + kind.algorithm +
             R"(", "MessageType": ")" + type + R"(", "Message": ")" + blob(message) + "\"";
    };
    call("Sign", signing("hello", "RAW") + "}");
    const std::string signature = text("Signature");
    ASSERT_NE(signature, "(absent)") << kind.spec;
    call("Verify", signing("hello", "RAW") + R"(, "Signature": ")" + signature + "\"}");
    EXPECT_EQ(json::write(*last_.find("SignatureValid")), "true") << kind.spec;
    EXPECT_EQ(call("Verify", signing("other", "RAW") + R"(, "Signature": ")" + signature + "\"}"),
              "KMSInvalidSignatureException: ");
    if (kind.digest == 0) continue;
    const auto by = kind.digest == 32   ? base::DigestAlgorithm::Sha256
                    : kind.digest == 48 ? base::DigestAlgorithm::Sha384
                                        : base::DigestAlgorithm::Sha512;
    call("Verify",
         signing(base::digest(by, "hello"), "DIGEST") + R"(, "Signature": ")" + signature + "\"}");
    EXPECT_EQ(json::write(*last_.find("SignatureValid")), "true") << kind.spec;
    EXPECT_TRUE(call("Sign", signing("short", "DIGEST") + "}").starts_with("ValidationException"));
  }
}

TEST_F(KmsTest, RsaKeysEncryptWhatFits) {
  const std::string id = make(R"("KeyUsage": "ENCRYPT_DECRYPT", "KeySpec": "RSA_2048")");
  const std::string with = R"(, "EncryptionAlgorithm": "RSAES_OAEP_SHA_256")";
  const std::string ciphertext = encrypt(id, std::string(190, 'x'), with);
  EXPECT_EQ(decrypt(ciphertext, with + R"(, "KeyId": ")" + id + "\""), std::string(190, 'x'));
  EXPECT_EQ(encrypt(id, std::string(191, 'x'), with),
            "ValidationException: Algorithm RSAES_OAEP_SHA_256 and key spec RSA_2048 cannot "
            "encrypt data larger than 190 bytes.");
  EXPECT_EQ(decrypt(blob("nonsense"), with + R"(, "KeyId": ")" + id + "\""),
            "InvalidCiphertextException: ");
}

TEST_F(KmsTest, DataKeysAndPairsDecryptToWhatTheyWere) {
  const std::string id = make();
  call("GenerateDataKey", R"({"KeyId": ")" + id + R"(", "KeySpec": "AES_256"})");
  const std::string key = text("Plaintext");
  EXPECT_EQ(blob(decrypt(text("CiphertextBlob"))), key);
  call("GenerateDataKeyWithoutPlaintext", R"({"KeyId": ")" + id + R"(", "NumberOfBytes": 7})");
  EXPECT_EQ(text("Plaintext"), "(absent)");
  EXPECT_EQ(decrypt(text("CiphertextBlob")).size(), 7U);
  EXPECT_EQ(call("GenerateDataKey", R"({"KeyId": ")" + id + "\"}"),
            "ValidationException: Please specify either number of bytes or key spec.");
  call("GenerateDataKeyPair", R"({"KeyId": ")" + id + R"(", "KeyPairSpec": "ECC_NIST_P256"})");
  const std::string private_key = text("PrivateKeyPlaintext");
  const std::string public_key = text("PublicKey");
  EXPECT_EQ(blob(decrypt(text("PrivateKeyCiphertextBlob"))), private_key);
  const auto pair = AsymmetricKey::from_private(*base::base64_decode(private_key),
                                                *find_key_spec("ECC_NIST_P256"));
  ASSERT_TRUE(pair);
  EXPECT_EQ(blob(pair->public_der()), public_key);
  EXPECT_EQ(call("GenerateDataKeyPair",
                 R"({"KeyId": ")" + id + R"(", "KeyPairSpec": "ECC_NIST_P256", "DryRun": true})"),
            "DryRunOperationException: The request would have succeeded, but the DryRun option is "
            "set.");
}

TEST_F(KmsTest, ImportedMaterialComesExpiresAndComesBack) {
  const std::string id = make(R"("Origin": "EXTERNAL")");
  const std::string named = R"("KeyId": ")" + id + "\"";
  EXPECT_EQ(state(id), "PendingImport");
  call("GetParametersForImport",
       "{" + named +
           R"(, "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"})");
  const std::string token = text("ImportToken");
  const auto wrapping = AsymmetricKey::from_public(*base::base64_decode(text("PublicKey")),
                                                   *find_key_spec("RSA_2048"));
  ASSERT_TRUE(wrapping);
  const std::string material(32, 'm');
  const auto import = [&](const std::string& bytes, const std::string& more) {
    return call("ImportKeyMaterial",
                "{" + named + R"(, "ImportToken": ")" + token + R"(", "EncryptedKeyMaterial": ")" +
                    blob(*wrapping->encrypt("RSAES_OAEP_SHA_256", bytes)) + "\"" + more + "}");
  };
  const std::string forever = R"(, "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE")";
  EXPECT_EQ(import("short", forever), "IncorrectKeyMaterialException: ");
  const std::string until = std::to_string(loop_.now().ms / 1000 + 60);
  EXPECT_TRUE(import(material, R"(, "ValidTo": )" + until).starts_with(R"({"KeyId":)"));
  EXPECT_EQ(state(id), "Enabled");
  const std::string ciphertext = encrypt(id, "text");
  loop_.advance_by(60'000);
  EXPECT_EQ(state(id), "PendingImport");
  EXPECT_TRUE(decrypt(ciphertext).ends_with(" is pending import."));
  EXPECT_EQ(import(std::string(32, 'n'), forever), "IncorrectKeyMaterialException: ");
  import(material, forever);
  EXPECT_EQ(decrypt(ciphertext), "text");
  // More material waits until the key is rotated; both decrypt what they encrypted.
  EXPECT_EQ(call("RotateKeyOnDemand", "{" + named + "}"),
            "KMSInvalidStateException: No available key material pending rotation for the key: "
            "arn:aws:kms:us-east-1:000000000000:key/" +
                id + ".");
  import(std::string(32, 'n'), forever + R"(, "ImportType": "NEW_KEY_MATERIAL")");
  const std::string second = text("KeyMaterialId");
  call("RotateKeyOnDemand", "{" + named + "}");
  EXPECT_EQ(decrypt(encrypt(id, "newer")) + decrypt(ciphertext), "newertext");
  call("DeleteImportedKeyMaterial", "{" + named + R"(, "KeyMaterialId": ")" + second + "\"}");
  EXPECT_EQ(state(id), "PendingImport");
  import(std::string(32, 'n'), forever);
  EXPECT_EQ(decrypt(ciphertext), "text");
  loop_.advance_by(kDayMs);
  EXPECT_EQ(import(material, forever), "ExpiredImportTokenException: ");
}

TEST_F(KmsTest, ReplicasOfAMultiRegionKeyDecryptForOneAnother) {
  const std::string id = make(R"("MultiRegion": true)");
  EXPECT_TRUE(id.starts_with("mrk-"));
  const std::string ciphertext = encrypt(id, "text");
  EXPECT_TRUE(decrypt(ciphertext, "", "eu-west-1").starts_with("AccessDeniedException"));
  call("ReplicateKey", R"({"KeyId": ")" + id + R"(", "ReplicaRegion": "eu-west-1"})");
  EXPECT_EQ(decrypt(ciphertext, "", "eu-west-1"), "text");
  call("RotateKeyOnDemand", R"({"KeyId": ")" + id + "\"}");
  EXPECT_EQ(decrypt(encrypt(id, "newer"), "", "eu-west-1"), "newer");
  call("UpdatePrimaryRegion", R"({"KeyId": ")" + id + R"(", "PrimaryRegion": "eu-west-1"})");
  call("DescribeKey", R"({"KeyId": ")" + id + "\"}");
  EXPECT_EQ(
      json::write(
          *last_.find("KeyMetadata")->find("MultiRegionConfiguration")->find("MultiRegionKeyType")),
      "\"REPLICA\"");
}

TEST_F(KmsTest, GrantsAreKeptAndGivenBack) {
  const std::string id = make();
  const std::string grant = R"({"KeyId": ")" + id + R"(", "Name": "n", "Operations": ["Decrypt"],
      "GranteePrincipal": "arn:aws:iam::000000000000:role/r",
      "RetiringPrincipal": "arn:aws:iam::000000000000:role/q"})";
  call("CreateGrant", grant);
  const std::string first = text("GrantId");
  call("CreateGrant", grant);
  EXPECT_EQ(text("GrantId"), first);
  call("ListRetirableGrants", R"({"RetiringPrincipal": "arn:aws:iam::000000000000:role/q"})");
  EXPECT_EQ(last_.find("Grants")->size(), 1U);
  call("RevokeGrant", R"({"KeyId": ")" + id + R"(", "GrantId": ")" + first + "\"}");
  call("ListGrants", R"({"KeyId": ")" + id + "\"}");
  EXPECT_EQ(last_.find("Grants")->size(), 0U);
}

TEST_F(KmsTest, KeyBytesStandInTheStoreSealed) {
  const std::string id = make(R"("Origin": "EXTERNAL")");
  // Of what was made here the bytes are not known; of what was imported they are.
  call("GetParametersForImport", R"({"KeyId": ")" + id +
                                     R"(", "WrappingAlgorithm": "RSAES_OAEP_SHA_256",)"
                                     R"( "WrappingKeySpec": "RSA_2048"})");
  const auto wrapping = AsymmetricKey::from_public(*base::base64_decode(text("PublicKey")),
                                                   *find_key_spec("RSA_2048"));
  const std::string material = "0123456789abcdef0123456789abcdef";
  call("ImportKeyMaterial", R"({"KeyId": ")" + id + R"(", "ImportToken": ")" + text("ImportToken") +
                                R"(", "EncryptedKeyMaterial": ")" +
                                blob(*wrapping->encrypt("RSAES_OAEP_SHA_256", material)) +
                                R"(", "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"})");
  EXPECT_EQ(state(id), "Enabled");
  const auto keys = store_.keyspace("kms/keys", store::Shape::Records).value();
  const auto cursor = store_.cursor(keys, store::Range::all());
  ASSERT_TRUE(cursor->first().value());
  EXPECT_EQ(cursor->value().find(material), std::string_view::npos);
}

TEST_F(KmsTest, AnotherAccountsKeyIsDenied) {
  EXPECT_TRUE(call("DescribeKey", R"({"KeyId": "arn:aws:kms:us-east-1:111111111111:key/)"
                                  R"(1234abcd-12ab-34cd-56ef-1234567890ab"})")
                  .starts_with("AccessDeniedException: User: "));
}

}  // namespace
}  // namespace pawl::kms
