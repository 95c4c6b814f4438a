// SPDX-License-Identifier: Apache-2.0
// Which operations take bodies beyond the usual limit: objects and code.
#pragma once

#include "aws/http_message.h"
#include "aws/service/request_router.h"
#include "net/large_bodies.h"

namespace pawl::server {

/// What AWS lets the operation of `route` bring; zero for all others. `has_s3`: forms with a file
/// in them may be posted, which are no operation of a model.
net::BodyBound large_body_bound(const aws::Route& route, const aws::HttpRequest& head, bool has_s3);

}  // namespace pawl::server
