// SPDX-License-Identifier: Apache-2.0
#include "services/apigateway/key_sets.h"

#include <utility>

#include "json/members.h"
#include "json/parse.h"
#include "services/apigateway/outgoing_calls.h"

namespace pawl::apigateway {
namespace {

constexpr int64_t kKeptMs = int64_t{2} * 60 * 60 * 1'000;
constexpr int64_t kAgainMs = 60'000;
constexpr size_t kIssuersMax = 1'000;

/// Null if there is no answer of success.
void get(aws::HttpTransport& transport, const std::string& url,
         std::function<void(const std::string* body)> receiver) {
  const std::optional<HttpPlace> place = read_url(url);
  if (!place) return receiver(nullptr);
  aws::HttpRequest request;
  request.method = "GET";
  request.path = place->path;
  request.query = place->query;
  request.headers.set("Accept", "application/json");
  transport.send(place->origin, std::move(request),
                 [receiver = std::move(receiver)](const base::Result<aws::HttpResponse>& answer) {
                   receiver(answer && answer->status == 200 ? &answer->body : nullptr);
                 });
}

}  // namespace

void KeySets::find(const std::string& issuer, const std::string& key_id, Receiver receiver) {
  std::shared_ptr<const KeySet> known;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = entries_.find(issuer); found != entries_.end()) {
      const int64_t age_ms = loop_.now().ms - found->second.fetched.ms;
      const bool has_key = found->second.keys && found->second.keys->has_key(key_id);
      if (age_ms < (has_key ? kKeptMs : kAgainMs)) known = found->second.keys;
      if (!has_key && age_ms < kAgainMs && !known) known = std::make_shared<const KeySet>();
    }
  }
  if (known) return receiver(std::move(known));
  fetch(issuer, std::move(receiver));
}

void KeySets::fetch(const std::string& issuer, Receiver receiver) {
  std::string base = issuer;
  while (base.ends_with('/')) base.pop_back();
  get(transport_, base + "/.well-known/openid-configuration",
      [this, issuer, base, receiver = std::move(receiver)](const std::string* body) mutable {
        std::string url;
        if (body != nullptr) {
          if (const base::Result<json::Value> found = json::parse(*body)) {
            url = text_member(*found, "jwks_uri");
          }
        }
        fetch_keys(issuer, url.empty() ? base + "/.well-known/jwks.json" : url,
                   std::move(receiver));
      });
}

void KeySets::fetch_keys(const std::string& issuer, const std::string& url, Receiver receiver) {
  get(transport_, url, [this, issuer, receiver = std::move(receiver)](const std::string* body) {
    std::shared_ptr<const KeySet> keys;
    if (body != nullptr) {
      if (base::Result<KeySet> read = KeySet::parse(*body)) {
        keys = std::make_shared<const KeySet>(*std::move(read));
      }
    }
    {
      const std::lock_guard lock(mutex_);
      if (entries_.size() >= kIssuersMax) entries_.clear();
      entries_[issuer] = {keys, loop_.now()};
    }
    receiver(std::move(keys));
  });
}

}  // namespace pawl::apigateway
