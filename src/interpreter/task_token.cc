// SPDX-License-Identifier: Apache-2.0
#include "interpreter/task_token.h"

#include "base/bytes.h"

namespace pawl::interpreter {
namespace {

constexpr char kFormat = 1;
constexpr size_t kNameBytes = 17;
constexpr size_t kTokenBytes = 84;  // a multiple of three: no padding
constexpr size_t kTokenCharacters = 112;

template <typename Word>
void append_word(std::string& bytes, Word word) {
  for (size_t i = 0; i < sizeof(Word); ++i) bytes += static_cast<char>(word >> (8 * i) & 0xff);
}

template <typename Word>
Word read_word(std::string_view bytes) {
  Word word = 0;
  for (size_t i = 0; i < sizeof(Word); ++i) {
    word |= static_cast<Word>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  }
  return word;
}

}  // namespace

std::string make_task_token(const TaskTokenParts& parts, base::Random& random) {
  std::string bytes(1, kFormat);
  append_word(bytes, parts.execution_id);
  append_word(bytes, parts.task.frame);
  append_word(bytes, parts.task.sequence);
  while (bytes.size() < kTokenBytes) append_word(bytes, random.next());
  bytes.resize(kTokenBytes);
  return base::base64_encode(bytes);
}

std::optional<TaskTokenParts> parse_task_token(std::string_view token) {
  if (token.size() != kTokenCharacters) return std::nullopt;
  const std::optional<std::string> bytes = base::base64_decode(token);
  if (!bytes || bytes->size() != kTokenBytes || bytes->front() != kFormat) return std::nullopt;
  const std::string_view names = std::string_view(*bytes).substr(1, kNameBytes - 1);
  TaskTokenParts parts;
  parts.execution_id = read_word<uint64_t>(names);
  parts.task.frame = read_word<uint32_t>(names.substr(8));
  parts.task.sequence = read_word<uint32_t>(names.substr(12));
  return parts;
}

}  // namespace pawl::interpreter
