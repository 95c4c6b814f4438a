// SPDX-License-Identifier: Apache-2.0
// GetRandomPassword.
#include <algorithm>
#include <array>

#include "json/members.h"
#include "services/secretsmanager/api.h"
#include "services/secretsmanager/service.h"
#include "store/sealing/aes_gcm.h"

namespace pawl::secretsmanager {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr int64_t kLengthDefault = 32;

/// Uniform below `count`, which is 256 at most.
size_t draw(size_t count) {
  const size_t fair = 256 - 256 % count;
  while (true) {
    const auto drawn = static_cast<unsigned char>(store::random_bytes(1)[0]);
    if (drawn < fair) return drawn % count;
  }
}

struct CharacterType {
  const char* excluded_by;
  const char* characters;
};
constexpr std::array<CharacterType, 4> kTypes = {
    {{"ExcludeLowercase", "abcdefghijklmnopqrstuvwxyz"},
     {"ExcludeUppercase", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
     {"ExcludeNumbers", "0123456789"},
     // API GetRandomPassword, ExcludePunctuation.
     {"ExcludePunctuation", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"}}};

}  // namespace

ActionResult SecretsManagerService::get_random_password(const Request& request) {
  const Value& input = request.input;
  const auto length =
      static_cast<size_t>(find_integer(input, "PasswordLength").value_or(kLengthDefault));
  const std::string unwanted = text_member(input, "ExcludeCharacters");
  std::vector<std::string> types;
  for (const CharacterType& type : kTypes) {
    if (flag_member(input, type.excluded_by)) continue;
    std::string characters = type.characters;
    std::erase_if(characters, [&](char c) { return unwanted.find(c) != std::string::npos; });
    if (!characters.empty()) types.push_back(std::move(characters));
  }
  if (flag_member(input, "IncludeSpace") && unwanted.find(' ') == std::string::npos)
    types.emplace_back(" ");
  std::string all;
  for (const std::string& type : types) all += type;
  if (all.empty())
    return invalid_parameter("No characters are available to generate the password.");
  const bool needs_each = flag_member(input, "RequireEachIncludedType", true);
  if (needs_each && length < types.size()) {
    return invalid_parameter("The password length is too short based on the required types.");
  }
  std::string password;
  if (needs_each) {
    for (const std::string& type : types) password += type[draw(type.size())];
  }
  while (password.size() < length) password += all[draw(all.size())];
  // What each type must have stands anywhere (Fisher, Yates). Lengths beyond 256 are drawn in two.
  for (size_t i = password.size() - 1; i > 0; --i) {
    const size_t count = i + 1;
    const size_t other = count <= 256 ? draw(count) : (draw(256) * 256 + draw(256)) % count;
    std::swap(password[i], password[other]);
  }
  ObjectBuilder out;
  out.set("RandomPassword", Value(password));
  store::wipe(password);
  return std::move(out).build();
}

}  // namespace pawl::secretsmanager
