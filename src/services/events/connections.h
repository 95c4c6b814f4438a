// SPDX-License-Identifier: Apache-2.0
// Connections: how API destinations and HTTP tasks are authorized (API CreateConnection). What is
// secret stands in Secrets Manager, in a secret of the connection's own; the rest here.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "aws/http_message.h"
#include "aws/service/caller.h"
#include "aws/service/request.h"
#include "aws/service/service_loop.h"
#include "json/value.h"
#include "services/events/names.h"
#include "services/events/record_store.h"
#include "store/store.h"

namespace pawl::events {

/// Thread-safe.
class Connections {
 public:
  struct Ports {
    store::Store& store;
    aws::ServiceLoop& loop;
    aws::Caller& caller;
    aws::HttpTransport* transport = nullptr;
    std::function<std::string()> make_id;
  };

  static base::Result<std::unique_ptr<Connections>> open(Ports ports);

  /// Goes on with connections that an earlier process left AUTHORIZING.
  void run();

  /// CreateConnection, UpdateConnection, DeleteConnection wait for Secrets Manager.
  void create(aws::Request request, aws::Reply reply);
  void update(aws::Request request, aws::Reply reply);
  void remove(aws::Request request, aws::Reply reply);
  aws::ActionResult describe(const aws::Request& request);
  aws::ActionResult list(const aws::Request& request);
  aws::ActionResult deauthorize(const aws::Request& request);

  /// The record of arn:…:connection/NAME/ID; nullopt if there is none.
  aws::ApiResult<std::optional<json::Value>> find_arn(std::string_view arn) const;

  /// Adds to a request what the connection prescribes: authorization, and its own header fields,
  /// query parameters and members of a JSON body. `is_fresh`: an OAuth token is fetched anew.
  /// Answers on the loop's thread.
  using Authorized = std::function<void(aws::ApiResult<aws::HttpRequest>)>;
  void authorize(const std::string& arn, aws::HttpRequest request, bool is_fresh,
                 Authorized authorized);

 private:
  Connections(Ports ports, RecordStore records)
      : ports_(std::move(ports)), records_(std::move(records)) {}

  struct Token {
    std::string header;  ///< "Bearer …"
    base::Timestamp until = {};
  };
  using TokenReceiver = std::function<void(aws::ApiResult<std::string>)>;

  std::string key_of(const Scope& scope, std::string_view name) const;
  aws::ApiResult<json::Value> find(const aws::Request& request, const char* doing) const;
  aws::ApiResult<void> write(const std::string& key, const json::Value& record);
  void call_secrets(const Scope& scope, const char* operation, json::Value input,
                    aws::Caller::Receiver receiver);
  void finish_create(const aws::Request& request, const json::Value& record, aws::Reply& reply);
  /// Gets an OAuth connection from AUTHORIZING to AUTHORIZED, or after some attempts to
  /// DEAUTHORIZED.
  void try_token(const std::string& arn, size_t attempt);
  void set_state(const std::string& arn, const std::string& state, const std::string& reason);
  void read_secret(const json::Value& record,
                   std::function<void(aws::ApiResult<json::Value>)> then);
  void fetch_token(const json::Value& record, const json::Value& secret, TokenReceiver receiver);
  void add_token(const json::Value& record, const json::Value& secret, bool is_fresh,
                 TokenReceiver receiver);

  Ports ports_;
  RecordStore records_;
  std::mutex mutex_;                                  ///< of everything that changes a record
  std::map<std::string, Token, std::less<>> tokens_;  ///< by ARN; guarded by mutex_
  const std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace pawl::events
