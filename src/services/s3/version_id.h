// SPDX-License-Identifier: Apache-2.0
// Ids of versions and uploads: they look random and carry the sequence number that finds the
// record.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pawl::s3 {

/// 32 characters of A-Z a-z 0-9 . _ ; every call another one.
std::string make_version_id(uint64_t sequence);
/// What it was made of; nullopt if no call can have made `id`.
std::optional<uint64_t> sequence_of(std::string_view id);
/// Whether AWS could have made it: the form is right.
bool is_version_id(std::string_view id);

/// From the operating system.
std::string random_bytes(size_t count);

}  // namespace pawl::s3
