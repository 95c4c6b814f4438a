// SPDX-License-Identifier: Apache-2.0
// StackProgress: what happens to a stack and the stacks nested in it, as a tree for people. Fed
// with the events of CloudFormation (DescribeStackEvents); asks nobody and draws nothing but lines.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "app/terminal.h"
#include "base/time.h"
#include "json/value.h"

namespace pawl::app {

/// A resource in its stack: where it stands now.
struct ResourceProgress {
  std::string logical_id = {};
  std::string type = {};
  std::string status = {};  ///< "CREATE_IN_PROGRESS"
  std::string reason = {};  ///< of the status; "" if none
  std::string physical_id = {};
  base::Timestamp started_at = {};
  base::Timestamp ended_at = {};  ///< once it does not run any more
};

bool is_running(std::string_view status);
bool is_failure(std::string_view status);

/// One that failed, with the way to it: "Nested/Table".
struct StackFailure {
  std::string path;
  std::string type;
  std::string status;
  std::string reason;
};

/// One thread.
class StackProgress {
 public:
  struct Style {
    Palette palette = {};
    size_t columns = 80;
    size_t spinner = 0;   ///< turns with every picture
    base::Timestamp now;  ///< for what still runs
  };

  explicit StackProgress(std::string stack_id) : root_(std::move(stack_id)) {}

  /// An element of StackEvents; older ones first.
  void apply(const json::Value& event);

  const std::string& root() const { return root_; }
  /// Ids of stacks nested in it, seen so far.
  std::vector<std::string> nested_stacks() const;
  /// One line for each resource under its stack, in the order they began; none wider than
  /// `columns`.
  std::vector<std::string> lines(const Style& style) const;
  /// The line of one event: "Nested/Table  AWS::DynamoDB::Table  CREATE_COMPLETE  1.2 s".
  std::string event_line(const json::Value& event, const Palette& palette) const;
  /// What failed of itself, in order; not what was only cancelled because of it.
  std::vector<StackFailure> failures() const { return failures_; }

 private:
  struct Stack {
    std::vector<ResourceProgress> resources = {};  ///< in the order they began
    ResourceProgress own = {};
  };

  /// "Nested/" of a stack below the root; "" of the root.
  std::string path_of(const std::string& stack_id) const;
  void add_lines(const std::string& stack_id, const std::string& indent, const Style& style,
                 std::vector<std::string>& out) const;

  std::string root_;
  std::map<std::string, Stack> stacks_;
  std::vector<StackFailure> failures_;
};

}  // namespace pawl::app
