// SPDX-License-Identifier: Apache-2.0
// SecretsManagerService: AWS Secrets Manager (API reference 2017-10-17). Which operations there are
// says bind(); see README.md.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "aws/service/action_table.h"
#include "aws/service/caller.h"
#include "aws/service/service_loop.h"
#include "services/secretsmanager/secret_store.h"
#include "store/sealing/master_key.h"
#include "store/store.h"

namespace pawl::secretsmanager {

/// Actions may run on any thread at once. Values under a KMS key and rotations call other services
/// through the Caller; what follows runs on the loop's thread.
class SecretsManagerService final : public aws::Service {
 public:
  struct Options {
    store::Store& store;
    std::shared_ptr<store::MasterKey> master_key;
    aws::ServiceLoop& loop;
    aws::Caller& caller;
  };

  /// What the options name must outlive the service. Errors: the store's.
  static base::Result<std::unique_ptr<SecretsManagerService>> open(Options options);
  ~SecretsManagerService() override;

  void bind(aws::ActionTable& table) override;
  /// Begins to delete and rotate what is due.
  void run();

 private:
  using Request = aws::Request;
  using ActionResult = aws::ActionResult;
  /// An action that writes a value, given the data key that it is to be sealed under, or null.
  using Write = ActionResult (SecretsManagerService::*)(const Request&, const DataKey*);

  /// A secret and how it is called where it was asked for.
  struct Found {
    Secret secret;  ///< of a replica: the original
    std::string arn;
    bool is_replica = false;
  };

  SecretsManagerService(Options options, SecretStore secrets)
      : options_(options), secrets_(std::move(secrets)) {}

  // actions/secrets.cc
  void create_secret(Request request, aws::Reply reply);
  ActionResult create_secret_now(const Request& request, const DataKey* data_key);
  void update_secret(Request request, aws::Reply reply);
  ActionResult update_secret_now(const Request& request, const DataKey* data_key);
  ActionResult describe_secret(const Request& request);
  ActionResult delete_secret(const Request& request);
  ActionResult restore_secret(const Request& request);
  ActionResult tag_resource(const Request& request);
  ActionResult untag_resource(const Request& request);
  // actions/values.cc
  void put_secret_value(Request request, aws::Reply reply);
  ActionResult put_secret_value_now(const Request& request, const DataKey* data_key);
  void get_secret_value(Request request, aws::Reply reply);
  ActionResult update_version_stage(const Request& request);
  ActionResult list_versions(const Request& request);
  // actions/lists.cc
  ActionResult list_secrets(const Request& request);
  void batch_get(Request request, aws::Reply reply);
  // actions/policies.cc
  ActionResult put_resource_policy(const Request& request);
  ActionResult get_resource_policy(const Request& request);
  ActionResult delete_resource_policy(const Request& request);
  ActionResult validate_resource_policy(const Request& request);
  // actions/rotation.cc
  void rotate_secret(Request request, aws::Reply reply);
  ActionResult begin_rotation(const Request& request);
  ActionResult cancel_rotation(const Request& request);
  // actions/replication.cc
  /// AddReplicaRegions of the input.
  aws::ApiResult<void> add_replicas(store::Batch& batch, Secret& secret, const json::Value& input);
  ActionResult replicate(const Request& request);
  ActionResult remove_regions(const Request& request);
  ActionResult stop_replication(const Request& request);
  // password.cc
  ActionResult get_random_password(const Request& request);

  /// The secret that SecretId names. Errors: ValidationException for what can be no name,
  /// ResourceNotFoundException, AccessDeniedException for another account's.
  aws::ApiResult<Found> find(const Request& request) const;
  aws::ApiResult<Found> find(const Request& request, const std::string& secret_id) const;
  /// The same, to be changed: InvalidRequestException if it is to be deleted, is a replica, or
  /// belongs to a service.
  aws::ApiResult<Secret> find_to_change(const Request& request) const;

  /// Runs `write` with a new data key of `kms_key`, without one if that is "".
  void with_data_key(Request request, aws::Reply reply, const std::string& kms_key, Write write);
  /// A new version with the request's value. `secret` is not stored yet.
  aws::ApiResult<std::string> add_version(store::Batch& batch, const Request& request,
                                          Secret& secret, const SecretValue& value,
                                          const std::vector<std::string>& stages,
                                          const DataKey* data_key);
  aws::ApiResult<void> commit(const store::Batch& batch) const;
  aws::ApiResult<void> store_changed(Secret& secret);

  struct ReadValue {
    Version version;
    SecretValue value;
  };
  using ValueReceiver = std::function<void(aws::ApiResult<ReadValue>)>;
  /// Decrypts with KMS where that must be; remembers that the value was read.
  void read_value(const aws::Principal& principal, const Found& found, const std::string& version,
                  const std::string& stage, const ValueReceiver& receiver);
  void note_access(const SecretName& name, const std::string& version_id);
  /// GetSecretValue of many, one after the other.
  struct BatchRead;
  void read_next(std::shared_ptr<BatchRead> batch);

  /// What is due now, and a timer for what is due next.
  void look_at_what_is_due();
  void end_or_rotate(const SecretStore::Due& due);
  void rotate_step(const SecretName& name, const std::string& version_id, size_t step);
  void rotation_ended(const SecretName& name, const std::string& version_id, bool has_succeeded);

  int64_t now_ms() const { return options_.loop.now().ms; }

  const Options options_;
  const SecretStore secrets_;
  std::mutex mutex_;                ///< of every change: read, decide, commit
  std::set<std::string> rotating_;  ///< ARNs, by this process
  aws::ServiceLoop::TimerId timer_ = 0;
  int64_t timer_at_ms_ = 0;
  bool is_running_ = false;
  /// Told to what comes back late from the loop or a caller.
  const std::shared_ptr<bool> is_there_ = std::make_shared<bool>(true);
};

}  // namespace pawl::secretsmanager
