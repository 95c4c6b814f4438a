// SPDX-License-Identifier: Apache-2.0
// FunctionConfig: what a function is and where its code lies.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "container/image_cache.h"

namespace pawl::lambda {

/// Provided: the package, or a layer, brings an executable "bootstrap".
enum class Runtime : uint8_t { Python, NodeJs, Provided };

/// Of "python3.12", "nodejs20.x", "provided.al2023".
Runtime runtime_named(std::string_view name);

/// What runs instead of an interpreter and a package: the files and the configuration of an image,
/// and what API ImageConfig puts in their place.
struct FunctionImage {
  std::shared_ptr<const container::UnpackedImage> files;  ///< null: it is no image
  std::optional<std::vector<std::string>> entry_point = {};
  std::optional<std::vector<std::string>> command = {};
  std::optional<std::string> working_directory = {};
};

struct FunctionConfig {
  std::string name;
  /// By what the runtime knows it; empty: the name. Two versions of a function have two ids.
  std::string id;
  std::string version = "$LATEST";  ///< AWS_LAMBDA_FUNCTION_VERSION
  Runtime runtime = Runtime::Python;
  std::string runtime_name = {};  ///< "python3.12"; empty: whatever version there is
  std::string folder;             ///< absolute; LAMBDA_TASK_ROOT
  FunctionImage image = {};       ///< then there are no handler, folder and layers
  std::string opt_folder = {};    ///< of its layers, its /opt; empty: it has none
  std::string handler;            ///< "module.function", module relative to `folder`
  int64_t timeout_ms = 3'000;     ///< API CreateFunction: 3 seconds by default
  int64_t memory_mb = 128;
  int64_t temporary_mb = 512;  ///< of /tmp, where there is a sandbox
  std::string log_group = {};  ///< empty: /aws/lambda/NAME
  int concurrency_max = 10;    ///< worker processes at once
  /// Refuse what would have to wait for a worker, as reserved concurrency demands.
  bool refuses_when_busy = false;
  std::string region = "us-east-1";
  std::string account = "000000000000";
  std::string role_arn = {};  ///< whose session it works as
  std::map<std::string, std::string> environment;

  /// The function's, without version or alias.
  std::string arn() const;
  const std::string& key() const { return id.empty() ? name : id; }
};

/// Reads "NAME=PATH:HANDLER": PATH a .py, .js, .mjs or .cjs file and HANDLER the function in it, or
/// PATH a folder and HANDLER "module.function". Errors: InvalidSyntax for the form, NotFound if
/// there is no such file.
base::Result<FunctionConfig> parse_function_option(std::string_view option);

}  // namespace pawl::lambda
