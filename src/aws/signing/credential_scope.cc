// SPDX-License-Identifier: Apache-2.0
// The two places where a scope may stand.
#include "aws/signing/credential_scope.h"

#include <algorithm>
#include <array>

namespace pawl::aws {

std::optional<CredentialScope> CredentialScope::parse(std::string_view credential) {
  // From the right: an access key may hold slashes, the rest may not.
  std::array<std::string_view, 4> parts;
  for (size_t i = parts.size(); i-- > 0;) {
    const size_t slash = credential.rfind('/');
    if (slash == std::string_view::npos) return std::nullopt;
    parts[i] = credential.substr(slash + 1);
    credential = credential.substr(0, slash);
  }
  if (parts[3] != "aws4_request" || credential.empty()) return std::nullopt;
  return CredentialScope{std::string(credential), std::string(parts[0]), std::string(parts[1]),
                         std::string(parts[2])};
}

std::optional<std::string> authorization_part(std::string_view authorization,
                                              std::string_view name) {
  const size_t space = authorization.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  std::string_view rest = authorization.substr(space + 1);
  while (!rest.empty()) {
    const size_t comma = std::min(rest.find(','), rest.size());
    std::string_view part = rest.substr(0, comma);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    const size_t equals = part.find('=');
    if (equals != std::string_view::npos && part.substr(0, equals) == name) {
      return std::string(part.substr(equals + 1));
    }
  }
  return std::nullopt;
}

std::optional<CredentialScope> credential_scope_of(const HttpRequest& request) {
  if (const std::string* authorization = request.headers.find("Authorization")) {
    const auto credential = authorization_part(*authorization, "Credential");
    return credential ? CredentialScope::parse(*credential) : std::nullopt;
  }
  if (request.query.find("X-Amz-Credential") != std::string::npos) {
    const QueryParameters parameters = parse_query(request.query, false);
    const std::string* credential = find_parameter(parameters, "X-Amz-Credential");
    return credential == nullptr ? std::nullopt : CredentialScope::parse(*credential);
  }
  return std::nullopt;
}

}  // namespace pawl::aws
