// SPDX-License-Identifier: Apache-2.0
// A Python function's folder with what its requirements.txt names beside the code, as `sam build`
// makes it.
#pragma once

#include <string>
#include <utility>

#include "base/error.h"

namespace pawl::app {

/// A folder that goes away with its owner.
class BuiltFolder {
 public:
  explicit BuiltFolder(std::string path) : path_(std::move(path)) {}
  BuiltFolder(BuiltFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  BuiltFolder(const BuiltFolder&) = delete;
  BuiltFolder& operator=(const BuiltFolder&) = delete;
  BuiltFolder& operator=(BuiltFolder&&) = delete;
  ~BuiltFolder();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// True if the folder has a requirements.txt with at least one requirement.
bool has_python_requirements(const std::string& folder);

/// A copy of the folder in which `pip install -r requirements.txt -t` ran. `runtime` ("python3.12")
/// is for the message. Errors: NotFound if there is no pip; Io with what pip said.
base::Result<BuiltFolder> build_python_folder(const std::string& folder,
                                              const std::string& runtime);

}  // namespace pawl::app
