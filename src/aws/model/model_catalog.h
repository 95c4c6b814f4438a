// SPDX-License-Identifier: Apache-2.0
// ModelCatalog: finds the models of AWS services on this computer and compiles each when it is
// first asked for. The one part of this layer that reads files.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aws/model/service_model.h"
#include "base/error.h"

namespace pawl::aws {

/// A JSON merge patch of one service's model, as text.
struct EmbeddedPatch {
  std::string_view service;
  std::string_view text;
};

/// Where to look. Each directory is of botocore's form, SERVICE/VERSION/service-2.json[.gz]. Per
/// service the newest wins: the highest VERSION; of equal ones the directory's newest release, told
/// by the number of operations; then the earlier directory. A directory the user names goes first.
struct ModelSearchPath {
  std::vector<std::string> directories;
  /// SERVICE/catch-up.json and SERVICE/overlay.json, JSON merge patches in the same format
  /// (models/README.md), applied in that order.
  std::vector<std::string> overlay_directories;
  /// The same without files, applied before them (embedded_patches.h). Must outlive the catalog.
  std::span<const EmbeddedPatch> embedded_patches = {};
};

/// Existing directories of botocore's data: `python_roots` are folders that hold site-packages or
/// dist-packages; Debian's python3-botocore is always among them.
std::vector<std::string> botocore_directories(const std::vector<std::string>& python_roots);

/// Thread-safe. Models live as long as the catalog.
class ModelCatalog {
 public:
  explicit ModelCatalog(ModelSearchPath path);

  /// By the name of its folder ("stepfunctions"). Loads at the first call: 2 to 7 ms a service,
  /// 30 ms for ec2. Errors: NotFound if no directory has it, InvalidJson, InvalidSyntax, Io.
  base::Result<const ServiceModel*> find(std::string_view service_name);

  /// Folder names in all directories, sorted. Lists them at the first call: some 10 ms.
  const std::vector<std::string>& service_names() const;

 private:
  struct Candidate {
    std::string api_version;
    std::string file;
  };

  std::vector<Candidate> candidates_of(const std::string& service_name) const;
  base::Result<std::unique_ptr<const ServiceModel>> load(const std::string& service_name) const;
  base::Result<json::Value> newest_model(const std::vector<Candidate>& candidates) const;

  ModelSearchPath path_;
  mutable std::once_flag listed_;
  mutable std::vector<std::string> names_;  ///< after listed_
  struct Entry {
    std::mutex mutex;
    std::unique_ptr<const ServiceModel> model;  ///< guarded by `mutex`; null: not loaded
  };
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Entry>, std::less<>> models_;  ///< guarded by mutex_
};

}  // namespace pawl::aws
