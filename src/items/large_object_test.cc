// SPDX-License-Identifier: Apache-2.0
// An object larger than what its reading may hold in memory.
#include <algorithm>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "items/item_source.h"
#include "items/memory_store_for_test.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::items {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr uint64_t kObjectBytes = 10'000'000;
constexpr int64_t kGrowthKibMax = INT64_MAX;  // the sanitizer keeps what was freed
#else
constexpr uint64_t kObjectBytes = 200'000'000;
constexpr int64_t kGrowthKibMax = 32 * 1024;
#endif

/// `head`, then `row` again and again, then `tail`.
class RepeatingReader : public ObjectReader {
 public:
  RepeatingReader(std::string head, std::string row, std::string tail)
      : row_(std::move(row)), tail_(std::move(tail)), rest_(std::move(head)) {}

  ObjectResult<size_t> read(char* buffer, size_t bytes) override {
    if (rest_.empty()) {
      if (given_bytes_ >= kObjectBytes) {
        rest_ = std::exchange(tail_, {});
      } else {
        rest_ = row_;
        ++rows_;
      }
    }
    const size_t count = rest_.copy(buffer, bytes);
    rest_.erase(0, count);
    given_bytes_ += count;
    return count;
  }

  static inline uint64_t rows_ = 0;

 private:
  std::string row_;
  std::string tail_;
  std::string rest_;
  uint64_t given_bytes_ = 0;
};

class RepeatingStore : public MemoryStore {
 public:
  std::string head, row, tail;
  ObjectResult<std::unique_ptr<ObjectReader>> get(const ObjectAddress&) override {
    RepeatingReader::rows_ = 0;
    return std::make_unique<RepeatingReader>(head, row, tail);
  }
};

int64_t resident_kib_max() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

void read_all(RepeatingStore& store, std::string_view config_text, std::string_view last_item) {
  const json::Value arguments = json::parse(R"({"Bucket":"b","Key":"k"})").value();
  const json::Value config = json::parse(config_text).value();
  const int64_t before = resident_kib_max();
  auto source = open_item_source(store, {"getObject", arguments, config}).value();
  uint64_t items = 0;
  std::string last;
  for (bool end = false; !end;) {
    auto batch = source->next(1'000);
    ASSERT_TRUE(batch) << *batch.error().cause;
    items += batch->items.size();
    if (!batch->items.empty()) last = json::write(batch->items.back());
    end = batch->end;
  }
  EXPECT_GE(items, RepeatingReader::rows_);
  EXPECT_GT(items, kObjectBytes / 5'000);
  EXPECT_EQ(last, last_item);
  EXPECT_LT(resident_kib_max() - before, kGrowthKibMax);
}

TEST(LargeObject, CsvIsStreamed) {
  RepeatingStore store;
  store.head = "id,name,notes\n";
  for (int i = 0; i < 20; ++i)
    store.row +=
        std::to_string(i) + ",\"a, \"\"quoted\"\" name\",some more text\\, to fill the row\n";
  read_all(store, R"({"InputType":"CSV","CSVHeaderLocation":"FIRST_ROW"})",
           R"({"notes":"some more text, to fill the row","name":"a, \"quoted\" name","id":"19"})");
}

TEST(LargeObject, JsonArrayIsStreamed) {
  RepeatingStore store;
  store.head = R"({"meta":[1,2,3],"data":[)";
  for (int i = 0; i < 20; ++i)
    store.row += R"({"id":)" + std::to_string(i) + R"(,"text":"some text ]} to fill the row"},)";
  store.tail = R"({"id":"last"}],"more":0})";
  read_all(store, R"({"InputType":"JSON","ItemsPointer":"/data"})", R"({"id":"last"})");
}

}  // namespace
}  // namespace pawl::items
