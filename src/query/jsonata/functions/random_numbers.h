// SPDX-License-Identifier: Apache-2.0
// RandomNumbers: what $random, $shuffle and $uuid draw from: the generator that the caller gave, or
// a fixed one.
#pragma once

#include <string>

#include "base/random.h"
#include "query/jsonata/expression.h"

namespace pawl::query::jsonata {

class RandomNumbers {
 public:
  explicit RandomNumbers(const EvaluationInput& input)
      : random_(input.random != nullptr ? input.random : &fixed_) {}

  /// Uniform in [0, 1).
  double next() { return random_->next_double(); }
  std::string uuid() { return base::make_uuid(*random_); }

 private:
  base::Random fixed_{0};
  base::Random* random_;
};

}  // namespace pawl::query::jsonata
