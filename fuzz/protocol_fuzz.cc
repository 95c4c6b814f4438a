// SPDX-License-Identifier: Apache-2.0
// A request in any protocol for any operation of a model that has all there is to a model: decoded
// to a value or refused; what is decoded is encoded, and decodes to itself. The first byte chooses
// the protocol, the second the operation, the third where the bytes go.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "aws/model/service_model.h"
#include "aws/protocol/protocol_codec.h"
#include "aws/service/request_router.h"
#include "aws/service/validation.h"
#include "base/assert.h"
#include "json/parse.h"
#include "json/write.h"

namespace {

using namespace pawl;

constexpr std::string_view kModel = R"({
"metadata":{"protocol":"rest-json","targetPrefix":"Fuzz","jsonVersion":"1.1","endpointPrefix":"x"},
"operations":{
 "All":{"http":{"method":"POST","requestUri":"/all/{label}/{path+}?fixed=1"},
        "input":{"shape":"All","locationName":"AllRequest"},"output":{"shape":"All"}},
 "Body":{"http":{"method":"POST","requestUri":"/body"},"input":{"shape":"Body"},
         "output":{"shape":"Body"}},
 "Blob":{"http":{"method":"PUT","requestUri":"/blob"},"input":{"shape":"BlobIn"}},
 "Payload":{"http":{"method":"PUT","requestUri":"/payload"},"input":{"shape":"PayloadIn"}}},
"shapes":{
 "All":{"type":"structure","required":["label"],"members":{
  "label":{"shape":"Text","location":"uri","locationName":"label"},
  "path":{"shape":"Text","location":"uri","locationName":"path"},
  "query":{"shape":"Texts","location":"querystring","locationName":"q"},
  "rest":{"shape":"Map","location":"querystring"},
  "header":{"shape":"Time","location":"header","locationName":"x-time"},
  "number":{"shape":"Long","location":"header","locationName":"x-number"},
  "prefix":{"shape":"Map","location":"headers","locationName":"x-p-"},
  "body":{"shape":"Body"}}},
 "Body":{"type":"structure","members":{
  "text":{"shape":"Text"},"bool":{"shape":"Bool"},"int":{"shape":"Int"},"long":{"shape":"Long"},
  "double":{"shape":"Double"},"blob":{"shape":"Bytes"},"time":{"shape":"Time"},
  "iso":{"shape":"Time","timestampFormat":"iso8601"},"list":{"shape":"Bodies"},
  "flat":{"shape":"Flat"},"map":{"shape":"Map"},"self":{"shape":"Body"},"any":{"shape":"Any"},
  "attribute":{"shape":"Text","xmlAttribute":true,"locationName":"x:a"},
  "union":{"shape":"Union"}}},
 "Union":{"type":"structure","union":true,"members":{"a":{"shape":"Text"},"b":{"shape":"Int"}}},
 "BlobIn":{"type":"structure","members":{"data":{"shape":"Bytes"}},"payload":"data"},
 "PayloadIn":{"type":"structure","members":{"data":{"shape":"Body"}},"payload":"data"},
 "Text":{"type":"string","min":1,"max":20,"pattern":"[a-z]*"},"Bool":{"type":"boolean"},
 "Int":{"type":"integer","min":0,"max":9},"Long":{"type":"long"},"Double":{"type":"double"},
 "Bytes":{"type":"blob"},"Time":{"type":"timestamp"},"Any":{"type":"structure","members":{},
 "document":true},"Texts":{"type":"list","member":{"shape":"Text"}},
 "Bodies":{"type":"list","member":{"shape":"Body"}},
 "Flat":{"type":"list","flattened":true,"member":{"shape":"Int","locationName":"One"}},
 "Map":{"type":"map","key":{"shape":"Text"},"value":{"shape":"Text"}}}})";

const aws::ServiceModel& model() {
  static const std::unique_ptr<const aws::ServiceModel> compiled =
      *aws::ServiceModel::compile("fuzz", *json::parse(kModel));
  return *compiled;
}

aws::HttpRequest request_of(const aws::OperationModel& operation, uint8_t place,
                            const std::string& bytes) {
  aws::HttpRequest request;
  request.method = operation.http_method;
  request.path = operation.name == "All" ? "/all/label/a/b" : "/body";
  request.headers.set("Content-Type", "application/x-www-form-urlencoded");
  switch (place % 4) {
    case 0: request.body = bytes; break;
    case 1: request.query = bytes; break;
    case 2: request.path = "/all/" + bytes; break;
    default:
      request.headers.set("x-time", bytes);
      request.headers.set("x-number", bytes);
      request.headers.set("x-p-" + bytes, bytes);
  }
  return request;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 3) return 0;
  const auto protocol = static_cast<aws::Protocol>(data[0] % 6);
  const auto& operations = model().operations();
  const aws::OperationModel& operation = operations[data[1] % operations.size()];
  const std::string bytes(reinterpret_cast<const char*>(data) + 3, size - 3);
  const aws::ProtocolCodec& wire = aws::codec(protocol);
  const aws::HttpRequest request = request_of(operation, data[2], bytes);
  aws::inspect_request(request);
  const auto input = wire.decode_request(operation, request);
  if (!input) return 0;
  // A Value can be kept as text.
  const auto kept = json::parse(json::write(*input));
  PAWL_ASSERT(kept.has_value() && *kept == *input);
  static_cast<void>(aws::validate(*input, *operation.input));
  const auto encoded = wire.encode_request(operation, *input);
  if (!encoded) return 0;  // a label is missing
  const auto again = wire.decode_request(operation, *encoded);
  PAWL_ASSERT(again.has_value());
  const auto once_more = wire.encode_request(operation, *again);
  PAWL_ASSERT(once_more.has_value());
  const auto last = wire.decode_request(operation, *once_more);
  PAWL_ASSERT(last.has_value() && *last == *again);
  static_cast<void>(wire.decode_response(operation, {200, request.headers, bytes}));
  static_cast<void>(wire.decode_response(operation, {400, request.headers, bytes}));
  return 0;
}
