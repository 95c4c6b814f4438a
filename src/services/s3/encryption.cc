// SPDX-License-Identifier: Apache-2.0
#include "services/s3/encryption.h"

#include "base/bytes.h"
#include "json/parse.h"
#include "services/s3/errors.h"
#include "services/s3/input.h"
#include "services/s3/object_attributes.h"

namespace pawl::s3 {
namespace {

using aws::ApiResult;
using json::Value;

constexpr size_t kCustomerKeyBytes = 32;
constexpr std::string_view kHeader = "x-amz-server-side-encryption";

bool is_kms(std::string_view algorithm) { return algorithm.starts_with("aws:kms"); }

/// The key that AWS manages for S3 in an account and region.
constexpr std::string_view kManagedKey = "alias/aws/s3";

std::string key_arn(const Bucket& bucket, const std::string& key) {
  if (key.starts_with("arn:")) return key;
  const std::string prefix = "arn:aws:kms:" + bucket.region + ":" + bucket.account + ":";
  if (key.empty()) return prefix + std::string(kManagedKey);
  return prefix + (key.starts_with("alias/") ? key : "key/" + key);
}

/// The bucket's rule; AES256 if it has none.
ApiResult<Encryption> default_encryption(Storage& storage, const Bucket& bucket) {
  Encryption encryption;
  const auto text = PAWL_TRY(storage.metadata().configuration(bucket.name, "encryption"));
  if (!text) return encryption;
  const auto configuration = json::parse(*text);
  if (!configuration) return internal_error(configuration.error());
  for (const Value& rule : Input(*configuration).items("Rules")) {
    const Value* by_default = Input(rule).find("ApplyServerSideEncryptionByDefault");
    if (by_default == nullptr) continue;
    encryption.algorithm = Input(*by_default).text("SSEAlgorithm");
    if (!is_kms(encryption.algorithm)) continue;
    encryption.kms_key = key_arn(bucket, Input(*by_default).text("KMSMasterKeyID"));
    encryption.bucket_key = Input(rule).is_true("BucketKeyEnabled");
  }
  return encryption;
}

aws::ApiError wrong_customer_key(std::string_view message) {
  return invalid_argument(message, kHeader);
}

}  // namespace

ApiResult<CustomerKey> read_customer_key(const aws::Request& request) {
  const Input input(request.input);
  const std::string algorithm = input.text("SSECustomerAlgorithm");
  const std::string key = input.text("SSECustomerKey");
  const std::string md5 = input.text("SSECustomerKeyMD5");
  if (algorithm.empty() && key.empty() && md5.empty()) return CustomerKey{};
  if (!algorithm.empty() && algorithm != "AES256") {
    return error("InvalidEncryptionAlgorithmError",
                 "The Encryption request you specified is not valid. Supported value: AES256.", 400,
                 {{"ArgumentName", kHeader}, {"ArgumentValue", algorithm}});
  }
  if (algorithm.empty()) {
    return wrong_customer_key(
        "Requests specifying Server Side Encryption with Customer provided keys must provide a "
        "valid encryption algorithm.");
  }
  if (key.empty()) {
    return wrong_customer_key(
        "Requests specifying Server Side Encryption with Customer provided keys must provide an "
        "appropriate secret key.");
  }
  const auto raw = base::base64_decode(key);
  if (md5.empty() || !raw || raw->size() != kCustomerKeyBytes) {
    return wrong_customer_key("The secret key was invalid for the specified algorithm.");
  }
  if (base::base64_encode(base::digest(base::DigestAlgorithm::Md5, *raw)) != md5) {
    return wrong_customer_key(
        "The calculated MD5 hash of the key did not match the hash that was provided.");
  }
  return CustomerKey{true, md5};
}

ApiResult<void> check_customer_key(const aws::Request& request, const ObjectVersion& version) {
  const std::string& stored = version.attributes.encryption.customer_key_md5;
  const Input input(request.input);
  const bool is_given = input.has("SSECustomerAlgorithm") || input.has("SSECustomerKey");
  if (stored.empty()) {
    if (!is_given) return {};
    return invalid_request("The encryption parameters are not applicable to this object.");
  }
  if (!is_given) {
    return invalid_request(
        "The object was stored using a form of Server Side Encryption. The correct parameters must "
        "be provided to retrieve the object.");
  }
  if (input.text("SSECustomerAlgorithm") != "AES256") {
    return read_customer_key(request).error();
  }
  if (input.text("SSECustomerKeyMD5") != stored) {
    return access_denied(
        "Requests specifying Server Side Encryption with Customer provided keys must provide the "
        "correct secret key.");
  }
  PAWL_TRY_VOID(read_customer_key(request));
  return {};
}

ApiResult<Encryption> read_encryption(Storage& storage, const aws::Request& request,
                                      const Bucket& bucket) {
  const Input input(request.input);
  const std::string algorithm = input.text("ServerSideEncryption");
  const bool has_customer_key = input.has("SSECustomerAlgorithm") || input.has("SSECustomerKey") ||
                                input.has("SSECustomerKeyMD5");
  if (!algorithm.empty() && has_customer_key) {
    return invalid_argument(
        "Server Side Encryption with Customer provided key is incompatible with the encryption "
        "method specified",
        kHeader, algorithm);
  }
  if (has_customer_key) {
    const CustomerKey key = PAWL_TRY(read_customer_key(request));
    return Encryption{"", "", false, key.md5};
  }
  if (algorithm.empty()) return default_encryption(storage, bucket);
  if (algorithm != "AES256" && !is_kms(algorithm)) {
    return invalid_argument("The encryption method specified is not supported", kHeader, algorithm);
  }
  const std::string key = input.text("SSEKMSKeyId");
  if (!is_kms(algorithm)) {
    if (!key.empty()) {
      return invalid_argument(
          "Server Side Encryption with AWS KMS managed key requires HTTP header "
          "x-amz-server-side-encryption : aws:kms",
          kHeader, algorithm);
    }
    return Encryption{};
  }
  const Encryption by_default = PAWL_TRY(default_encryption(storage, bucket));
  const bool bucket_key =
      input.has("BucketKeyEnabled") ? input.is_true("BucketKeyEnabled") : by_default.bucket_key;
  return Encryption{
      algorithm,
      key.empty() && !by_default.kms_key.empty() ? by_default.kms_key : key_arn(bucket, key),
      bucket_key, ""};
}

ApiResult<KeyWish> read_key_wish(Storage& storage, const aws::Request& request,
                                 const Bucket& bucket) {
  const Encryption encryption = PAWL_TRY(read_encryption(storage, request, bucket));
  KeyWish wish{encryption.algorithm, "", encryption.bucket_key};
  if (!is_kms(encryption.algorithm)) return wish;
  // An id that is none is KMS's to refuse, in its words: it is passed on as it was given.
  wish.key_id = Input(request.input).text("SSEKMSKeyId");
  if (wish.key_id.empty()) wish.key_id = encryption.kms_key;
  return wish;
}

ApiResult<void> check_encryption_configuration(const Value& configuration) {
  const auto rules = Input(configuration).items("Rules");
  if (rules.size() != 1) return malformed_xml();
  const Value* by_default = Input(rules[0]).find("ApplyServerSideEncryptionByDefault");
  if (by_default == nullptr) {
    return Input(rules[0]).has("BucketKeyEnabled") || Input(rules[0]).has("BlockedEncryptionTypes")
               ? ApiResult<void>()
               : malformed_xml();
  }
  const std::string algorithm = Input(*by_default).text("SSEAlgorithm");
  if (algorithm != "AES256" && !is_kms(algorithm)) return malformed_xml();
  if (algorithm == "AES256" && Input(*by_default).has("KMSMasterKeyID")) {
    return invalid_argument(
        "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms",
        "ApplyServerSideEncryptionByDefault");
  }
  return {};
}

}  // namespace pawl::s3
