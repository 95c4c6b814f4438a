// SPDX-License-Identifier: Apache-2.0
// Signature: the parameter types that a function states ("<s-nn?:s>"), and the check of arguments
// against them (docs.jsonata.org "Programming constructs", "Function signature syntax").
#pragma once

#include <boost/container/small_vector.hpp>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "query/jsonata/error.h"
#include "query/jsonata/item.h"

namespace pawl::query::jsonata {

/// What a function is called with; few arguments need no memory of their own.
using Arguments = boost::container::small_vector<Item, 6>;

/// Immutable once parsed; may be used by several threads.
class Signature {
 public:
  /// `text` begins with "<". Errors: S0401, S0402; `position` is the offset in `text`.
  static tl::expected<Signature, EvaluationError> parse(std::string_view text);

  /// Fits `arguments` to the parameters: fills in the context where "-" allows it, and makes arrays
  /// of single values where an array is due. Errors: T0410, T0411, T0412.
  tl::expected<void, EvaluationError> validate(Arguments& arguments, const Item& context) const;

 private:
  struct Parameter {
    std::string types;  ///< letters of the types that match
    char type = 0;      ///< as written; '(' for a choice
    bool is_optional = false;
    bool is_repeated = false;
    bool takes_context = false;
    std::string subtype;  ///< "a<n>": "n"
    bool has_subtype = false;
  };

  /// Lets the parameters from `parameter` on match the letters from `letter` on, greedily, as the
  /// regular expression that the reference builds; `counts` receives the letters of each.
  bool match(std::string_view letters, size_t parameter, size_t letter,
             boost::container::small_vector_base<size_t>& counts) const;
  EvaluationError mismatch(std::string_view letters, const Arguments& arguments) const;
  tl::expected<Item, EvaluationError> as_array(const Parameter& parameter, char letter,
                                               size_t matched, const Item& argument,
                                               size_t index) const;

  std::vector<Parameter> parameters_;
};

}  // namespace pawl::query::jsonata
