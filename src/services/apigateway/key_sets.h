// SPDX-License-Identifier: Apache-2.0
// KeySets: the keys of issuers of JSON Web Tokens, fetched when they are first asked for (OpenID
// Connect Discovery 1.0, "/.well-known/openid-configuration") and kept for two hours, as AWS does.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "aws/service/caller.h"
#include "aws/service/service_loop.h"
#include "services/apigateway/json_web_token.h"

namespace pawl::apigateway {

/// Thread-safe.
class KeySets {
 public:
  /// Both must outlive it.
  KeySets(aws::HttpTransport& transport, aws::ServiceLoop& loop)
      : transport_(transport), loop_(loop) {}

  /// Null if the issuer cannot be asked or has no keys. A set without key `key_id` is fetched
  /// again, once a minute at most: issuers change their keys. At once, or on the loop's thread.
  using Receiver = std::function<void(std::shared_ptr<const KeySet>)>;
  void find(const std::string& issuer, const std::string& key_id, Receiver receiver);

 private:
  struct Entry {
    std::shared_ptr<const KeySet> keys;
    base::Timestamp fetched;
  };
  void fetch(const std::string& issuer, Receiver receiver);
  void fetch_keys(const std::string& issuer, const std::string& url, Receiver receiver);

  aws::HttpTransport& transport_;
  aws::ServiceLoop& loop_;
  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

}  // namespace pawl::apigateway
