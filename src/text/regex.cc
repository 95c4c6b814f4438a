// SPDX-License-Identifier: Apache-2.0
#include "text/regex.h"

#include <array>
#include <utility>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/assert.h"

namespace pawl::text {
namespace {

constexpr uint32_t kMatchLimit = 5'000'000;
constexpr uint32_t kDepthLimit = 10'000;
constexpr uint32_t kHeapLimitKiB = 20'000;

uint32_t options_of(RegexFlags flags) {
  uint32_t options = PCRE2_UTF | PCRE2_ALT_BSUX | PCRE2_ALLOW_EMPTY_CLASS |
                     PCRE2_MATCH_UNSET_BACKREF | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C;
  if (!flags.ecmascript) options |= PCRE2_UCP;
  if (flags.ignore_case) options |= PCRE2_CASELESS;
  if (flags.multiline) options |= PCRE2_MULTILINE;
  if (flags.dot_all) options |= PCRE2_DOTALL;
  if (flags.extended) options |= PCRE2_EXTENDED;
  return options;
}

struct MatchDataDeleter {
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};

}  // namespace

struct Regex::Code {
  pcre2_code* code = nullptr;
  pcre2_match_context* context = nullptr;

  Code() = default;
  Code(const Code&) = delete;
  Code& operator=(const Code&) = delete;
  ~Code() {
    pcre2_match_context_free(context);
    pcre2_code_free(code);
  }

  /// The number of groups set, or a negative PCRE2 error; `groups` receives byte offsets.
  int run(std::string_view subject, size_t offset, uint32_t options,
          std::vector<std::optional<RegexGroup>>& groups) const {
    const std::unique_ptr<pcre2_match_data, MatchDataDeleter> data(
        pcre2_match_data_create_from_pattern(code, nullptr));
    const int count = pcre2_match(code, reinterpret_cast<PCRE2_SPTR>(subject.data()),
                                  subject.size(), offset, options, data.get(), context);
    if (count < 0) return count;
    const PCRE2_SIZE* places = pcre2_get_ovector_pointer(data.get());
    const uint32_t pairs = pcre2_get_ovector_count(data.get());
    groups.reserve(pairs);
    for (uint32_t i = 0; i < pairs; ++i) {
      if (places[2 * i] == PCRE2_UNSET) {
        groups.emplace_back(std::nullopt);
      } else {
        groups.emplace_back(RegexGroup{places[2 * i], places[2 * i + 1]});
      }
    }
    return count;
  }
};

base::Result<Regex> Regex::compile(std::string_view pattern, RegexFlags flags) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  auto code = std::make_shared<Code>();
  code->code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                             options_of(flags), &error, &offset, nullptr);
  if (code->code == nullptr) {
    std::array<PCRE2_UCHAR, 256> message{};
    pcre2_get_error_message(error, message.data(), message.size());
    return base::Error(base::ErrorKind::InvalidSyntax,
                       reinterpret_cast<const char*>(message.data()),
                       {1, static_cast<int>(offset) + 1});
  }
  code->context = pcre2_match_context_create(nullptr);
  PAWL_ASSERT(code->context != nullptr);
  pcre2_set_match_limit(code->context, kMatchLimit);
  pcre2_set_depth_limit(code->context, kDepthLimit);
  pcre2_set_heap_limit(code->context, kHeapLimitKiB);
  return Regex(std::move(code));
}

std::optional<Regex::Groups> Regex::match(std::string_view subject, size_t offset) const {
  Groups groups;
  if (code_->run(subject, offset, 0, groups) < 0) return std::nullopt;
  return groups;
}

base::Result<std::optional<Regex::Groups>> Regex::find(std::string_view subject,
                                                       size_t offset) const {
  Groups groups;
  const int count = code_->run(subject, offset, offset == 0 ? 0 : PCRE2_NO_UTF_CHECK, groups);
  if (count == PCRE2_ERROR_MATCHLIMIT || count == PCRE2_ERROR_DEPTHLIMIT ||
      count == PCRE2_ERROR_HEAPLIMIT)
    return base::Error(base::ErrorKind::LimitExceeded,
                       "the regular expression backtracks too much");
  if (count < 0) return std::optional<Groups>();
  return std::optional<Groups>(std::move(groups));
}

bool Regex::matches_whole(std::string_view subject) const {
  std::vector<std::optional<RegexGroup>> groups;
  return code_->run(subject, 0, PCRE2_ANCHORED | PCRE2_ENDANCHORED, groups) >= 0;
}

}  // namespace pawl::text
