// SPDX-License-Identifier: Apache-2.0
// SERVICE=WHERE, read and looked up.
#include "server/endpoint_settings.h"

#include <algorithm>

namespace pawl::server {
namespace {

using aws::Endpoint;

constexpr std::string_view kOthers = "*";

/// Scheme, host and maybe a port, without the "/" that many write behind them.
bool read_url(std::string_view text, std::string& url) {
  if (text.ends_with('/')) text.remove_suffix(1);
  std::string_view rest = text;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (text.starts_with(scheme)) rest = text.substr(scheme.size());
  }
  const bool is_authority = !rest.empty() && rest.size() != text.size() &&
                            std::all_of(rest.begin(), rest.end(), [](char c) {
                              return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                                     (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_' ||
                                     c == ':' || c == '[' || c == ']';
                            });
  url = text;
  return is_authority;
}

}  // namespace

base::Result<EndpointSettings> EndpointSettings::parse(const std::vector<std::string>& settings) {
  EndpointSettings made;
  for (const std::string& setting : settings) {
    const auto mistake = [&setting](const std::string& why) {
      return base::Error(base::ErrorKind::InvalidSyntax, "--endpoint " + setting + ": " + why);
    };
    const size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0) return mistake("expected SERVICE=WHERE");
    const std::string where = setting.substr(equals + 1);
    Endpoint place;
    if (where == "aws") {
      place.kind = Endpoint::Kind::Aws;
    } else if (where != "embedded") {
      place.kind = Endpoint::Kind::Url;
      if (!read_url(where, place.url)) {
        return mistake("expected embedded, aws or a URL like https://host:port");
      }
    }
    if (!made.places_.emplace(setting.substr(0, equals), place).second) {
      return mistake("said twice");
    }
  }
  return made;
}

base::Result<void> EndpointSettings::check_names(
    const std::vector<std::string>& service_names) const {
  for (const auto& [name, place] : places_) {
    if (name == kOthers || std::binary_search(service_names.begin(), service_names.end(), name)) {
      continue;
    }
    return base::Error(base::ErrorKind::InvalidSyntax,
                       "--endpoint " + name + "=…: no service is called so (see aws help)");
  }
  return {};
}

Endpoint EndpointSettings::resolve(const aws::ServiceModel& service,
                                   std::string_view region) const {
  const std::string& name = service.metadata().service_name;
  auto found = places_.find(name);
  if (found == places_.end() && !embedded_.contains(name)) found = places_.find(kOthers);
  if (found == places_.end()) return {};
  Endpoint place = found->second;
  if (place.kind == Endpoint::Kind::Aws) place.url = aws::aws_endpoint_url(service, region);
  return place;
}

}  // namespace pawl::server
