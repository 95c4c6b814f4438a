// SPDX-License-Identifier: Apache-2.0
// What names of images and servers mean to `pawl image` and to the Docker front.
#pragma once

#include <string>

#include "base/error.h"
#include "container/image_reference.h"

namespace pawl::app {

/// `given`, else AWS_ENDPOINT_URL, else "http://127.0.0.1:4566".
std::string server_url(const std::string& given);
/// "127.0.0.1:4566" of "http://127.0.0.1:4566/".
std::string address_of(const std::string& url);
/// ECR's host of the default account, in AWS_REGION or us-east-1.
std::string default_registry();
/// What has no registry is in the server's ECR, in the default account. Errors: InvalidSyntax.
base::Result<container::ImageReference> reference_of(const std::string& name);

}  // namespace pawl::app
