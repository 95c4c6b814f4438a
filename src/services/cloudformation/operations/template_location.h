// SPDX-License-Identifier: Apache-2.0
// Where a TemplateURL points to: an object of S3, in each form that AWS and tools write, among them
// the addresses of this server itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pawl::cloudformation {

struct ObjectLocation {
  std::string bucket;
  std::string key;
  std::string version;  ///< ?versionId=…; ""
};

/// "https://s3.eu-west-1.amazonaws.com/b/k", "https://b.s3.amazonaws.com/k",
/// "http://127.0.0.1:4566/b/k", "http://b.s3.localhost:4566/k". nullopt: no address of an object.
std::optional<ObjectLocation> template_location(std::string_view url);

/// "s3://bucket/key", as AWS::Include and packaged code have it; the forms above too.
std::optional<ObjectLocation> object_location(std::string_view location);

}  // namespace pawl::cloudformation
