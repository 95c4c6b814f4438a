// SPDX-License-Identifier: Apache-2.0
// MockConfig: what Step Functions Local's MockConfigFile.json says: for each test case of a state
// machine, what its Task states answer instead of calling anything. Developer Guide "Configuration
// file for mocked service integrations" (sfn-local-mock-cfg-file.html).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "asl/execution_error.h"
#include "base/error.h"

namespace pawl::integration {

/// "Return": the task's result.
struct MockedReturn {
  std::string output;  ///< JSON text, any value
};

/// One of MockedResponses: the answers by invocation number. None for a number: the execution
/// fails, as the guide says.
class MockedResponse {
 public:
  using Answer = std::variant<MockedReturn, asl::ExecutionError>;

  /// The answer to invocation `number`, which counts from 0; nullptr if there is none.
  const Answer* find(uint64_t number) const;

 private:
  friend class MockConfigReader;
  struct Range {
    uint64_t first;
    uint64_t last;  ///< inclusive
    Answer answer;
  };
  std::vector<Range> ranges_;  ///< in order, without overlap
};

/// Immutable: any number of threads may read it.
class MockConfig {
 public:
  /// By name of the Task state. States that are not here call their real integration.
  using TestCase = std::map<std::string, std::shared_ptr<const MockedResponse>, std::less<>>;

  /// Checks the whole text. A mocked response without answers is allowed (it fails the execution
  /// that gets there, as in Step Functions Local), unknown members beside the two top-level fields
  /// are not looked at. Errors: InvalidJson with the place; InvalidSyntax naming the member by its
  /// JSON pointer, with line and column: a wrong type, a repeated name, no or overlapping
  /// invocation numbers, a mocked response that is not defined.
  static base::Result<std::shared_ptr<const MockConfig>> parse(std::string_view text);

  /// nullptr if there is none. `state_machine` is the machine's name.
  const TestCase* find(std::string_view state_machine, std::string_view test_case) const;

 private:
  friend class MockConfigReader;
  using TestCases = std::map<std::string, TestCase, std::less<>>;
  std::map<std::string, TestCases, std::less<>> machines_;
};

}  // namespace pawl::integration
