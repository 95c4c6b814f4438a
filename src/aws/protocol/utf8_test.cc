// SPDX-License-Identifier: Apache-2.0
// What is text and what is not, and that what is not goes nowhere.
#include "aws/protocol/utf8.h"

#include <gtest/gtest.h>

#include "aws/protocol/protocol_codec.h"
#include "aws/protocol/xml_element.h"
#include "json/parse.h"

namespace pawl::aws {
namespace {

TEST(Utf8, IsWellFormedOrNot) {
  for (const std::string_view good :
       {"", "a", "12345678", "123456789", "h\xc3\xa4\xc3\x9f", "1234567\xe2\x82\xac",
        "\xed\x9f\xbf\xee\x80\x80", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(is_utf8(good)) << good;
  }
  for (const std::string_view bad : {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80",
                                     "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
                                     "\xff", "1234567\xc3", "12345678\xe2\x82", "\xe2\x82\x20"}) {
    EXPECT_FALSE(is_utf8(bad)) << bad;
  }
  EXPECT_TRUE(is_utf8(std::string_view("\0", 1)));
}

TEST(Utf8, WhatIsNoneIsRefusedByEveryProtocol) {
  const auto model = ServiceModel::compile("x", *json::parse(R"({"metadata":{"protocol":"query"},
    "operations":{"Do":{"http":{"method":"POST","requestUri":"/{Label}"},"input":{"shape":"In"}}},
    "shapes":{"In":{"type":"structure","members":{"Text":{"shape":"S"},"Map":{"shape":"M"},
      "Label":{"shape":"S","location":"uri","locationName":"Label"},
      "Query":{"shape":"M","location":"querystring"},
      "Header":{"shape":"S","location":"header","locationName":"x-h"}}},
      "S":{"type":"string"},"I":{"type":"integer"},
      "M":{"type":"map","key":{"shape":"S"},"value":{"shape":"S"}}}})"));
  ASSERT_TRUE(model) << model.error().message;
  const OperationModel& operation = *(*model)->find_operation("Do");
  const auto code = [&](Protocol protocol, const HttpRequest& request) {
    const auto decoded = codec(protocol).decode_request(operation, request);
    return decoded ? "" : decoded.error().code;
  };
  const Headers form{{"Content-Type", "application/x-www-form-urlencoded"}};
  for (const char* body : {"Text=%FF", "Map.entry.1.key=%FF&Map.entry.1.value=v",
                           "Map.entry.1.key=k&Map.entry.1.value=%FF"}) {
    EXPECT_EQ(code(Protocol::Query, {"POST", "/", "", form, body}), "SerializationException");
  }
  EXPECT_EQ(code(Protocol::RestJson, {"POST", "/l", "a=%FF", {}, ""}), "SerializationException");
  EXPECT_EQ(code(Protocol::RestJson, {"POST", "/l", "%FF=a", {}, ""}), "SerializationException");
  EXPECT_EQ(code(Protocol::RestJson, {"POST", "/%FF", "", {}, ""}), "SerializationException");
  EXPECT_EQ(code(Protocol::RestJson, {"POST", "/l", "", {{"x-h", "\xff"}}, ""}),
            "SerializationException");
  EXPECT_EQ(code(Protocol::RestXml, {"POST", "/l", "", {}, "<In><Text>\xff</Text></In>"}),
            "MalformedXML");
  EXPECT_EQ(code(Protocol::RestXml, {"POST", "/l", "", {}, "<In><Text>h\xc3\xa4</Text></In>"}), "");
}

TEST(Utf8, NamesOfXmlAreQualifiedOrRefused) {
  for (const char* bad : {"<a:b:c/>", "<a:/>", "<x><:a/></x>", "<a:5/>"})
    EXPECT_FALSE(parse_xml(bad)) << bad;
  EXPECT_TRUE(parse_xml("<a:b/>"));
}

}  // namespace
}  // namespace pawl::aws
