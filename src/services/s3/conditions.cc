// SPDX-License-Identifier: Apache-2.0
#include "services/s3/conditions.h"

#include <algorithm>

#include "base/integer.h"
#include "services/s3/errors.h"

namespace pawl::s3 {
namespace {

using aws::ApiError;
using aws::ApiResult;

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// HTTP dates have no fraction.
bool is_after(base::Timestamp a, base::Timestamp b) { return a.ms / 1'000 > b.ms / 1'000; }

/// If-Modified-Since is there, no date of the future, and false.
bool is_unmodified_since(const Conditions& conditions, const ObjectVersion& version,
                         base::Timestamp now) {
  const auto& since = conditions.if_modified_since;
  return since && *since <= now && !is_after(version.modified, *since);
}

ApiError not_implemented(std::string_view header, std::string_view more) {
  return error("NotImplemented",
               "A header you provided implies functionality that is not implemented", 501,
               {{"Header", header}, {"additionalMessage", more}});
}

ApiError value_not_accepted(std::string_view header) {
  return not_implemented(header, "We don't accept the provided value of " + std::string(header) +
                                     " header for this API");
}

/// Digits only; nullopt for anything else or beyond 64 bits.
std::optional<uint64_t> parse_digits(std::string_view text) {
  if (text.empty() ||
      !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return std::nullopt;
  }
  const auto number = base::parse_int64(text);
  return number ? std::optional(static_cast<uint64_t>(*number)) : std::nullopt;
}

}  // namespace

bool names_etag(std::string_view list, std::string_view etag) {
  while (true) {
    const size_t comma = std::min(list.find(','), list.size());
    std::string_view one = trimmed(list.substr(0, comma));
    if (one == "*") return true;
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one.size() >= 2 && one.front() == '"' && one.back() == '"') {
      one = one.substr(1, one.size() - 2);
    }
    if (one == etag) return true;
    if (comma == list.size()) return false;
    list.remove_prefix(comma + 1);
  }
}

ApiResult<ReadVerdict> check_read(const Conditions& conditions, const ObjectVersion& version,
                                  base::Timestamp now) {
  if (!conditions.if_match.empty()) {
    if (!names_etag(conditions.if_match, version.etag)) return precondition_failed("If-Match");
  } else if (conditions.if_unmodified_since &&
             is_after(version.modified, *conditions.if_unmodified_since)) {
    return precondition_failed("If-Unmodified-Since");
  }
  if (!conditions.if_none_match.empty()) {
    return names_etag(conditions.if_none_match, version.etag) ? ReadVerdict::NotModified
                                                              : ReadVerdict::Go;
  }
  if (is_unmodified_since(conditions, version, now)) return ReadVerdict::NotModified;
  return ReadVerdict::Go;
}

ApiResult<void> check_copy_source(const Conditions& conditions, const ObjectVersion& version,
                                  base::Timestamp now) {
  // CopyObject: a true If-Match hides If-Unmodified-Since, a true If-None-Match does not hide
  // If-Modified-Since that is false.
  if (!conditions.if_match.empty()) {
    if (!names_etag(conditions.if_match, version.etag)) {
      return precondition_failed("x-amz-copy-source-If-Match");
    }
  } else if (conditions.if_unmodified_since &&
             is_after(version.modified, *conditions.if_unmodified_since)) {
    return precondition_failed("x-amz-copy-source-If-Unmodified-Since");
  }
  if (!conditions.if_none_match.empty()) {
    if (names_etag(conditions.if_none_match, version.etag)) {
      return precondition_failed("x-amz-copy-source-If-None-Match");
    }
  } else if (is_unmodified_since(conditions, version, now)) {
    return precondition_failed("x-amz-copy-source-If-Modified-Since");
  }
  return {};
}

ApiResult<void> check_write_form(const Conditions& conditions) {
  if (!conditions.if_match.empty() && !conditions.if_none_match.empty()) {
    return not_implemented("If-Match,If-None-Match",
                           "Multiple conditional request headers present in the request");
  }
  if (!conditions.if_none_match.empty() && conditions.if_none_match != "*") {
    return value_not_accepted("If-None-Match");
  }
  if (conditions.if_match == "*") return value_not_accepted("If-Match");
  return {};
}

ApiResult<void> check_write(const Conditions& conditions, const ObjectVersion* latest,
                            std::string_view key) {
  const bool exists = latest != nullptr && !latest->is_delete_marker;
  if (!conditions.if_none_match.empty() && exists) return precondition_failed("If-None-Match");
  if (conditions.if_match.empty()) return {};
  if (!exists) return no_such_key(key);
  if (!names_etag(conditions.if_match, latest->etag)) return precondition_failed("If-Match");
  return {};
}

ApiResult<std::optional<ByteRange>> parse_range(std::string_view header, uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit)) return std::nullopt;
  const std::string_view spec = trimmed(header.substr(kUnit.size()));
  const size_t dash = spec.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = parse_digits(spec.substr(0, dash));
  const auto last = parse_digits(spec.substr(dash + 1));
  if ((dash > 0 && !first) || (dash + 1 < spec.size() && !last) || (!first && !last)) {
    return std::nullopt;
  }
  if (first && last && *last < *first) return std::nullopt;
  const auto unsatisfiable = [&] {
    return error("InvalidRange", "The requested range is not satisfiable", 416,
                 {{"ActualObjectSize", std::to_string(size)}, {"RangeRequested", header}});
  };
  if (!first) {
    if (*last == 0 || size == 0) return unsatisfiable();
    const uint64_t length = std::min(*last, size);
    return std::optional(ByteRange{size - length, length});
  }
  if (*first >= size) return unsatisfiable();
  const uint64_t end = last ? std::min(*last, size - 1) : size - 1;
  return std::optional(ByteRange{*first, end - *first + 1});
}

ApiResult<ByteRange> parse_copy_range(std::string_view header, uint64_t size) {
  constexpr std::string_view kName = "x-amz-copy-source-range";
  constexpr std::string_view kUnit = "bytes=";
  const size_t dash = header.find('-');
  const bool formed = header.starts_with(kUnit) && dash != std::string_view::npos;
  const auto first =
      formed ? parse_digits(header.substr(kUnit.size(), dash - kUnit.size())) : std::nullopt;
  const auto last = formed ? parse_digits(header.substr(dash + 1)) : std::nullopt;
  if (!first || !last || *last < *first) {
    return invalid_argument(
        "The x-amz-copy-source-range value must be of the form bytes=first-last where first and "
        "last are the zero-based offsets of the first and last bytes to copy",
        kName, header);
  }
  if (*first >= size) {
    return invalid_request("The specified copy range is invalid for the source object size");
  }
  if (*last >= size) {
    return invalid_argument(
        "Range specified is not valid for source object of size: " + std::to_string(size), kName,
        header);
  }
  return ByteRange{*first, *last - *first + 1};
}

}  // namespace pawl::s3
