// SPDX-License-Identifier: Apache-2.0
// `pawl image`: builds container images without a daemon (buildah, or Docker where it runs), pushes
// them to a running server's ECR, lists and runs what is there.
#pragma once

#include <string>
#include <vector>

namespace pawl::app {

struct ImageOptions {
  enum class Action { Build, Push, List, Run };
  Action action = Action::List;
  std::string endpoint;  ///< of the server; "": AWS_ENDPOINT_URL, else http://127.0.0.1:4566
  std::string folder;    ///< Build: the context
  std::string file;      ///< Build: the Dockerfile; "": the context's
  /// Build, Push and Run: "ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME:TAG"; a bare "NAME:TAG" is in
  /// the server's ECR too. List: the repository, "" for all.
  std::string name;
  std::vector<std::string> build_args;  ///< "NAME=VALUE"
  bool pushes = false;                  ///< Build: also push
  std::string entry_point;              ///< Run
  std::vector<std::string> environment;
  std::string user;
  std::string working_directory;
  std::vector<std::string> command;
};

/// Exit code 1: the tool or the server refuses, in its own words. Run: that of the container.
int run_image(const ImageOptions& options);

}  // namespace pawl::app
