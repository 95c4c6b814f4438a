// SPDX-License-Identifier: Apache-2.0
#include "services/sns/topic_store.h"

#include "base/wire.h"
#include "services/sns/store_keys.h"

namespace pawl::sns {

using base::Result;
using store::Range;
using store::Shape;

namespace {

constexpr uint8_t kTokenVersion = 1;
constexpr int kForgottenAtOnce = 8;

struct Token {
  int64_t until_ms = 0;
  Subscription subscription;
};

Result<Token> read_token(std::string_view bytes) {
  base::ByteReader in(bytes);
  Token token;
  if (in.byte() != kTokenVersion) in.fail();
  token.until_ms = in.signed_varint();
  const std::string_view subscription = in.sized();
  if (!in.ok() || !in.at_end()) return base::malformed_record("SNS token");
  token.subscription = PAWL_TRY(read_subscription(subscription));
  return token;
}

}  // namespace

Result<TopicStore> TopicStore::open(store::Store& store) {
  TopicStore opened(store);
  opened.topics_ = PAWL_TRY(store.keyspace("sns/topics", Shape::Records));
  opened.subscriptions_ = PAWL_TRY(store.keyspace("sns/subscriptions", Shape::Records));
  opened.endpoints_ = PAWL_TRY(store.keyspace("sns/endpoints", Shape::Records));
  opened.tokens_ = PAWL_TRY(store.keyspace("sns/tokens", Shape::Records));
  opened.token_ends_ = PAWL_TRY(store.keyspace("sns/token_ends", Shape::Queue));
  return opened;
}

Result<std::optional<Topic>> TopicStore::find_topic(const TopicName& name) const {
  const std::optional<std::string> bytes = PAWL_TRY(store_->get(topics_, topic_key(name).view()));
  if (!bytes) return std::nullopt;
  return PAWL_TRY(read_topic(name, *bytes));
}

void TopicStore::put(store::Batch& batch, const Topic& topic) const {
  batch.put(topics_, topic_key(topic.name).view(), write_topic(topic));
}

void TopicStore::erase_topic(store::Batch& batch, const TopicName& name) const {
  const std::string key = topic_key(name).take();
  batch.erase(topics_, key);
  for (const store::Keyspace keyspace : {subscriptions_, endpoints_, tokens_})
    batch.erase_range(keyspace, Range::prefix(key));
}

Result<Page<TopicName>> TopicStore::topics(const Scope& scope, const std::string& from,
                                           size_t max) const {
  Page<TopicName> page;
  const auto cursor = store_->cursor(topics_, Range::prefix(scope_key(scope).view()));
  for (bool more = PAWL_TRY(from.empty() ? cursor->first() : cursor->seek(from)); more;
       more = PAWL_TRY(cursor->next())) {
    if (page.items.size() == max) {
      page.next = cursor->key();
      break;
    }
    store::KeyReader key(cursor->key());
    key.text();
    key.text();
    page.items.push_back({scope, key.text().value_or("")});
  }
  return page;
}

Result<std::optional<Subscription>> TopicStore::find_subscription(const TopicName& topic,
                                                                  std::string_view id) const {
  const std::optional<std::string> bytes =
      PAWL_TRY(store_->get(subscriptions_, topic_key(topic).text(id).view()));
  if (!bytes) return std::nullopt;
  return PAWL_TRY(read_subscription(*bytes));
}

Result<std::optional<Subscription>> TopicStore::find_endpoint(const TopicName& topic,
                                                              std::string_view protocol,
                                                              std::string_view endpoint) const {
  const std::optional<std::string> id =
      PAWL_TRY(store_->get(endpoints_, endpoint_key(topic, protocol, endpoint).view()));
  if (!id) return std::nullopt;
  return find_subscription(topic, *id);
}

void TopicStore::put(store::Batch& batch, const Subscription& subscription) const {
  batch.put(subscriptions_, topic_key(subscription.topic).text(subscription.id).view(),
            write_subscription(subscription));
  batch.put(endpoints_,
            endpoint_key(subscription.topic, subscription.protocol, subscription.endpoint).view(),
            subscription.id);
}

void TopicStore::erase(store::Batch& batch, const Subscription& subscription) const {
  batch.erase(subscriptions_, topic_key(subscription.topic).text(subscription.id).view());
  batch.erase(
      endpoints_,
      endpoint_key(subscription.topic, subscription.protocol, subscription.endpoint).view());
}

Result<void> TopicStore::visit_subscriptions(
    const TopicName& topic, const std::function<bool(const Subscription&)>& visit) const {
  const auto cursor = store_->cursor(subscriptions_, Range::prefix(topic_key(topic).view()));
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    if (!visit(PAWL_TRY(read_subscription(cursor->value())))) break;
  }
  return {};
}

Result<Page<Subscription>> TopicStore::subscriptions(const Scope& scope, const TopicName* topic,
                                                     const std::string& from, size_t max) const {
  Page<Subscription> page;
  const std::string prefix = topic != nullptr ? topic_key(*topic).take() : scope_key(scope).take();
  const auto cursor = store_->cursor(subscriptions_, Range::prefix(prefix));
  for (bool more = PAWL_TRY(from.empty() ? cursor->first() : cursor->seek(from)); more;
       more = PAWL_TRY(cursor->next())) {
    if (page.items.size() == max) {
      page.next = cursor->key();
      break;
    }
    page.items.push_back(PAWL_TRY(read_subscription(cursor->value())));
  }
  return page;
}

void TopicStore::put_token(store::Batch& batch, const Subscription& subscription,
                           base::Timestamp now) const {
  const int64_t until_ms = now.ms + kTokenValidMs;
  const std::string key = topic_key(subscription.topic).text(subscription.token).take();
  std::string record;
  base::ByteWriter out(record);
  out.byte(kTokenVersion);
  out.signed_varint(until_ms);
  out.sized(write_subscription(subscription));
  batch.put(tokens_, key, record);
  batch.put(token_ends_, store::KeyBuilder().i64(until_ms).raw(key).view(), "");
}

Result<std::optional<Subscription>> TopicStore::find_token(const TopicName& topic,
                                                           std::string_view token,
                                                           base::Timestamp now) const {
  const std::optional<std::string> bytes =
      PAWL_TRY(store_->get(tokens_, topic_key(topic).text(token).view()));
  if (!bytes) return std::nullopt;
  const Token found = PAWL_TRY(read_token(*bytes));
  if (found.until_ms <= now.ms) return std::nullopt;
  return found.subscription;
}

Result<void> TopicStore::forget_tokens(store::Batch& batch, base::Timestamp now) const {
  const auto cursor = store_->cursor(token_ends_, Range::all());
  bool more = PAWL_TRY(cursor->first());
  for (int left = kForgottenAtOnce; more && left > 0; --left) {
    store::KeyReader key(cursor->key());
    if (key.i64().value_or(0) > now.ms) break;
    if (const auto bytes = PAWL_TRY(store_->get(tokens_, key.rest()))) {
      const Subscription would_be = PAWL_TRY(read_token(*bytes)).subscription;
      const auto is = PAWL_TRY(find_subscription(would_be.topic, would_be.id));
      if (is && is->is_pending && is->token == would_be.token) erase(batch, *is);
      batch.erase(tokens_, key.rest());
    }
    batch.erase(token_ends_, cursor->key());
    more = PAWL_TRY(cursor->next());
  }
  return {};
}

}  // namespace pawl::sns
