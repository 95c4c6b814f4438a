// SPDX-License-Identifier: Apache-2.0
// AWS::Serverless::Api and AWS::Serverless::HttpApi: an API with its definition, a deployment and
// stage, authorizers' permissions, custom domain and usage plan.
#pragma once

#include "formation/serverless/authorizer.h"
#include "formation/serverless/sam_resource.h"

namespace pawl::formation::serverless {

Outcome<Resources> make_rest_api(Work& work, const SamResource& api);
Outcome<Resources> make_http_api(Work& work, const SamResource& api);

/// The domain name, its mappings to the API, and DNS records; nothing if the API has no Domain.
Outcome<Resources> make_rest_domain(Work& work, const SamResource& api, const Node& domain);
Outcome<Resources> make_http_domain(Work& work, const SamResource& api, const Node& domain);

/// The usage plan, key and plan key of Auth.UsagePlan.
Outcome<Resources> make_usage_plan(Work& work, const SamResource& api, const Node& auth,
                                   const Made& stage);

/// The permission of an API's authorizer to call its function.
Made make_authorizer_permission(const SamResource& api, const Authorizer& authorizer,
                                std::string_view partition);

/// True if all keys are among the names.
bool only_has(const Node& map, std::initializer_list<std::string_view> names);

}  // namespace pawl::formation::serverless
