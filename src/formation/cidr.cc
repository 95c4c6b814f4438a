// SPDX-License-Identifier: Apache-2.0
#include "formation/cidr.h"

#include <array>
#include <charconv>
#include <optional>

#include "formation/words.h"

namespace pawl::formation {
namespace {

__extension__ using Address = unsigned __int128;

constexpr int64_t kCountMax = 256;

struct Block {
  Address address = 0;
  int bits = 32;    ///< of an address
  int prefix = 32;  ///< of the network
};

std::optional<unsigned> number(std::string_view text, int base, unsigned maximum) {
  unsigned value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  if (text.empty() || error != std::errc() || stop != end || value > maximum) return std::nullopt;
  return value;
}

std::optional<Address> ipv4(std::string_view text) {
  Address address = 0;
  for (int i = 0; i < 4; ++i) {
    const size_t dot = i < 3 ? text.find('.') : text.size();
    if (dot == std::string_view::npos || dot > 3) return std::nullopt;
    const auto part = number(text.substr(0, dot), 10, 255);
    if (!part) return std::nullopt;
    address = address << 8 | *part;
    text.remove_prefix(i < 3 ? dot + 1 : dot);
  }
  return address;
}

/// Groups of 16 bits between colons; nullopt if one is malformed or there are more than eight.
std::optional<std::vector<unsigned>> groups(std::string_view text) {
  std::vector<unsigned> parts;
  if (text.empty()) return parts;
  while (parts.size() < 8) {
    const size_t colon = text.find(':');
    const std::string_view part = text.substr(0, colon);
    const auto value = part.size() > 4 ? std::nullopt : number(part, 16, 0xffff);
    if (!value) return std::nullopt;
    parts.push_back(*value);
    if (colon == std::string_view::npos) return parts;
    text.remove_prefix(colon + 1);
  }
  return std::nullopt;
}

// RFC 4291 section 2.2, forms 1 and 2.
std::optional<Address> ipv6(std::string_view text) {
  const size_t gap = text.find("::");
  const auto head = groups(text.substr(0, gap));
  const auto tail =
      gap == std::string_view::npos ? std::vector<unsigned>() : groups(text.substr(gap + 2));
  if (!head || !tail || head->size() + tail->size() > 8) return std::nullopt;
  const size_t missing = 8 - head->size() - tail->size();
  if (gap == std::string_view::npos ? missing != 0 : missing == 0) return std::nullopt;
  Address address = 0;
  for (const unsigned part : *head) address = address << 16 | part;
  for (size_t i = 0; i < missing; ++i) address <<= 16;
  for (const unsigned part : *tail) address = address << 16 | part;
  return address;
}

std::optional<Block> parse_block(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view address = text.substr(0, slash);
  const bool is_ipv6 = address.find(':') != std::string_view::npos;
  const auto value = is_ipv6 ? ipv6(address) : ipv4(address);
  const int bits = is_ipv6 ? 128 : 32;
  const auto prefix = number(text.substr(slash + 1), 10, static_cast<unsigned>(bits));
  if (!value || !prefix) return std::nullopt;
  return Block{*value, bits, static_cast<int>(*prefix)};
}

std::string ipv4_text(Address address) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    if (shift < 24) text += '.';
    text += std::to_string(static_cast<unsigned>(address >> shift) & 0xff);
  }
  return text;
}

// RFC 5952: lower case, the longest run of zero groups (of two at least) as "::".
std::string ipv6_text(Address address) {
  std::array<unsigned, 8> parts{};
  for (size_t i = 0; i < 8; ++i) {
    parts[i] = static_cast<unsigned>(address >> (112 - 16 * i)) & 0xffff;
  }
  size_t best = 8;
  size_t best_length = 1;
  for (size_t i = 0; i < 8;) {
    size_t end = i;
    while (end < 8 && parts[end] == 0) ++end;
    if (end - i > best_length) {
      best = i;
      best_length = end - i;
    }
    i = end + 1;
  }
  std::string text;
  for (size_t i = 0; i < 8; ++i) {
    if (i == best) {
      text += "::";
      i += best_length - 1;
      continue;
    }
    if (!text.empty() && !text.ends_with(':')) text += ':';
    std::array<char, 4> digits{};
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + 4, parts[i], 16);
    static_cast<void>(error);
    text.append(digits.data(), end);
  }
  return text;
}

}  // namespace

base::Result<std::vector<std::string>> split_cidr(std::string_view block, int64_t count,
                                                  int64_t bits) {
  const std::optional<Block> parsed = parse_block(block);
  if (!parsed) {
    return template_error("Template error: Fn::Cidr ipBlock " + std::string(block) +
                          " is not a valid CIDR block");
  }
  if (count < 1 || count > kCountMax) {
    return template_error("Template error: Fn::Cidr count must be between 1 and 256");
  }
  const int own_bits = static_cast<int>(bits < 0 || bits > parsed->bits ? parsed->bits + 1 : bits);
  const int prefix = parsed->bits - own_bits;
  const int room = prefix - parsed->prefix;  // in bits
  if (prefix < 0 || room < 0 || (room < 9 && count > (int64_t{1} << room))) {
    return template_error("Template error: Fn::Cidr cannot fit " + std::to_string(count) +
                          " blocks with " + std::to_string(bits) + " CIDR bits in " +
                          std::string(block));
  }
  const int host_bits = parsed->bits - parsed->prefix;
  const Address network = host_bits >= 128 ? 0 : parsed->address >> host_bits << host_bits;
  std::vector<std::string> blocks;
  for (int64_t i = 0; i < count; ++i) {
    const Address step = own_bits >= 128 ? 0 : static_cast<Address>(i) << own_bits;
    const Address address = network + step;
    blocks.push_back((parsed->bits == 32 ? ipv4_text(address) : ipv6_text(address)) + "/" +
                     std::to_string(prefix));
  }
  return blocks;
}

}  // namespace pawl::formation
