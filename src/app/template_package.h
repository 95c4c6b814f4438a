// SPDX-License-Identifier: Apache-2.0
// A template with its local files in S3, as `aws cloudformation package` and `sam build` make it:
// code folders become ZIP archives, API and state machine definitions and nested templates objects,
// and the template names those instead.
#pragma once

#include <functional>
#include <string>

#include "base/error.h"
#include "json/value.h"

namespace pawl::app {

/// An object of S3.
struct StoredArtifact {
  std::string bucket;
  std::string key;
};

/// Where artifacts go. Keys are made of the content, so that what is there need not be sent again.
class ArtifactStore {
 public:
  virtual ~ArtifactStore() = default;
  /// Stores `bytes` under `name`.
  virtual base::Result<StoredArtifact> put(const std::string& name, const std::string& bytes) = 0;
  /// The URL that AWS::CloudFormation::Stack takes for a stored template.
  virtual std::string template_url(const StoredArtifact& artifact) const = 0;
};

struct PackagedTemplate {
  json::Value value;
  /// True if something local was found: the text of the file is not what is deployed.
  bool changed = false;
};

/// Reads the template and stores what it refers to, relative to its folder; nested templates, too.
/// `say` is told of each step ("installing src/requirements.txt"). Errors: NotFound for a file that
/// is not there, with the resource and property; what the template reader, pip and the store say.
base::Result<PackagedTemplate> package_template(const std::string& path, ArtifactStore& store,
                                                const std::function<void(const std::string&)>& say);

}  // namespace pawl::app
