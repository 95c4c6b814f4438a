// SPDX-License-Identifier: Apache-2.0
// Frames against those of the specification's test suite, events by the models, bodies that are
// pushed.
#include "aws/protocol/event_stream.h"

#include <gtest/gtest.h>

#include <thread>

#include "aws/model/installed_models_for_test.h"
#include "aws/protocol/event_codec.h"
#include "aws/protocol/protocol_codec.h"
#include "aws/pushed_body.h"
#include "base/bytes.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::aws {
namespace {

json::Value parse(std::string_view text) { return *json::parse(text); }

std::string bytes_of(std::string_view hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

std::vector<EventMessage> read_all(std::string_view bytes, size_t piece) {
  EventMessageReader reader;
  std::vector<EventMessage> messages;
  for (size_t at = 0; at < bytes.size(); at += piece) {
    reader.feed(bytes.substr(at, piece));
    for (;;) {
      auto next = reader.next();
      EXPECT_TRUE(next) << next.error().message;
      if (!next || !*next) break;
      messages.push_back(**std::move(next));
    }
  }
  EXPECT_TRUE(reader.is_at_end());
  return messages;
}

/// aws-c-event-stream, test cases "empty_message", "payload_no_headers", "payload_one_str_header".
TEST(EventStream, FramesAreThoseOfTheSpecification) {
  EXPECT_EQ(base::hex_encode(write_event_message({})), "000000100000000005c248eb7d98c8ff");
  EXPECT_EQ(base::hex_encode(write_event_message({{}, "{'foo':'bar'}"})),
            "0000001d00000000fd528c5a7b27666f6f273a27626172277dc3653936");
  EventMessage one;
  one.add("content-type", "application/json");
  one.payload = "{'foo':'bar'}";
  EXPECT_EQ(base::hex_encode(write_event_message(one)),
            "0000003d0000002007fd83960c636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f"
            "6e7b27666f6f273a27626172277d8d9c08b1");
}

TEST(EventStream, EveryTypeOfHeaderGoesBothWaysHoweverTheBytesAreCut) {
  EventMessage message;
  using enum EventHeaderType;
  message.headers = {{"true", Boolean, "", 1},
                     {"false", Boolean, "", 0},
                     {"byte", Byte, "", -7},
                     {"short", Short, "", -300},
                     {"int", Integer, "", INT32_MIN},
                     {"long", Long, "", INT64_MAX},
                     {"bytes", Bytes, std::string("\0\xff", 2)},
                     {"text", String, "hä"},
                     {"time", Timestamp, "", 1'700'000'000'123},
                     {"uuid", Uuid, "0123456789abcdef"}};
  message.payload = std::string(1'000, 'p');
  const std::string bytes =
      write_event_message(message) + write_event_message({}) + write_event_message({{}, "last"});
  for (const size_t piece : {size_t{1}, size_t{3}, size_t{100}, bytes.size()}) {
    const auto read = read_all(bytes, piece);
    ASSERT_EQ(read.size(), 3U);
    EXPECT_EQ(read[0], message);
    EXPECT_EQ(read[2].payload, "last");
  }
}

TEST(EventStream, EveryBrokenByteIsSeen) {
  EventMessage message;
  message.add("name", "value");
  message.payload = "payload";
  const std::string bytes = write_event_message(message);
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string broken = bytes;
    broken[i] = static_cast<char>(broken[i] ^ 1);
    EventMessageReader reader;
    reader.feed(broken);
    const auto next = reader.next();
    EXPECT_TRUE(!next || !*next) << i;
    EXPECT_FALSE(reader.is_at_end());
  }
  EventMessageReader cut;
  cut.feed(bytes.substr(0, bytes.size() - 1));
  const auto next = cut.next();
  ASSERT_TRUE(next);
  EXPECT_FALSE(*next);
  EXPECT_FALSE(cut.is_at_end());
}

TEST(EventStream, ContradictionsWithRightChecksumsAreRefused) {
  for (const char* hex : {
           "00000010000000101875588f7f078fba",                  // 16 bytes, of which 16 are headers
           "02000000000000002707d814fc7f4298",                  // 32 MiB
           "00030d5000030d40117398658a4c4894",                  // 200,000 bytes of headers
           "0000001300000003db6b6381016e0a78338aed",            // a header of type 10
           "0000001200000002910c7aa700007bc1361e",              // one without a name
           "00000018000000083b698b18016e070009637574dbd7b3d0",  // one that is cut off
       }) {
    EventMessageReader reader;
    reader.feed(bytes_of(hex));
    EXPECT_FALSE(reader.next()) << hex;
  }
}

class EventCodecTest : public testing::Test {
 protected:
  static const OperationModel* operation(const char* service, const char* name) {
    const ServiceModel* model = installed_model(service);
    return model == nullptr ? nullptr : model->find_operation(name);
  }
};

TEST_F(EventCodecTest, S3SelectsInXml) {
  const OperationModel* select = operation("s3", "SelectObjectContent");
  ASSERT_NE(select, nullptr);
  const EventWriter writer(*select, Protocol::RestXml);
  const std::string records = writer.event("Records", parse(R"({"Payload":"YSxiCg=="})"));
  EventMessageReader reader;
  reader.feed(records);
  const EventMessage message = **reader.next();
  EXPECT_EQ(message.payload, "a,b\n");
  EXPECT_EQ(message.text(":message-type"), "event");
  EXPECT_EQ(message.text(":event-type"), "Records");
  EXPECT_EQ(message.text(":content-type"), "application/octet-stream");
  reader.feed(writer.event("Stats", parse(R"({"Details":{"BytesScanned":5}})")));
  const EventMessage stats = **reader.next();
  EXPECT_EQ(stats.payload, "<Stats><BytesScanned>5</BytesScanned></Stats>");
  EXPECT_EQ(stats.text(":content-type"), "text/xml");
  reader.feed(writer.event("End", parse("{}")));
  const EventMessage end = **reader.next();
  EXPECT_EQ(end.payload, "");
  EXPECT_EQ(end.text(":content-type"), "");
  HttpResponse response = codec(Protocol::RestXml).encode_response(*select, parse("{}"), {"id"});
  EXPECT_EQ(response.headers.get("Content-Type"), kEventStreamType);
  response.body += records + writer.event("Stats", parse(R"({"Details":{"BytesScanned":5}})")) +
                   writer.event("End", parse("{}"));
  const auto read = codec(Protocol::RestXml).decode_response(*select, response);
  ASSERT_TRUE(read) << read.error().code;
  EXPECT_EQ(json::write(*read), R"({"Payload":[{"Records":{"Payload":"YSxiCg=="}},)"
                                R"({"Stats":{"Details":{"BytesScanned":5}}},{"End":{}}]})");
}

TEST_F(EventCodecTest, KinesisPushesJsonWithAnInitialResponse) {
  const OperationModel* subscribe = operation("kinesis", "SubscribeToShard");
  ASSERT_NE(subscribe, nullptr);
  const ProtocolCodec& wire = codec(Protocol::Json);
  const EventWriter writer(*subscribe, Protocol::Json);
  HttpResponse response = wire.encode_response(*subscribe, parse("{}"), {"id"});
  const std::string event =
      R"({"Records":[{"SequenceNumber":"1","Data":"AAE=","PartitionKey":"p"}],)"
      R"("ContinuationSequenceNumber":"2","MillisBehindLatest":0})";
  response.body += writer.event("SubscribeToShardEvent", parse(event));
  const auto read = wire.decode_response(*subscribe, response);
  ASSERT_TRUE(read) << read.error().code;
  EXPECT_EQ(json::write(*read), R"({"EventStream":[{"SubscribeToShardEvent":)" + event + "}]}");
  HttpResponse failed = response;
  failed.body += writer.error(ApiError("ResourceInUseException", "busy"));
  const auto in_use = wire.decode_response(*subscribe, failed);
  ASSERT_FALSE(in_use);
  EXPECT_EQ(in_use.error().code, "ResourceInUseException");
  EXPECT_EQ(in_use.error().message, "busy");
  failed.body = response.body + writer.error(ApiError("Nonesuch", "what"));
  EXPECT_EQ(wire.decode_response(*subscribe, failed).error().code, "Nonesuch");
  failed.body = response.body.substr(0, response.body.size() - 3);
  EXPECT_EQ(wire.decode_response(*subscribe, failed).error().code, "SerializationException");
}

TEST(EventCodec, BindsMembersToHeaders) {
  const auto model = ServiceModel::compile("x", parse(R"({"metadata":{"protocol":"rest-json"},
    "operations":{"Do":{"http":{"method":"POST","requestUri":"/"},"output":{"shape":"Out"}}},
    "shapes":{"Out":{"type":"structure","members":{"Events":{"shape":"Stream"}},"payload":"Events"},
      "Stream":{"type":"structure","eventstream":true,"members":{"One":{"shape":"One"}}},
      "One":{"type":"structure","event":true,"members":{
        "B":{"shape":"B","eventheader":true},"I":{"shape":"I","eventheader":true},
        "L":{"shape":"L","eventheader":true},"T":{"shape":"T","eventheader":true},
        "S":{"shape":"S","eventheader":true},"Y":{"shape":"Y","eventheader":true},
        "Text":{"shape":"S","eventpayload":true}}},
      "B":{"type":"boolean"},"I":{"type":"integer"},"L":{"type":"long"},"T":{"type":"timestamp"},
      "S":{"type":"string"},"Y":{"type":"blob"}}})"));
  ASSERT_TRUE(model) << model.error().message;
  const OperationModel& operation = *(*model)->find_operation("Do");
  const std::string event =
      R"({"B":true,"I":-5,"L":7,"T":1.7000000005E9,"S":"s","Y":"AP8=","Text":"payload"})";
  const std::string bytes = EventWriter(operation, Protocol::RestJson).event("One", parse(event));
  const auto read = read_events(operation, Protocol::RestJson, bytes);
  ASSERT_TRUE(read) << read.error().code;
  EXPECT_EQ(json::write(*read), R"({"Events":[{"One":)" + event + "}]}");
}

TEST(PushedBody, IsReadWhileItIsWritten) {
  PushedBody body(10);
  char out[4];
  int told = 0;
  EXPECT_FALSE(body.ready_or_call([&] { ++told; }));
  EXPECT_TRUE(body.push("0123456789"));
  EXPECT_EQ(told, 1);
  EXPECT_FALSE(body.push("x"));
  EXPECT_TRUE(body.ready_or_call([&] { ++told; }));
  EXPECT_EQ(*body.read(out, sizeof out), 4U);
  EXPECT_EQ(std::string(out, 4), "0123");
  EXPECT_TRUE(body.push("abcd"));
  body.fail(base::Error(base::ErrorKind::Io, "broken"));
  EXPECT_FALSE(body.push("x"));
  EXPECT_EQ(*body.read(out, 4) + *body.read(out, 4) + *body.read(out, 4), 10U);
  EXPECT_EQ(body.read(out, 4).error().message, "broken");
  EXPECT_EQ(told, 1);
}

TEST(PushedBody, WhoReadsOnAnotherThreadWaits) {
  const auto body = std::make_shared<PushedBody>();
  std::thread writer([body] {
    for (int i = 0; i < 1'000; ++i) EXPECT_TRUE(body->push(std::to_string(i) + ","));
    body->finish();
  });
  const auto whole = with_prefix("first,", body);
  std::string read;
  char out[7];
  for (;;) {
    const size_t got = *whole->read(out, sizeof out);
    if (got == 0) break;
    read.append(out, got);
  }
  writer.join();
  EXPECT_TRUE(read.starts_with("first,0,1,2,"));
  EXPECT_TRUE(read.ends_with(",998,999,"));
}

}  // namespace
}  // namespace pawl::aws
