// SPDX-License-Identifier: Apache-2.0
// Every aws-sdk Resource of the real state machines of the conformance data leads to an operation.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "aws/model/installed_models_for_test.h"
#include "integration/sdk_catalog.h"

namespace pawl::integration {
namespace {

namespace fs = std::filesystem;

fs::path definitions_folder() {
  const char* told = std::getenv("PAWL_CONFORMANCE");
  const fs::path folder = told != nullptr
                              ? fs::path(told)
                              : fs::path(PAWL_SOURCE_DIR) / ".." / "shared" / "conformance";
  return folder / "definitions" / "valid";
}

std::set<std::string> named_actions(const fs::path& folder) {
  std::set<std::string> actions;
  const std::regex named(R"(:states:::aws-sdk:([a-z0-9]+:[A-Za-z0-9]+))");
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path());
    std::ostringstream text;
    text << in.rdbuf();
    const std::string whole = text.str();
    for (std::sregex_iterator match(whole.begin(), whole.end(), named), end; match != end; ++match)
      actions.insert((*match)[1]);
  }
  return actions;
}

TEST(Definitions, NameOperationsOfTheModels) {
  if (!fs::is_directory(definitions_folder()))
    GTEST_SKIP() << "no conformance data at " << definitions_folder();
  aws::ModelCatalog& models = aws::installed_models();
  const SdkCatalog catalog(models);
  size_t found = 0;
  for (const std::string& action : named_actions(definitions_folder())) {
    const std::string service = action.substr(0, action.find(':'));
    if (model_of_sdk_service(service, models).empty()) continue;  // newer than the models
    const auto operation = catalog.find(service, action.substr(service.size() + 1));
    EXPECT_TRUE(operation) << action << ": " << operation.error().message;
    ++found;
  }
  EXPECT_GT(found, 100U);
}

}  // namespace
}  // namespace pawl::integration
