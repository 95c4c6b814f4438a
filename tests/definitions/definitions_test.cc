// SPDX-License-Identifier: Apache-2.0
// Every real definition of the conformance data: valid ones compile, invalid ones are refused.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "asl/compile.h"
#include "json/parse.h"

namespace pawl::asl {
namespace {

namespace fs = std::filesystem;

fs::path definitions_folder() {
  const char* given = std::getenv("PAWL_CONFORMANCE");
  return fs::path(given != nullptr ? given : PAWL_SOURCE_DIR "/../shared/conformance") /
         "definitions";
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

/// Files of valid/ which the manifest marks as suspect: nobody expects them to be accepted.
std::set<std::string> suspects() {
  std::set<std::string> names;
  const auto manifest = json::parse(read_file(definitions_folder() / "manifest.json"));
  for (const json::Value& row : manifest.value().items()) {
    const json::Value* file = row.find("file");
    if (row.find("suspect") != nullptr && file != nullptr) {
      names.insert(fs::path(std::string(file->as_string())).filename().string());
    }
  }
  return names;
}

/// Files of valid/ that AWS itself refuses, each with the reason.
const std::map<std::string, std::string> kNotAccepted = {
    {"ChristopheBougere__asl-validator__src-tests-definitions-valid-map-with-item-batcher-jsonata."
     "json",
     "a JSONPath state in a JSONata machine: recorded from AWS as an error"},
    {"guyernest__step-functions-agent__step-functions-web-search-agent.json",
     "calls States.Default, which is no intrinsic function"},
    {"guyernest__step-functions-agent__step-functions-dynamic-agent-template.json",
     "a template: the text DYNAMIC_ROUTING_CHOICES stands where the array Choices belongs"},
    {"ManageIQ__floe__examples-set-credential.json",
     "ResultPath $$.Credentials, another engine's extension: a Reference Path must start with "
     "'$.'"},
    {"ManageIQ__floe__examples-everything.json",
     "two states have one name, which AWS does not allow"},
};

class Definitions : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(definitions_folder()))
      GTEST_SKIP() << "the conformance data is not here (PAWL_CONFORMANCE)";
  }
};

TEST_F(Definitions, ValidOnesCompile) {
  const std::set<std::string> suspect = suspects();
  size_t compiled = 0;
  size_t total = 0;
  for (const fs::path& file : files_in(definitions_folder() / "valid")) {
    const Compilation compilation = compile(read_file(file));
    const bool is_suspect = suspect.contains(file.filename().string());
    total += !is_suspect;
    compiled += !is_suspect && compilation.program != nullptr;
    if (compilation.program == nullptr && kNotAccepted.contains(file.filename().string())) {
      std::printf("not accepted: %s: %s\n", file.filename().c_str(),
                  kNotAccepted.at(file.filename().string()).c_str());
    } else if (compilation.program == nullptr && !is_suspect) {
      ADD_FAILURE() << file.filename() << ": "
                    << invalid_definition_message(compilation.diagnostics);
    }
  }
  std::printf("valid definitions: %zu of %zu compile\n", compiled, total);
}

TEST_F(Definitions, InvalidOnesAreRefused) {
  size_t refused = 0;
  size_t total = 0;
  for (const fs::path& file : files_in(definitions_folder() / "invalid")) {
    const Compilation compilation = compile(read_file(file));
    ++total;
    refused += compilation.program == nullptr;
    if (compilation.program != nullptr) std::printf("not refused: %s\n", file.filename().c_str());
  }
  std::printf("invalid definitions: %zu of %zu are refused\n", refused, total);
  EXPECT_GE(static_cast<double>(refused), 0.95 * static_cast<double>(total));
}

}  // namespace
}  // namespace pawl::asl
