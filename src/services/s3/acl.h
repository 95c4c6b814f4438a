// SPDX-License-Identifier: Apache-2.0
// Access control lists: canned ones, grants in headers and in XML, and their answer (S3 User Guide,
// "Access control list (ACL) overview"). Kept and returned; what they grant to other accounts is
// asked by allows_others().
#pragma once

#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "json/value.h"

namespace pawl::s3 {

/// {"Owner":…,"Grants":[…]} of an account's own: FULL_CONTROL.
json::Value private_acl(std::string_view account);

/// The ACL that a request gives: the input's ACL, Grant… and AccessControlPolicy; null if it gives
/// none. `is_put_acl`: the request is for nothing else, and must give one.
/// Errors: InvalidArgument, InvalidRequest, MalformedACLError, MissingSecurityHeader,
/// UnexpectedContent.
aws::ApiResult<json::Value> read_acl(const json::Value& input, std::string_view owner_account,
                                     bool is_put_acl);

/// Whether it is what a bucket allows that enforces its owner's ownership: the owner's full
/// control.
bool is_owners_own(const json::Value& acl);

/// Whether it grants everybody `permission` ("READ", "WRITE").
bool grants_all(const json::Value& acl, std::string_view permission);

/// {"ID":…}.
json::Value owner_of(std::string_view account);

}  // namespace pawl::s3
