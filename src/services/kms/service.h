// SPDX-License-Identifier: Apache-2.0
// KmsService: AWS Key Management Service (API reference 2014-11-01). Which operations there are
// says bind(); see README.md.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "aws/service/action_table.h"
#include "aws/service/service_loop.h"
#include "services/kms/ciphertext.h"
#include "services/kms/crypto/asymmetric_key.h"
#include "services/kms/key_spec.h"
#include "services/kms/key_store.h"
#include "store/sealing/master_key.h"
#include "store/store.h"

namespace pawl::kms {

/// Actions may run on any thread at once. RSA keys are made on a worker thread; what follows then
/// runs on the loop's. Key policies and grants are kept, not enforced.
class KmsService final : public aws::Service {
 public:
  struct Options {
    store::Store& store;
    std::shared_ptr<store::MasterKey> master_key;
    aws::ServiceLoop& loop;
  };

  /// What the options name must outlive the service. Errors: the store's.
  static base::Result<std::unique_ptr<KmsService>> open(Options options);
  ~KmsService() override;

  void bind(aws::ActionTable& table) override;
  /// Begins to delete keys whose window is over.
  void run();

 private:
  using Request = aws::Request;
  using ActionResult = aws::ActionResult;

  KmsService(Options options, KeyStore keys)
      : options_(std::move(options)), keys_(std::move(keys)) {}

  // actions/keys.cc
  void create_key(Request request, aws::Reply reply);
  ActionResult describe_key(const Request& request);
  ActionResult list_keys(const Request& request);
  ActionResult update_description(const Request& request);
  ActionResult enable_key(const Request& request);
  ActionResult disable_key(const Request& request);
  ActionResult schedule_deletion(const Request& request);
  ActionResult cancel_deletion(const Request& request);
  // actions/key_settings.cc
  ActionResult get_policy(const Request& request);
  ActionResult put_policy(const Request& request);
  ActionResult list_policies(const Request& request);
  ActionResult tag_resource(const Request& request);
  ActionResult untag_resource(const Request& request);
  ActionResult list_tags(const Request& request);
  // actions/aliases.cc
  ActionResult create_alias(const Request& request);
  ActionResult update_alias(const Request& request);
  ActionResult delete_alias(const Request& request);
  ActionResult list_aliases(const Request& request);
  // actions/encryption.cc
  ActionResult encrypt(const Request& request);
  ActionResult decrypt(const Request& request);
  ActionResult re_encrypt(const Request& request);
  ActionResult generate_random(const Request& request);
  ActionResult generate_data_key(const Request& request);
  void generate_pair(Request request, aws::Reply reply);
  // actions/signatures.cc
  ActionResult sign(const Request& request);
  ActionResult verify(const Request& request);
  ActionResult generate_mac(const Request& request);
  ActionResult verify_mac(const Request& request);
  ActionResult derive_shared_secret(const Request& request);
  ActionResult get_public_key(const Request& request);
  // actions/rotation.cc
  ActionResult enable_rotation(const Request& request);
  ActionResult disable_rotation(const Request& request);
  ActionResult rotation_status(const Request& request);
  ActionResult rotate_on_demand(const Request& request);
  ActionResult list_rotations(const Request& request);
  // actions/import.cc
  void parameters_for_import(Request request, aws::Reply reply);
  ActionResult import_material(const Request& request);
  ActionResult delete_imported(const Request& request);
  // actions/grants.cc
  ActionResult create_grant(const Request& request);
  ActionResult list_grants(const Request& request);
  ActionResult list_retirable(const Request& request);
  ActionResult retire_grant(const Request& request);
  ActionResult revoke_grant(const Request& request);
  // actions/multi_region.cc
  ActionResult replicate_key(const Request& request);
  ActionResult update_primary_region(const Request& request);

  /// The key of an id, ARN, alias or alias ARN; keys that AWS manages are made when they are named
  /// first. Whoever calls holds mutex_. Errors: NotFoundException, AccessDeniedException for
  /// another account's.
  aws::ApiResult<Key> find_locked(const Request& request, const std::string& id);
  aws::ApiResult<Key> find(const Request& request, const std::string& id);
  /// The same, enabled and of that usage. Errors: DisabledException, KMSInvalidStateException,
  /// InvalidKeyUsageException.
  aws::ApiResult<Key> find_usable(const Request& request, const std::string& id,
                                  std::string_view usage);
  /// A customer's key, to be changed. Whoever calls holds mutex_.
  aws::ApiResult<Key> find_to_change(const Request& request);
  aws::ApiResult<Key> aws_managed_locked(const Request& request, const std::string& alias);
  /// What time does to a key: expired material goes, a due rotation is made. False: it is gone.
  aws::ApiResult<bool> settle_locked(Key& key);

  aws::ApiResult<void> add_material(Key& key, std::string_view bytes, MaterialOrigin origin);
  aws::ApiResult<std::string> material_bytes(const Key& key, const Material& material) const;
  aws::ApiResult<AsymmetricKey> private_key(const Key& key) const;
  /// A new key of the spec, an RSA key's on a worker thread; `then` runs here or on the loop.
  void generate(const KeySpec& spec, std::function<void(base::Result<AsymmetricKey>)> then);
  /// The key and, if it is a primary, what its replicas share with it.
  aws::ApiResult<void> put_with_replicas(store::Batch& batch, const Key& key);
  aws::ApiResult<void> erase_locked(store::Batch& batch, const Key& key);
  aws::ApiResult<void> commit(const store::Batch& batch) const;
  aws::ApiResult<void> store_key(const Request& request, const Key& key, const json::Value& output);

  using Context = std::map<std::string, std::string>;
  struct Encrypted {
    std::string blob;
    std::string key_arn;
  };
  struct Decrypted {
    std::string plaintext;
    std::string key_arn;
  };
  aws::ApiResult<Encrypted> encrypt_with(const Request& request, const std::string& key_id,
                                         const std::string& algorithm, const Context& context,
                                         std::string_view plaintext);
  aws::ApiResult<Decrypted> decrypt_with(const Request& request, const std::string& key_id,
                                         const std::string& algorithm, const Context& context,
                                         const std::string& blob);
  aws::ApiResult<std::string> seal_symmetric(const Key& key, const Context& context,
                                             std::string_view plaintext) const;

  void look_at_what_is_due();
  int64_t now_ms() const { return options_.loop.now().ms; }

  const Options options_;
  const KeyStore keys_;
  std::mutex mutex_;  ///< of every change: read, decide, commit
  aws::ServiceLoop::TimerId timer_ = 0;
  bool is_running_ = false;
  /// Told to what comes back late from the loop.
  const std::shared_ptr<bool> is_there_ = std::make_shared<bool>(true);
};

}  // namespace pawl::kms
