// SPDX-License-Identifier: Apache-2.0
// `pawl deploy`: a template with its local files to a stack of a running server, by a change set
// that is shown first; then what happens, resource by resource, and the outputs.
#pragma once

#include <string>
#include <vector>

namespace pawl::app {

struct DeployOptions {
  std::string template_path;
  std::string stack_name = {};                 ///< "": named after the template
  std::vector<std::string> parameters = {};    ///< NAME=VALUE
  std::vector<std::string> capabilities = {};  ///< CAPABILITY_IAM …
  std::vector<std::string> tags = {};          ///< NAME=VALUE
  std::string role_arn = {};
  std::string bucket = {};  ///< for code; one of ours if empty
  std::string prefix = {};
  std::string region = {};
  std::string endpoint = {};
  bool only_change_set = false;
  bool disable_rollback = false;
  bool quiet = false;
  bool no_color = false;
};

/// The name of a stack whose template is in this file: the file's without its extension; the
/// folder's, if the file is called template. As names of stacks are: letters, digits and dashes, a
/// letter first. "" if nothing is left of it.
std::string stack_name_of(const std::string& template_path);

/// The tree of resources goes to stderr, outputs to stdout. Exit code 0: deployed, or nothing to
/// change. 1: the stack failed, or the server refused. 2: a file or option is wrong.
int run_deploy(const DeployOptions& options);

}  // namespace pawl::app
