// SPDX-License-Identifier: Apache-2.0
// Lifecycle policies: reading them and saying which images they expire (ECR User Guide, "Lifecycle
// policy properties").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "base/time.h"
#include "services/ecr/records.h"

namespace pawl::ecr {

struct LifecycleRule {
  int64_t priority = 0;
  enum class Status { Tagged, Untagged, Any } status = Status::Any;
  std::vector<std::string> tag_prefixes;
  std::vector<std::string> tag_patterns;  ///< with "*"
  std::optional<int64_t> count_max;       ///< imageCountMoreThan
  std::optional<int64_t> days_max;        ///< sinceImagePushed
};

struct ExpiredImage {
  Image image;
  int64_t rule_priority = 0;
};

class LifecyclePolicy {
 public:
  /// Errors: InvalidParameterException in ECR's words.
  static aws::ApiResult<LifecyclePolicy> parse(std::string_view text);

  /// Which of a repository's images expire now. Those that an index refers to stay.
  std::vector<ExpiredImage> evaluate(const std::vector<Image>& images, base::Timestamp now) const;

 private:
  std::vector<LifecycleRule> rules_;  ///< by priority
};

}  // namespace pawl::ecr
