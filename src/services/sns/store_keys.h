// SPDX-License-Identifier: Apache-2.0
// How keys of this service begin: account, region, topic. Internal to the files that store.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "services/sns/topic.h"
#include "store/key.h"

namespace pawl::sns {

inline store::KeyBuilder scope_key(const Scope& scope) {
  store::KeyBuilder key;
  key.text(scope.account).text(scope.region);
  return key;
}

inline store::KeyBuilder topic_key(const TopicName& topic) {
  store::KeyBuilder key = scope_key(topic.scope);
  key.text(topic.name);
  return key;
}

/// Endpoints have no bound that fits a key: they stand there as digests.
inline store::KeyBuilder endpoint_key(const TopicName& topic, std::string_view protocol,
                                      std::string_view endpoint) {
  store::KeyBuilder key = topic_key(topic);
  key.text(protocol).raw(base::digest(base::DigestAlgorithm::Sha256, endpoint));
  return key;
}

}  // namespace pawl::sns
