// SPDX-License-Identifier: Apache-2.0
// EndpointSettings: where services live that this program calls: here, at AWS, at a URL (pawl serve
// --endpoint). The variables AWS_ENDPOINT_URL… of the environment are not heeded: whoever starts
// clients of this server with them would have it call itself.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "aws/service/caller.h"
#include "base/error.h"

namespace pawl::server {

/// embed() first; then thread-safe.
class EndpointSettings final : public aws::EndpointResolver {
 public:
  /// Each of the form SERVICE=WHERE: the name of a model, or "*" for all that are neither named nor
  /// embedded; "embedded", "aws" or a URL of scheme, host and port. Errors: InvalidSyntax.
  static base::Result<EndpointSettings> parse(const std::vector<std::string>& settings);

  /// That service is a part of this program.
  void embed(std::string service_name) { embedded_.insert(std::move(service_name)); }

  /// Errors: InvalidSyntax if a name is not among `service_names`, which are sorted.
  base::Result<void> check_names(const std::vector<std::string>& service_names) const;
  bool empty() const { return places_.empty(); }

  aws::Endpoint resolve(const aws::ServiceModel& service, std::string_view region) const override;

 private:
  std::map<std::string, aws::Endpoint, std::less<>> places_;  ///< of AWS without a URL
  std::set<std::string, std::less<>> embedded_;
};

}  // namespace pawl::server
