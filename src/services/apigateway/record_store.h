// SPDX-License-Identifier: Apache-2.0
// RecordStore: what both APIs of API Gateway keep, as JSON objects in the shape of the answers, by
// account, region, kind, parent and id (docs/formats/apigateway.md). Not the rules of the APIs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "base/error.h"
#include "json/value.h"
#include "store/store.h"

namespace pawl::apigateway {

/// What a record belongs to.
struct Scope {
  std::string account;
  std::string region;
};

/// The numbers are stored.
enum class RecordKind : uint8_t {
  HttpApi = 1,
  HttpRoute = 2,
  HttpIntegration = 3,
  HttpStage = 4,
  HttpDeployment = 5,
  HttpAuthorizer = 6,
  HttpModel = 7,
  HttpDomainName = 8,
  HttpApiMapping = 9,
  HttpVpcLink = 10,
  HttpSnapshot = 11,  ///< what a deployment has frozen, by the deployment's id
  RestApi = 32,
  RestResource = 33,
  RestDeployment = 34,
  RestStage = 35,
  RestAuthorizer = 36,
  RestModel = 37,
  RestRequestValidator = 38,
  RestGatewayResponse = 39,
  RestDocumentationPart = 40,
  RestDocumentationVersion = 41,
  RestApiKey = 42,
  RestUsagePlan = 43,
  RestUsagePlanKey = 44,
  RestDomainName = 45,
  RestBasePathMapping = 46,
  RestVpcLink = 47,
  RestClientCertificate = 48,
  RestAccount = 49,
  RestSnapshot = 50,
  RestTags = 51,
};

/// Whose an API is; those who call it say only its id.
struct ApiHome {
  Scope scope;
  bool is_rest = false;
};

/// Thread-safe; who reads to write holds a lock of his own. Reads may fail with an InternalFailure:
/// the store cannot be read or holds a record of an unknown format.
class RecordStore {
 public:
  /// `store` must outlive it. Errors: those of Store::keyspace.
  static base::Result<RecordStore> open(store::Store& store);

  aws::ApiResult<std::optional<json::Value>> find(const Scope& scope, RecordKind kind,
                                                  std::string_view parent,
                                                  std::string_view id) const;
  struct Page {
    std::vector<json::Value> items;
    std::string next;  ///< the id to go on behind; "" if that was all
  };
  /// In the order of ids, behind `after`.
  aws::ApiResult<Page> list(const Scope& scope, RecordKind kind, std::string_view parent,
                            std::string_view after, size_t max) const;
  aws::ApiResult<std::vector<json::Value>> all(const Scope& scope, RecordKind kind,
                                               std::string_view parent) const;

  void put(store::Batch& batch, const Scope& scope, RecordKind kind, std::string_view parent,
           std::string_view id, const json::Value& record) const;
  void erase(store::Batch& batch, const Scope& scope, RecordKind kind, std::string_view parent,
             std::string_view id) const;
  void erase_all(store::Batch& batch, const Scope& scope, RecordKind kind,
                 std::string_view parent) const;

  aws::ApiResult<std::optional<ApiHome>> home(std::string_view api_id) const;
  void put_home(store::Batch& batch, std::string_view api_id, const ApiHome& home) const;
  void erase_home(store::Batch& batch, std::string_view api_id) const;

  /// Visible at once; on disk with the next sync.
  aws::ApiResult<void> commit(const store::Batch& batch) const;

 private:
  RecordStore(store::Store& store, store::Keyspace records, store::Keyspace homes)
      : store_(&store), records_(records), homes_(homes) {}

  store::Store* store_;
  store::Keyspace records_;
  store::Keyspace homes_;
};

}  // namespace pawl::apigateway
