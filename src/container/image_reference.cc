// SPDX-License-Identifier: Apache-2.0
#include "container/image_reference.h"

#include <algorithm>

namespace pawl::container {
namespace {

constexpr size_t kNameBytesMax = 255;
constexpr size_t kTagBytesMax = 128;

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// [a-z0-9]+ joined by ".", "_", "__" or any number of "-".
bool is_path_component(std::string_view text) {
  if (text.empty() || !is_lower_or_digit(text.front()) || !is_lower_or_digit(text.back())) {
    return false;
  }
  for (size_t i = 0; i < text.size();) {
    if (is_lower_or_digit(text[i])) {
      ++i;
      continue;
    }
    const size_t end = std::min(text.find_first_not_of(text[i], i), text.size());
    const size_t length = end - i;
    const bool is_separator =
        text[i] == '-' || (text[i] == '.' && length == 1) || (text[i] == '_' && length <= 2);
    if (!is_separator || !is_lower_or_digit(text[end])) return false;
    i = end;
  }
  return true;
}

bool is_registry(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon != std::string_view::npos) {
    const std::string_view port = text.substr(colon + 1);
    if (port.empty() || port.size() > 5 || !std::all_of(port.begin(), port.end(), is_digit)) {
      return false;
    }
    text = text.substr(0, colon);
  }
  return !text.empty() && (is_letter(text[0]) || is_digit(text[0])) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_letter(c) || is_digit(c) || c == '.' || c == '-'; });
}

}  // namespace

std::optional<EcrHost> parse_ecr_host(std::string_view host) {
  constexpr std::string_view kService = ".dkr.ecr.";
  host = host.substr(0, host.find(':'));
  const size_t service = host.find(kService);
  if (service != 12 || !std::all_of(host.begin(), host.begin() + 12, is_digit)) return std::nullopt;
  const std::string_view rest = host.substr(service + kService.size());
  const size_t dot = rest.find('.');
  if (dot == std::string_view::npos || dot == 0) return std::nullopt;
  const std::string_view domain = rest.substr(dot + 1);
  if (domain != "amazonaws.com" && domain != "amazonaws.com.cn" && domain != "localhost") {
    return std::nullopt;
  }
  return EcrHost{std::string(host.substr(0, 12)), std::string(rest.substr(0, dot))};
}

bool is_digest(std::string_view text) {
  constexpr std::string_view kAlgorithm = "sha256:";
  if (!text.starts_with(kAlgorithm)) return false;
  text.remove_prefix(kAlgorithm.size());
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return is_digit(c) || (c >= 'a' && c <= 'f');
         });
}

bool is_tag(std::string_view text) {
  if (text.empty() || text.size() > kTagBytesMax || text[0] == '.' || text[0] == '-') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == '-';
  });
}

bool is_repository_name(std::string_view text) {
  if (text.empty() || text.size() > kNameBytesMax) return false;
  for (;;) {
    const size_t slash = text.find('/');
    if (!is_path_component(text.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    text.remove_prefix(slash + 1);
  }
}

base::Result<ImageReference> ImageReference::parse(std::string_view text) {
  const auto refuse = [text](std::string_view why) {
    return base::Error(base::ErrorKind::InvalidSyntax, "'" + std::string(text.substr(0, 300)) +
                                                           "' is no image: " + std::string(why));
  };
  ImageReference out;
  std::string_view rest = text;
  if (const size_t at = rest.find('@'); at != std::string_view::npos) {
    out.digest = rest.substr(at + 1);
    if (!is_digest(out.digest)) return refuse("its digest is not sha256: and 64 hex digits");
    rest = rest.substr(0, at);
  }
  const size_t slash = rest.find('/');
  const std::string_view first = rest.substr(0, slash);
  if (slash != std::string_view::npos &&
      (first.find_first_of(".:") != std::string_view::npos || first == "localhost")) {
    if (!is_registry(first)) return refuse("its registry is no host");
    out.registry = first;
    rest.remove_prefix(slash + 1);
  }
  if (const size_t colon = rest.rfind(':'); colon != std::string_view::npos) {
    out.tag = rest.substr(colon + 1);
    if (!is_tag(out.tag)) return refuse("its tag has a character that tags may not have");
    rest = rest.substr(0, colon);
  }
  if (out.tag.empty() && out.digest.empty()) out.tag = "latest";
  out.repository = rest;
  if (!is_repository_name(rest)) return refuse("its repository has no valid name");
  if (out.registry.empty()) out.registry = "docker.io";
  if (out.registry == "docker.io" && rest.find('/') == std::string_view::npos) {
    out.repository = "library/" + out.repository;
  }
  return out;
}

std::string ImageReference::text() const {
  std::string out = registry + "/" + repository;
  if (!tag.empty()) out += ":" + tag;
  if (!digest.empty()) out += "@" + digest;
  return out;
}

std::string ImageReference::text_with(std::string_view other_digest) const {
  return registry + "/" + repository + "@" + std::string(other_digest);
}

}  // namespace pawl::container
