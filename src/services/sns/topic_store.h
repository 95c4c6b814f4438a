// SPDX-License-Identifier: Apache-2.0
// TopicStore: topics, their subscriptions and the tokens that confirm these, in the store. Knows no
// rules of the API. docs/formats/sns.md says what stands under which key.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "services/sns/topic.h"
#include "store/store.h"

namespace pawl::sns {

/// A part of a list in its order.
template <typename T>
struct Page {
  std::vector<T> items;
  std::string next;  ///< where to go on, opaque; "" if that was all
};

/// Reads may come from any thread; who reads to write holds a lock of his own. What is put into a
/// batch is there once the caller commits it. Errors: the store's.
class TopicStore {
 public:
  static base::Result<TopicStore> open(store::Store& store);

  base::Result<std::optional<Topic>> find_topic(const TopicName& name) const;
  void put(store::Batch& batch, const Topic& topic) const;
  /// With all that belongs to it.
  void erase_topic(store::Batch& batch, const TopicName& name) const;
  /// Of an account and region, by name, from `next` of the page before.
  base::Result<Page<TopicName>> topics(const Scope& scope, const std::string& from,
                                       size_t max) const;

  base::Result<std::optional<Subscription>> find_subscription(const TopicName& topic,
                                                              std::string_view id) const;
  /// The one that has this endpoint; there is at most one.
  base::Result<std::optional<Subscription>> find_endpoint(const TopicName& topic,
                                                          std::string_view protocol,
                                                          std::string_view endpoint) const;
  void put(store::Batch& batch, const Subscription& subscription) const;
  /// Its token stays: the end can be taken back with it.
  void erase(store::Batch& batch, const Subscription& subscription) const;
  /// Calls `visit` for each subscription of the topic until it answers false.
  base::Result<void> visit_subscriptions(
      const TopicName& topic, const std::function<bool(const Subscription&)>& visit) const;
  /// Of a topic, or of an account and region if `topic` is null.
  base::Result<Page<Subscription>> subscriptions(const Scope& scope, const TopicName* topic,
                                                 const std::string& from, size_t max) const;

  /// API ConfirmSubscription: "Confirmation tokens are valid for two days."
  static constexpr int64_t kTokenValidMs = int64_t{2} * 24 * 60 * 60 * 1000;

  /// The subscription that its token would make.
  void put_token(store::Batch& batch, const Subscription& subscription, base::Timestamp now) const;
  /// nullopt also for a token that is no longer valid.
  base::Result<std::optional<Subscription>> find_token(const TopicName& topic,
                                                       std::string_view token,
                                                       base::Timestamp now) const;
  /// Forgets some tokens that are no longer valid, and subscriptions that still wait for them.
  base::Result<void> forget_tokens(store::Batch& batch, base::Timestamp now) const;

 private:
  explicit TopicStore(store::Store& store) : store_(&store) {}

  store::Store* store_;
  store::Keyspace topics_;
  store::Keyspace subscriptions_;
  store::Keyspace endpoints_;
  store::Keyspace tokens_;
  store::Keyspace token_ends_;
};

}  // namespace pawl::sns
