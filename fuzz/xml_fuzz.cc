// SPDX-License-Identifier: Apache-2.0
// An XML document: a tree or a refusal. What a tree says is written and read again.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "aws/protocol/xml_element.h"
#include "base/assert.h"

namespace {

using namespace pawl;

void write(const aws::XmlElement& element, aws::XmlWriter& out) {
  out.open(element.name);
  if (element.children.empty()) out.text(element.text);
  for (const aws::XmlElement& child : element.children) write(child, out);
  out.close(element.name);
}

bool same(const aws::XmlElement& a, const aws::XmlElement& b) {
  if (a.name != b.name || a.children.size() != b.children.size()) return false;
  if (a.children.empty() && a.text != b.text) return false;
  for (size_t i = 0; i < a.children.size(); ++i) {
    if (!same(a.children[i], b.children[i])) return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto root = aws::parse_xml({reinterpret_cast<const char*>(data), size});
  if (!root) return 0;
  aws::XmlWriter out;
  write(*root, out);
  const auto again = aws::parse_xml(std::move(out).take());
  PAWL_ASSERT(again.has_value());
  PAWL_ASSERT(same(*root, *again));
  return 0;
}
