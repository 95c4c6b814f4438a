// SPDX-License-Identifier: Apache-2.0
// Known messages of each protocol, byte for byte: requests as SDKs send them, answers and errors as
// AWS writes them.
#include <gtest/gtest.h>

#include "aws/protocol/cbor.h"
#include "aws/protocol/protocol_codec.h"
#include "aws/protocol/timestamp_text.h"
#include "base/bytes.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::aws {
namespace {

json::Value parse(std::string_view text) {
  auto value = json::parse(text);
  EXPECT_TRUE(value.has_value()) << text;
  return value ? *value : json::Value();
}

std::unique_ptr<const ServiceModel> model_of(std::string_view text) {
  auto model = ServiceModel::compile("test", parse(text));
  EXPECT_TRUE(model) << (model ? "" : model.error().message);
  return model ? std::move(*model) : nullptr;
}

constexpr const char* kShapes = R"(
  "S":{"type":"string"},"I":{"type":"integer"},"L":{"type":"long"},"D":{"type":"double"},
  "B":{"type":"boolean"},"Blob":{"type":"blob"},"T":{"type":"timestamp"},
  "Names":{"type":"list","member":{"shape":"S"}},
  "Flat":{"type":"list","member":{"shape":"S","locationName":"Item"},"flattened":true},
  "Tags":{"type":"map","key":{"shape":"S"},"value":{"shape":"S"}},
  "Inner":{"type":"structure","members":{"Deep":{"shape":"Names"},"When":{"shape":"T"}}},
  "Gone":{"type":"structure","members":{"Message":{"shape":"S"},"Which":{"shape":"S"}},
          "error":{"code":"Test.Gone","httpStatusCode":404,"senderFault":true},"exception":true},
  "Body":{"type":"structure","members":{"Name":{"shape":"S"},"Count":{"shape":"I"},"Big":{"shape":"L"},
    "Real":{"shape":"D"},"On":{"shape":"B"},"Data":{"shape":"Blob"},"At":{"shape":"T"},
    "Names":{"shape":"Names"},"Flat":{"shape":"Flat"},"Tags":{"shape":"Tags"},"Inner":{"shape":"Inner"}}})";

std::string model_text(std::string_view metadata) {
  return R"({"metadata":{)" + std::string(metadata) +
         R"(},"operations":{"Do":{"http":{"method":"POST","requestUri":"/"},
    "input":{"shape":"Body"},"output":{"shape":"Body","resultWrapper":"DoResult"},
    "errors":[{"shape":"Gone"}]},"Nothing":{"http":{"method":"POST","requestUri":"/"}}},
    "shapes":{)" +
         kShapes + "}}";
}

constexpr const char* kJson = R"("protocol":"json","jsonVersion":"1.0","targetPrefix":"Test_2020",
  "apiVersion":"2020-01-01","errorNamespace":"com.amazonaws.test")";
constexpr const char* kQuery =
    R"("protocol":"query","apiVersion":"2020-01-01","xmlNamespace":"http://test/")";

const ResponseContext kContext = {"req-1", ""};

std::string decode_error(std::string_view body) {
  const auto model = model_of(model_text(kJson));
  HttpRequest request;
  request.body = body;
  const auto decoded = codec(Protocol::Json).decode_request(*model->find_operation("Do"), request);
  if (decoded) return "decoded " + json::write(*decoded);
  return decoded.error().code + ": " + decoded.error().message.value_or("(none)");
}

TEST(JsonCodec, RequestAndAnswer) {
  const auto model = model_of(model_text(kJson));
  const OperationModel& operation = *model->find_operation("Do");
  const ProtocolCodec& wire = codec(Protocol::Json);
  const auto request = wire.encode_request(operation, parse(R"({"Name":"x","At":1.5,"Alien":1})"));
  EXPECT_EQ(request->headers.get("x-amz-target"), "Test_2020.Do");
  EXPECT_EQ(request->headers.get("content-type"), "application/x-amz-json-1.0");
  EXPECT_EQ(request->body, R"({"Name":"x","At":1.5})");
  const HttpResponse answer =
      wire.encode_response(operation, parse(R"({"Count":1,"Names":[],"Name":null})"), kContext);
  EXPECT_EQ(answer.body, R"({"Count":1,"Names":[]})");
  EXPECT_EQ(answer.headers.get("x-amzn-requestid"), "req-1");
  EXPECT_EQ(wire.encode_response(*model->find_operation("Nothing"), parse("{}"), kContext).body,
            "");
}

TEST(JsonCodec, Errors) {
  const auto model = model_of(model_text(kJson));
  const OperationModel& operation = *model->find_operation("Do");
  const ProtocolCodec& wire = codec(Protocol::Json);
  ApiError gone("Gone", "It left.");
  gone.members = parse(R"({"Which":"one"})");
  const HttpResponse answer = wire.encode_error(*model, &operation, gone, kContext);
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.body,
            R"({"__type":"com.amazonaws.test#Gone","Message":"It left.","Which":"one"})");
  const auto back = wire.decode_response(operation, answer);
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().code, "Gone");
  EXPECT_EQ(*back.error().message, "It left.");
  EXPECT_EQ(json::write(back.error().members), R"({"Which":"one"})");
  EXPECT_EQ(wire.encode_error(*model, nullptr, unknown_operation(), kContext).body,
            R"({"__type":"com.amazon.coral.service#UnknownOperationException"})");
  EXPECT_EQ(wire.encode_error(*model, &operation, validation_exception("1 …"), kContext).body,
            R"({"__type":"com.amazon.coral.validate#ValidationException","message":"1 …"})");
}

TEST(JsonCodec, QueryCompatibleServicesTellTheOldCode) {
  const auto model = model_of(model_text(std::string(kJson) + R"(,"awsQueryCompatible":{})"));
  const HttpResponse answer = codec(Protocol::Json)
                                  .encode_error(*model, model->find_operation("Do"),
                                                ApiError("Gone", "It left."), kContext);
  EXPECT_EQ(answer.headers.get("x-amzn-query-error"), "Test.Gone;Sender");
}

TEST(JsonCodec, WrongTypesInCoralsWords) {
  const char* const cases[][2] = {
      {R"({"Count":"1"})",
       "SerializationException: STRING_VALUE can not be converted to an Integer"},
      {R"({"Count":true})",
       "SerializationException: TRUE_VALUE can not be converted to an Integer"},
      {R"({"Big":"1"})", "SerializationException: STRING_VALUE can not be converted to a Long"},
      {R"({"Name":1})", "SerializationException: NUMBER_VALUE can not be converted to a String"},
      {R"({"Name":false})", "SerializationException: FALSE_VALUE can not be converted to a String"},
      {R"({"Name":["x"]})", "SerializationException: Start of list found where not expected"},
      {R"({"Name":{"a":1}})",
       "SerializationException: Start of structure or map found where not expected."},
      {R"({"Names":"x"})", "SerializationException: Expected list or null"},
      {R"({"Names":{}})",
       "SerializationException: Start of structure or map found where not expected."},
      {R"({"Names":[1]})", "SerializationException: NUMBER_VALUE can not be converted to a String"},
      {R"({"Inner":"x"})", "SerializationException: Expected null"},
      {R"({"Inner":[]})", "SerializationException: Start of list found where not expected"},
      {R"({"Tags":1})", "SerializationException: Expected map or null"},
      {R"({"Data":"abc"})",
       "SerializationException: 'abc' can not be converted to a Blob: Base64 encoded length is "
       "expected a multiple of 4 bytes but found: 3"},
      {R"({"Data":"ab!="})",
       "SerializationException: 'ab!=' can not be converted to a Blob: Invalid Base64 character: "
       "'!'"},
      {R"({"Data":"3\u2028"})",
       "SerializationException: '3\u2028' can not be converted to a Blob: Invalid Base64 "
       "character: "
       "'\u2028'"},
      {"[]", "SerializationException: Start of list found where not expected"},
      {"", "SerializationException: (none)"},
      {"null", "SerializationException: (none)"},
      {"\"x\"", "SerializationException: (none)"},
      {R"({"Name":"x",})", "SerializationException: (none)"},
      {R"({"Count":3000000000})", "SerializationException: (none)"},
      {R"({"Count":1.9,"Name":null,"Alien":[1]})", R"(decoded {"Count":1})"}};
  for (const auto& [body, expected] : cases) EXPECT_EQ(decode_error(body), expected) << body;
}

TEST(QueryCodec, RequestAsTheSdksSendIt) {
  const auto model = model_of(model_text(kQuery));
  const OperationModel& operation = *model->find_operation("Do");
  const auto request =
      codec(Protocol::Query).encode_request(operation, parse(R"({"Name":"a b&c","Names":["x","y"],
      "Flat":["p"],"Tags":{"k":"v"},"Inner":{"Deep":["d"],"When":1422172800},"On":true})"));
  EXPECT_EQ(request->body,
            "Action=Do&Version=2020-01-01&Name=a%20b%26c&On=true&Names.member.1=x&Names.member.2=y&"
            "Item.1=p&Tags.entry.1.key=k&Tags.entry.1.value=v&Inner.Deep.member.1=d&"
            "Inner.When=2015-01-25T08%3A00%3A00Z");
}

TEST(QueryCodec, AnswerAndError) {
  const auto model = model_of(model_text(kQuery));
  const OperationModel& operation = *model->find_operation("Do");
  const ProtocolCodec& wire = codec(Protocol::Query);
  const HttpResponse answer = wire.encode_response(
      operation, parse(R"({"Name":"<x>","Names":["a"],"Flat":["p","q"],"Tags":{"k":"v"}})"),
      kContext);
  EXPECT_EQ(answer.body,
            "<DoResponse xmlns=\"http://test/\"><DoResult><Name>&lt;x&gt;</Name><Names><member>a"
            "</member></Names><Item>p</Item><Item>q</Item><Tags><entry><key>k</key><value>v</value>"
            "</entry></Tags></DoResult><ResponseMetadata><RequestId>req-1</RequestId>"
            "</ResponseMetadata></DoResponse>");
  const HttpResponse error =
      wire.encode_error(*model, &operation, ApiError("Gone", "It left."), kContext);
  EXPECT_EQ(error.status, 404);
  EXPECT_EQ(error.body,
            "<ErrorResponse xmlns=\"http://test/\"><Error><Type>Sender</Type><Code>Test.Gone</Code>"
            "<Message>It left.</Message></Error><RequestId>req-1</RequestId></ErrorResponse>");
  EXPECT_NE(wire.encode_error(*model, &operation, validation_exception("1 …"), kContext)
                .body.find("<Code>ValidationError</Code>"),
            std::string::npos);
}

TEST(QueryCodec, BrokenParameters) {
  const auto model = model_of(model_text(kQuery));
  const OperationModel& operation = *model->find_operation("Do");
  const auto decode = [&](std::string body) {
    HttpRequest request;
    request.body = std::move(body);
    return codec(Protocol::Query).decode_request(operation, request);
  };
  EXPECT_FALSE(decode("Count=x"));
  EXPECT_FALSE(decode("Count=3000000000"));
  EXPECT_FALSE(decode("On=maybe"));
  EXPECT_FALSE(decode("At=yesterday"));
  std::string deep = "Name";
  for (int i = 0; i < 100; ++i) deep += ".a";
  EXPECT_FALSE(decode(deep + "=1"));
  EXPECT_EQ(json::write(*decode("Names.member.2=b&Names.member.1=a&Alien.1=x&Names.x=1")),
            R"({"Names":["a","b"]})");
  EXPECT_EQ(json::write(*decode("Names=")), R"({"Names":[]})");
}

TEST(Ec2Codec, RequestAnswerAndError) {
  const auto model = model_of(R"({"metadata":{"protocol":"ec2","apiVersion":"2016-11-15",
      "xmlNamespace":"http://ec2/"},"operations":{"Describe":{"input":{"shape":"In"},
      "output":{"shape":"Out"}}},"shapes":{"S":{"type":"string"},
      "Ids":{"type":"list","member":{"shape":"S","locationName":"item"}},
      "In":{"type":"structure","members":{"Ids":{"shape":"Ids","locationName":"instanceId"},
        "DryRun":{"shape":"S","locationName":"dryRun"},"Q":{"shape":"S","queryName":"qq"}}},
      "Out":{"type":"structure","members":{"Ids":{"shape":"Ids","locationName":"idSet"}}}}})");
  const OperationModel& operation = *model->find_operation("Describe");
  const ProtocolCodec& wire = codec(Protocol::Ec2);
  const auto request =
      wire.encode_request(operation, parse(R"({"Ids":["i-1","i-2"],"DryRun":"x","Q":"y"})"));
  EXPECT_EQ(request->body,
            "Action=Describe&Version=2016-11-15&InstanceId.1=i-1&InstanceId.2=i-2&DryRun=x&qq=y");
  EXPECT_EQ(json::write(*wire.decode_request(operation, *request)),
            R"({"Ids":["i-1","i-2"],"DryRun":"x","Q":"y"})");
  EXPECT_EQ(wire.encode_response(operation, parse(R"({"Ids":["i-1"]})"), kContext).body,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<DescribeResponse xmlns=\"http://ec2/\">"
            "<requestId>req-1</requestId><idSet><item>i-1</item></idSet></DescribeResponse>");
  EXPECT_EQ(
      wire.encode_error(*model, &operation, ApiError("Client.X", "No."), kContext).body,
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>Client.X"
      "</Code><Message>No.</Message></Error></Errors><RequestID>req-1</RequestID></Response>");
}

constexpr const char* kRest = R"(},"operations":{"Put":{
    "http":{"method":"PUT","requestUri":"/b/{Bucket}/{Key+}?fixed","responseCode":201},
    "input":{"shape":"In"},"output":{"shape":"Out"},"errors":[{"shape":"Gone"}]}},
  "shapes":{"S":{"type":"string"},"I":{"type":"integer"},"T":{"type":"timestamp"},
   "Gone":{"type":"structure","members":{"Message":{"shape":"S"}},"error":{"httpStatusCode":404},
     "exception":true},
   "Names":{"type":"list","member":{"shape":"S"}},"Meta":{"type":"map","key":{"shape":"S"},
     "value":{"shape":"S"}},
   "In":{"type":"structure","required":["Bucket","Key"],"members":{
     "Bucket":{"shape":"S","location":"uri","locationName":"Bucket"},
     "Key":{"shape":"S","location":"uri","locationName":"Key"},
     "Max":{"shape":"I","location":"querystring","locationName":"max-items"},
     "Many":{"shape":"Names","location":"querystring","locationName":"n"},
     "Since":{"shape":"T","location":"header","locationName":"If-Modified-Since"},
     "List":{"shape":"Names","location":"header","locationName":"x-list"},
     "Meta":{"shape":"Meta","location":"headers","locationName":"x-amz-meta-"},
     "Text":{"shape":"S"},"When":{"shape":"T"}}},
   "Out":{"type":"structure","members":{"Tag":{"shape":"S","location":"header","locationName":"ETag"},
     "Code":{"shape":"I","location":"statusCode"},"Text":{"shape":"S"},"When":{"shape":"T"}}}}})";

TEST(RestJsonCodec, BindingsBothWays) {
  const auto model = model_of(std::string(R"({"metadata":{"protocol":"rest-json")") + kRest);
  const OperationModel& operation = *model->find_operation("Put");
  const ProtocolCodec& wire = codec(Protocol::RestJson);
  const json::Value input = parse(R"({"Bucket":"b c","Key":"x/y z","Max":5,"Many":["1","2"],
    "Since":1422172800,"List":["a","b,c","d\"e"],"Meta":{"k":"v"},"Text":"t","When":1.5})");
  const auto request = wire.encode_request(operation, input);
  EXPECT_EQ(request->path, "/b/b%20c/x/y%20z");
  EXPECT_EQ(request->query, "fixed=&max-items=5&n=1&n=2");
  EXPECT_EQ(request->headers.get("if-modified-since"), "Sun, 25 Jan 2015 08:00:00 GMT");
  EXPECT_EQ(request->headers.get("x-list"), "a, \"b,c\", \"d\\\"e\"");
  EXPECT_EQ(request->headers.get("X-Amz-Meta-K"), "v");
  EXPECT_EQ(request->body, R"({"Text":"t","When":1.5})");
  EXPECT_EQ(*wire.decode_request(operation, *request), input);
  const HttpResponse answer =
      wire.encode_response(operation, parse(R"({"Tag":"e","Code":202,"Text":"t"})"), kContext);
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(answer.headers.get("etag"), "e");
  EXPECT_EQ(answer.body, R"({"Text":"t"})");
  const HttpResponse error =
      wire.encode_error(*model, &operation, ApiError("Gone", "It left."), kContext);
  EXPECT_EQ(error.status, 404);
  EXPECT_EQ(error.headers.get("x-amzn-errortype"), "Gone");
  EXPECT_EQ(error.body, R"({"Message":"It left."})");
  EXPECT_FALSE(wire.encode_request(operation, parse(R"({"Bucket":"b"})")));
  EXPECT_FALSE(wire.encode_request(operation, parse(R"({"Bucket":"b","Key":""})")));
}

TEST(RestXmlCodec, BodiesAndErrors) {
  const auto model = model_of(
      std::string(R"({"metadata":{"protocol":"rest-xml","xmlNamespace":"http://s3/")") + kRest);
  const OperationModel& operation = *model->find_operation("Put");
  const ProtocolCodec& wire = codec(Protocol::RestXml);
  const auto request = wire.encode_request(
      operation, parse(R"({"Bucket":"b","Key":"k","Text":" <&> ","When":1422172800})"));
  EXPECT_EQ(request->body,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<In xmlns=\"http://s3/\"><Text> &lt;&amp;"
            "&gt; </Text><When>2015-01-25T08:00:00.000Z</When></In>");
  const HttpResponse error =
      wire.encode_error(*model, &operation, ApiError("Gone", "It left."), {"r", "h"});
  EXPECT_EQ(
      error.body,
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ErrorResponse xmlns=\"http://s3/\"><Error>"
      "<Type>Sender</Type><Code>Gone</Code><Message>It left.</Message></Error><RequestId>r"
      "</RequestId></ErrorResponse>");
  HttpRequest broken;
  broken.path = "/b/b/k";
  for (const char* body : {"<In>", "x", "<In/><In/>", "<!DOCTYPE x [<!ENTITY a \"b\">]><In>&a;"}) {
    broken.body = body;
    EXPECT_FALSE(wire.decode_request(operation, broken)) << body;
  }
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  for (int i = 0; i < 100'000; ++i) deep += "</a>";
  broken.body = deep;
  EXPECT_FALSE(wire.decode_request(operation, broken));
}

TEST(RestXmlCodec, S3WritesBareErrors) {
  const auto model =
      model_of(std::string(R"({"metadata":{"protocol":"rest-xml","bareXmlErrors":true)") + kRest);
  ApiError error("NoSuchBucket", "The specified bucket does not exist", 404);
  error.members = parse(R"({"BucketName":"b"})");
  const HttpResponse answer =
      codec(Protocol::RestXml)
          .encode_error(*model, model->find_operation("Put"), error, {"r", "h"});
  EXPECT_EQ(answer.body,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchBucket</Code><Message>"
            "The specified bucket does not exist</Message><BucketName>b</BucketName><RequestId>r"
            "</RequestId><HostId>h</HostId></Error>");
  EXPECT_EQ(answer.headers.get("x-amz-request-id"), "r");
  EXPECT_EQ(answer.headers.get("x-amz-id-2"), "h");
}

TEST(CborCodec, RequestAnswerAndError) {
  const auto model =
      model_of(model_text(R"("protocol":"smithy-rpc-v2-cbor","targetPrefix":"Test")"));
  const OperationModel& operation = *model->find_operation("Do");
  const ProtocolCodec& wire = codec(Protocol::RpcV2Cbor);
  const auto request = wire.encode_request(operation, parse(R"({"Name":"a","Count":-1,"At":1})"));
  EXPECT_EQ(request->path, "/service/Test/operation/Do");
  EXPECT_EQ(request->headers.get("Smithy-Protocol"), "rpc-v2-cbor");
  EXPECT_EQ(base::hex_encode(request->body),
            "a3644e616d65616165436f756e742062417"
            "4c101");
  const HttpResponse error =
      wire.encode_error(*model, &operation, ApiError("Gone", "It left."), kContext);
  const auto back = wire.decode_response(operation, error);
  EXPECT_EQ(back.error().code, "Gone");
  EXPECT_EQ(*back.error().message, "It left.");
}

TEST(Cbor, IndefiniteLengthsHalfFloatsAndBrokenInput) {
  const auto model = model_of(model_text(R"("protocol":"smithy-rpc-v2-cbor","targetPrefix":"T")"));
  const Shape& shape = *model->find_shape("Body");
  const auto read = [&](std::string_view bytes) { return read_cbor(shape, bytes); };
  using namespace std::string_view_literals;
  // {_ "Name": (_ "a", "b"), "Real": 1.5 (half), "Names": [_ "x"], "Alien": {}}
  const auto value = read(
      "\xbf\x64Name\x7f\x61"
      "a\x61"
      "b\xff\x64Real\xf9\x3e\x00\x65Names\x9f\x61x\xff\x65"
      "Alien\xa0\xff"sv);
  ASSERT_TRUE(value);
  EXPECT_EQ(json::write(*value), R"({"Name":"ab","Real":1.5,"Names":["x"]})");
  for (const std::string_view bytes :
       {""sv, "\xbf"sv, "\xa1\x64Name"sv, "\xa1\x64Name\x61"sv, "\xa1\x64Name\x01"sv,
        "\xa1\x01\x01"sv, "\xa1\x64Name\x61\xff"sv, "\x9b\xff\xff\xff\xff\xff\xff\xff\xff"sv,
        "\xa0\xa0"sv,
        "\xa1\x65"
        "Count\x1b\x00\x00\x00\x01\x00\x00\x00\x00"sv}) {
    EXPECT_FALSE(read(bytes)) << base::hex_encode(bytes);
  }
  EXPECT_FALSE(read(std::string(100'000, '\x81')));
}

TEST(Timestamps, AllSpellings) {
  for (const char* text : {"2014-04-29T18:30:38Z", "Tue, 29 Apr 2014 18:30:38 GMT", "1398796238",
                           "2014-04-29T20:30:38+02:00"}) {
    const auto value = parse_timestamp(text);
    ASSERT_TRUE(value) << text;
    EXPECT_EQ(json::write(*value), "1398796238") << text;
  }
  EXPECT_EQ(json::write(timestamp_value({1'398'796'238'120})), "1398796238.12");
  EXPECT_EQ(json::write(timestamp_value({-1'500})), "-1.5");
  EXPECT_EQ(format_http_date({784'111'777'000}), "Sun, 06 Nov 1994 08:49:37 GMT");
  for (const char* text : {"", "soon", "Tue, 29 Foo 2014 18:30:38 GMT", "29 Apr", "Tue, 29 Apr",
                           "2014-13-01T00:00:00Z"}) {
    EXPECT_FALSE(parse_timestamp(text)) << text;
  }
  EXPECT_EQ(timestamp_of(parse("1e300")).ms, 253'402'300'799'999);
  EXPECT_EQ(timestamp_of(parse("-1e300")).ms, -62'135'596'800'000);
}

}  // namespace
}  // namespace pawl::aws
