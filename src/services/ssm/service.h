// SPDX-License-Identifier: Apache-2.0
// SsmService: AWS Systems Manager's Parameter Store (API reference 2014-11-06). Which operations
// there are says bind(); the rest of Systems Manager answers 501. See README.md.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "aws/service/action_table.h"
#include "aws/service/caller.h"
#include "aws/service/service_loop.h"
#include "services/ssm/name_rules.h"
#include "services/ssm/parameter_store.h"
#include "store/store.h"

namespace pawl::ssm {

/// Actions may run on any thread at once. SecureStrings and references to secrets call KMS and
/// Secrets Manager through the Caller; what follows runs on the loop's thread.
class SsmService final : public aws::Service {
 public:
  struct Options {
    store::Store& store;
    aws::ServiceLoop& loop;
    aws::Caller& caller;
  };

  /// What the options name must outlive the service. Errors: the store's.
  static base::Result<std::unique_ptr<SsmService>> open(Options options);
  ~SsmService() override { *is_there_ = false; }

  void bind(aws::ActionTable& table) override;

 private:
  using Request = aws::Request;
  using ActionResult = aws::ActionResult;

  SsmService(Options options, ParameterStore parameters)
      : options_(options), parameters_(std::move(parameters)) {}

  // actions/put_parameter.cc
  void put_parameter(Request request, aws::Reply reply);
  // actions/get_parameters.cc
  void get_parameter(Request request, aws::Reply reply);
  void get_parameters(Request request, aws::Reply reply);
  void get_by_path(Request request, aws::Reply reply);
  void get_history(Request request, aws::Reply reply);
  // actions/parameters.cc
  ActionResult delete_parameter(const Request& request);
  ActionResult delete_parameters(const Request& request);
  ActionResult describe_parameters(const Request& request);
  ActionResult label_version(const Request& request);
  ActionResult unlabel_version(const Request& request);
  ActionResult add_tags(const Request& request);
  ActionResult remove_tags(const Request& request);
  ActionResult list_tags(const Request& request);

  /// What an answer shows of a parameter.
  struct Shown {
    Parameter parameter;
    Version version;
    std::string selector;  ///< ":3"; ""
    std::string secret;    ///< the answer of Secrets Manager, for a reference to it; ""
    bool is_public = false;
  };
  struct PathPage {
    std::vector<Shown> shown;
    std::string last;  ///< a name, if there is more; ""
  };
  using ShownReceiver = std::function<void(aws::ApiResult<Shown>)>;

  void put_secure(Request request, aws::Reply reply, Version version);
  ActionResult put_version(const Request& request, Version version);
  /// The version that a name, a selector or an ARN means. Errors: ParameterNotFound,
  /// ParameterVersionNotFound.
  aws::ApiResult<Shown> find(const Request& request, const std::string& name) const;
  aws::ApiResult<PathPage> page_of_path(const Request& request) const;
  void find_secret(const Request& request, const std::string& name, bool decrypts,
                   const ShownReceiver& receiver);
  /// Decrypts SecureStrings, one after the other, or gives their ciphertexts.
  using AllReceiver = std::function<void(aws::ApiResult<std::vector<Shown>>)>;
  struct Revealing;
  void reveal(const Request& request, std::vector<Shown> shown, bool decrypts,
              AllReceiver receiver);
  void reveal_next(std::shared_ptr<Revealing> revealing);
  /// The event "Parameter Store Change" (User Guide, "Parameter Store events"), to EventBridge.
  void announce(const Request& request, const Parameter& parameter, const std::string& type,
                const char* operation) const;
  aws::ApiResult<Parameter> tagged(const Request& request) const;
  aws::ApiResult<void> commit(const Request& request, const store::Batch& batch,
                              const json::Value& output) const;
  static Scope scope_of(const Request& request) { return {request.account_id(), request.region}; }
  int64_t now_ms() const { return options_.loop.now().ms; }

  const Options options_;
  const ParameterStore parameters_;
  std::mutex mutex_;  ///< of every change: read, decide, commit
  /// Told to what comes back late from a caller.
  const std::shared_ptr<bool> is_there_ = std::make_shared<bool>(true);
};

}  // namespace pawl::ssm
