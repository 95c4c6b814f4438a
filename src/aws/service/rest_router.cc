// SPDX-License-Identifier: Apache-2.0
// NOTE: S3's CopyObject and PutObject, ListParts and GetObject differ only in a required header or
// parameter, so these count as part of the pattern.
#include "aws/service/rest_router.h"

#include <algorithm>
#include <tuple>

namespace pawl::aws {
namespace {

bool has_fixed_query(const OperationModel& operation, const QueryParameters& parameters) {
  for (const auto& [name, value] : operation.uri.query()) {
    const std::string* found = find_parameter(parameters, name);
    if (found == nullptr || (!value.empty() && *found != value)) return false;
  }
  return true;
}

}  // namespace

RestRouter::RestRouter(const ServiceModel& model) {
  for (const OperationModel& operation : model.operations()) {
    Candidate candidate{&operation, {}, {}};
    if (operation.input != nullptr) {
      for (const Member& member : operation.input->members) {
        if (!member.required) continue;
        if (member.location == Location::QueryString) {
          candidate.required_parameters.push_back(member.wire_name());
        } else if (member.location == Location::Header) {
          candidate.required_headers.push_back(member.wire_name());
        }
      }
    }
    candidates_.push_back(std::move(candidate));
  }
}

RestRouter::Match RestRouter::match(const HttpRequest& request) const {
  const QueryParameters parameters = parse_query(request.query);
  Match best;
  // Fixed query parameters, then all required ones present, how many, literals, no greedy label,
  // still in use.
  using Rank = std::tuple<size_t, bool, size_t, size_t, bool, bool>;
  Rank best_rank;
  for (const Candidate& candidate : candidates_) {
    const OperationModel& operation = *candidate.operation;
    if (operation.http_method != request.method || !has_fixed_query(operation, parameters) ||
        !operation.uri.match(request.path)) {
      continue;
    }
    size_t present = 0;
    for (const std::string_view name : candidate.required_parameters) {
      if (find_parameter(parameters, name) != nullptr) ++present;
    }
    for (const std::string_view name : candidate.required_headers) {
      if (request.headers.has(name)) ++present;
    }
    const bool all =
        present == candidate.required_parameters.size() + candidate.required_headers.size();
    const size_t fixed = operation.uri.query().size();
    const Rank rank{fixed,
                    all,
                    present,
                    operation.uri.literal_segments(),
                    !operation.uri.has_greedy_label(),
                    !operation.deprecated};
    if (best.operation == nullptr || rank > best_rank) {
      best = {&operation, fixed + operation.uri.literal_segments()};
      best_rank = rank;
    }
  }
  return best;
}

}  // namespace pawl::aws
