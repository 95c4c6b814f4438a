// SPDX-License-Identifier: Apache-2.0
// The configurations of buckets that are kept and given back: one table of kinds, and the policy,
// which is a text.
#pragma once

#include <functional>
#include <string_view>

#include "aws/service/action_table.h"
#include "services/s3/storage.h"

namespace pawl::s3 {

struct ConfigurationKind;
struct ListedKind;

class ConfigurationActions {
 public:
  explicit ConfigurationActions(Storage& storage) : storage_(storage) {}
  void bind(aws::ActionTable& table);

 private:
  using Handler = std::function<aws::ActionResult(const aws::Request&)>;
  void on_read(aws::ActionTable& table, std::string_view operation, Handler handler);
  void on_write(aws::ActionTable& table, std::string_view operation, Handler handler);

  aws::ActionResult put(const ConfigurationKind& kind, const aws::Request& request);
  aws::ActionResult get(const ConfigurationKind& kind, const aws::Request& request);
  aws::ActionResult erase(const ConfigurationKind& kind, const aws::Request& request);

  aws::ActionResult put_listed(const ListedKind& kind, const aws::Request& request);
  aws::ActionResult get_listed(const ListedKind& kind, const aws::Request& request);
  aws::ActionResult erase_listed(const ListedKind& kind, const aws::Request& request);
  aws::ActionResult list(const ListedKind& kind, const aws::Request& request);

  aws::ActionResult put_policy(const aws::Request& request);
  aws::ActionResult get_policy(const aws::Request& request);
  aws::ActionResult get_policy_status(const aws::Request& request);
  aws::ActionResult erase_policy(const aws::Request& request);

  Storage& storage_;
};

}  // namespace pawl::s3
