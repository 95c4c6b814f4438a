// SPDX-License-Identifier: Apache-2.0
// Parts that several stored records have. Internal to the record files.
#pragma once

#include <string>

#include "base/wire.h"
#include "services/sns/topic.h"

namespace pawl::sns {

inline void write_attributes(base::ByteWriter& out, const Attributes& attributes) {
  out.varint(attributes.size());
  for (const auto& [name, value] : attributes) {
    out.sized(name);
    out.sized(value);
  }
}

inline Attributes read_attributes(base::ByteReader& in) {
  Attributes attributes;
  for (size_t left = in.count(); left > 0; --left) {
    const std::string name(in.sized());
    attributes.emplace(name, in.sized());
  }
  return attributes;
}

}  // namespace pawl::sns
