// SPDX-License-Identifier: Apache-2.0
// The attributes of subscriptions and the endpoints of protocols: what they may be, how they are
// shown.
#pragma once

#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "aws/service/request.h"
#include "services/sns/filter_policy.h"
#include "services/sns/topic.h"

namespace pawl::sns {

/// API Subscribe. Errors: InvalidParameter.
aws::ApiResult<void> check_endpoint(const TopicName& topic, std::string_view protocol,
                                    const std::string& endpoint);

/// Errors: AuthorizationError if it is neither the caller's subscription nor his topic.
aws::ApiResult<void> check_subscriber(const aws::Request& request,
                                      const Subscription& subscription);

/// Whether an endpoint of this protocol must say itself that it wants to be subscribed.
bool needs_confirmation(std::string_view protocol);

/// Brings an attribute to its normal form and sets it; one that is empty is taken away. The message
/// of an error is without "Invalid parameter: ", which Subscribe and SetSubscriptionAttributes
/// complete differently. Errors: InvalidParameter, and NotImplemented for what is not built.
aws::ApiResult<void> set_attribute(Subscription& subscription, const std::string& name,
                                   const std::string& value);

/// What filters its messages is consistent: FilterPolicy with its scope. Errors as above.
aws::ApiResult<void> check_filter(const Subscription& subscription);

FilterScope filter_scope(const Subscription& subscription);

/// The value, or what stands for none.
std::string effective_attribute(const Subscription& subscription, std::string_view name);

/// Whether both have it alike: JSON is compared as values, however it is spaced.
bool have_same_attribute(const Subscription& a, const Subscription& b, std::string_view name);

/// API GetSubscriptionAttributes.
Attributes shown_attributes(const Subscription& subscription, const Topic* topic);

}  // namespace pawl::sns
