// SPDX-License-Identifier: Apache-2.0
#include "services/dynamodb/item_record.h"

#include <gtest/gtest.h>

#include <string>

#include "json/parse.h"
#include "json/write.h"
#include "services/dynamodb/attribute_json.h"
#include "services/dynamodb/streams/stream_record.h"

namespace pawl::dynamodb {
namespace {

constexpr const char* kItem =
    R"({"s":{"S":"text"},"n":{"N":"-12.5"},"b":{"B":"AP8="},"ss":{"SS":["a","b"]},)"
    R"("ns":{"NS":["1","0.5"]},"bs":{"BS":["YQ=="]},"m":{"M":{"k":{"L":[{"NULL":true}]}}},)"
    R"("l":{"L":[{"BOOL":true},{"BOOL":false},{"M":{}}]},"e":{"S":""}})";

Item item() { return read_item(json::parse(kItem).value()).value(); }

TEST(ItemRecord, RoundTrip) {
  const std::string record = encode_item(item());
  const auto read = decode_item(record);
  ASSERT_TRUE(read);
  EXPECT_EQ(json::write(write_item(*read)), kItem);
  EXPECT_EQ(recorded_size(record), size_of(item()));
  EXPECT_LT(record.size(), 130u);
}

TEST(ItemRecord, NothingElseIsRead) {
  const std::string record = encode_item(item());
  for (size_t bytes = 0; bytes < record.size(); ++bytes)
    EXPECT_FALSE(decode_item(std::string_view(record).substr(0, bytes))) << bytes;
  EXPECT_FALSE(decode_item(record + "x"));
  std::string other = record;
  other[0] = 2;
  EXPECT_FALSE(decode_item(other));
}

TEST(ItemRecord, SizesAreDynamoDbs) {
  const auto size = [](const char* text) {
    return size_of(read_item(json::parse(text).value()).value());
  };
  EXPECT_EQ(size(R"({"name":{"S":"value"}})"), 9u);
  EXPECT_EQ(size(R"({"n":{"N":"1234"}})"), 4u);
  EXPECT_EQ(size(R"({"n":{"BOOL":true},"x":{"NULL":true}})"), 4u);
  EXPECT_EQ(size(R"({"l":{"L":[]}})"), 4u);
  EXPECT_EQ(size(R"({"m":{"M":{"k":{"S":"v"}}}})"), 7u);
}

TEST(StreamRecord, RoundTrip) {
  const StreamRecord record{StreamRecord::Event::Modify, true, 1'700'000'000'123, 77, "k", "n", ""};
  const std::string bytes = encode_stream_record(record);
  const auto read = decode_stream_record(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(encode_stream_record(*read), bytes);
  EXPECT_EQ(read->created_ms, 1'700'000'000'123);
  EXPECT_FALSE(decode_stream_record(bytes.substr(1)));
  EXPECT_FALSE(decode_stream_record(bytes + "x"));
}

}  // namespace
}  // namespace pawl::dynamodb
