// SPDX-License-Identifier: Apache-2.0
// Calls that are made again: page after page, or until something has come about, over any Caller.
// What is asked for and how long is in client_models.h.
#pragma once

#include <functional>

#include "aws/client/client_models.h"
#include "aws/service/caller.h"
#include "aws/service/service_loop.h"

namespace pawl::aws {

/// Gives each page of `call` to `on_page` until it returns false or there are no more, then calls
/// `done` once, on the services' loop. Errors: those of the call; SdkClientException if the same
/// token comes twice in a row. `caller` and `paginator` must outlive it.
void for_each_page(Caller& caller, Call call, const Paginator& paginator,
                   std::function<bool(const json::Value&)> on_page,
                   std::function<void(ApiResult<void>)> done);

/// Repeats `call` (whose operation is the waiter's) until the waiter is satisfied, then calls
/// `done` once, on the services' loop, with the last output (null if an error was what was waited
/// for). Errors: those of the call that no acceptor expects; SdkClientException if the waiter has
/// failed or its attempts are used up. All three references must outlive it.
void wait_until(Caller& caller, ServiceLoop& loop, Call call, const Waiter& waiter,
                std::function<void(ApiResult<json::Value>)> done);

}  // namespace pawl::aws
