// SPDX-License-Identifier: Apache-2.0
// Routing of requests as SDKs address services, and the way of one call through table and codec.
#include <gtest/gtest.h>

#include "aws/model/installed_models_for_test.h"
#include "aws/service/caller.h"
#include "aws/service/request_router.h"
#include "aws/service/service_endpoint.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::aws {
namespace {

class RouterTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"stepfunctions", "sqs", "sns", "s3", "lambda", "dynamodb", "ec2",
                             "dynamodbstreams", "iam", "sts"}) {
      const ServiceModel* model = installed_model(name);
      ASSERT_NE(model, nullptr) << "python3-botocore is not installed";
      router_.add(*model);
    }
  }
  static HttpRequest request(std::string method, std::string path, std::string query = "",
                             std::string scope = "") {
    HttpRequest made;
    made.method = std::move(method);
    made.path = std::move(path);
    made.query = std::move(query);
    made.headers.set("Host", "127.0.0.1:4566");
    if (!scope.empty()) {
      made.headers.set("Authorization", "AWS4-HMAC-SHA256 Credential=test/20240101/eu-west-1/" +
                                            scope +
                                            "/aws4_request, SignedHeaders=host, Signature=0");
    }
    return made;
  }
  std::string route(const HttpRequest& made) const {
    const Route found = router_.route(made);
    return (found.service == nullptr ? "-" : found.service->metadata().service_name) + ":" +
           (found.operation == nullptr ? "-" : found.operation->name) + ":" +
           std::string(protocol_name(found.protocol));
  }

  RequestRouter router_;
};

TEST_F(RouterTest, ByTarget) {
  HttpRequest made = request("POST", "/", "", "states");
  made.headers.set("X-Amz-Target", "AWSStepFunctions.StartExecution");
  EXPECT_EQ(route(made), "stepfunctions:StartExecution:json");
  made.headers.set("X-Amz-Target", "AWSStepFunctions.Fly");
  EXPECT_EQ(route(made), "stepfunctions:-:json");
  made.headers.set("X-Amz-Target", "DynamoDBStreams_20120810.GetRecords");
  EXPECT_EQ(route(made), "dynamodbstreams:GetRecords:json");
  made.headers.set("X-Amz-Target", "Nobody.Knows");
  EXPECT_EQ(route(made), "stepfunctions:-:json");
  made.headers.remove("Authorization");
  EXPECT_EQ(route(made), "-:-:json");
}

TEST_F(RouterTest, ByAction) {
  HttpRequest made = request("POST", "/", "", "sqs");
  made.headers.set("Content-Type", "application/x-www-form-urlencoded");
  made.body = "Action=SendMessage&Version=2012-11-05&MessageBody=x";
  EXPECT_EQ(route(made), "sqs:SendMessage:query");
  EXPECT_EQ(router_.route(made).target.region, "eu-west-1");
  made = request("GET", "/", "Action=Publish&Version=2010-03-31");
  EXPECT_EQ(route(made), "sns:Publish:query");
  made = request("GET", "/", "Action=GetCallerIdentity&Version=2011-06-15");
  EXPECT_EQ(route(made), "sts:GetCallerIdentity:query");
  made = request("GET", "/", "Action=DescribeInstances&Version=2016-11-15", "ec2");
  EXPECT_EQ(route(made), "ec2:DescribeInstances:ec2");
}

TEST_F(RouterTest, RestByPathQueryAndHeaders) {
  EXPECT_EQ(route(request("GET", "/", "", "s3")), "s3:ListBuckets:rest-xml");
  EXPECT_EQ(route(request("GET", "/b", "", "s3")), "s3:ListObjects:rest-xml");
  EXPECT_EQ(route(request("GET", "/b/", "list-type=2&prefix=x", "s3")),
            "s3:ListObjectsV2:rest-xml");
  EXPECT_EQ(route(request("GET", "/b/k/with/slashes", "", "s3")), "s3:GetObject:rest-xml");
  EXPECT_EQ(route(request("GET", "/b/k", "uploadId=1", "s3")), "s3:ListParts:rest-xml");
  EXPECT_EQ(route(request("POST", "/b/k", "uploads", "s3")), "s3:CreateMultipartUpload:rest-xml");
  EXPECT_EQ(route(request("POST", "/b/k", "uploadId=1", "s3")),
            "s3:CompleteMultipartUpload:rest-xml");
  EXPECT_EQ(route(request("PUT", "/b/k", "partNumber=1&uploadId=1", "s3")),
            "s3:UploadPart:rest-xml");
  EXPECT_EQ(route(request("PUT", "/b/k", "", "s3")), "s3:PutObject:rest-xml");
  EXPECT_EQ(route(request("PUT", "/b", "", "s3")), "s3:CreateBucket:rest-xml");
  EXPECT_EQ(route(request("PUT", "/b", "lifecycle", "s3")),
            "s3:PutBucketLifecycleConfiguration:rest-xml");
  EXPECT_EQ(route(request("GET", "/b", "notification", "s3")),
            "s3:GetBucketNotificationConfiguration:rest-xml");
  EXPECT_EQ(route(request("DELETE", "/b/k", "tagging", "s3")), "s3:DeleteObjectTagging:rest-xml");
  EXPECT_EQ(route(request("POST", "/b", "delete", "s3")), "s3:DeleteObjects:rest-xml");
  HttpRequest copy = request("PUT", "/b/k", "", "s3");
  copy.headers.set("x-amz-copy-source", "/b/other");
  EXPECT_EQ(route(copy), "s3:CopyObject:rest-xml");
  EXPECT_EQ(route(request("POST", "/2015-03-31/functions/f/invocations", "", "lambda")),
            "lambda:Invoke:rest-json");
  EXPECT_EQ(route(request("GET", "/2015-03-31/functions/", "", "lambda")),
            "lambda:ListFunctions:rest-json");
  // Unsigned: what Lambda's paths say is more than what S3's say.
  EXPECT_EQ(route(request("POST", "/2015-03-31/functions/f/invocations")),
            "lambda:Invoke:rest-json");
  EXPECT_EQ(route(request("GET", "/b/k")), "s3:GetObject:rest-xml");
  EXPECT_EQ(route(request("PATCH", "/nowhere", "", "lambda")), "lambda:-:rest-json");
}

TEST_F(RouterTest, NoSuchOperationInEachProtocol) {
  HttpRequest made = request("GET", "/", "Action=Fly&Version=2012-11-05", "sqs");
  const Route query = router_.route(made);
  EXPECT_EQ(*no_such_operation(query).message,
            "Could not find operation Fly for version 2012-11-05");
  made = request("PATCH", "/b", "", "s3");
  EXPECT_EQ(no_such_operation(router_.route(made)).status, 405);
}

TEST_F(RouterTest, CborPath) {
  HttpRequest made = request("POST", "/service/AWSStepFunctions/operation/ListActivities");
  made.headers.set("smithy-protocol", "rpc-v2-cbor");
  EXPECT_EQ(route(made), "stepfunctions:ListActivities:smithy-rpc-v2-cbor");
}

TEST_F(RouterTest, SqsInTheOldProtocol) {
  HttpRequest made = request("POST", "/", "", "sqs");
  made.headers.set("Content-Type", "application/x-www-form-urlencoded");
  made.body =
      "Action=CreateQueue&Version=2012-11-05&QueueName=q&Attribute.1.Name=DelaySeconds&"
      "Attribute.1.Value=5&Tag.1.Key=k&Tag.1.Value=v";
  const Route found = router_.route(made);
  const auto input = codec(found.protocol).decode_request(*found.operation, made);
  ASSERT_TRUE(input);
  EXPECT_EQ(json::write(*input),
            R"({"QueueName":"q","Attributes":{"DelaySeconds":"5"},"tags":{"k":"v"}})");
  const OperationModel* receive = found.service->find_operation("ReceiveMessage");
  const HttpResponse answer = codec(found.protocol)
                                  .encode_response(*receive, *json::parse(R"({"Messages":[
          {"MessageId":"1","Attributes":{"SenderId":"me"}},{"MessageId":"2"}]})"),
                                                   {"r", ""});
  EXPECT_EQ(
      answer.body,
      "<ReceiveMessageResponse xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\">"
      "<ReceiveMessageResult><Message><MessageId>1</MessageId><Attribute><Name>SenderId</Name>"
      "<Value>me</Value></Attribute></Message><Message><MessageId>2</MessageId></Message>"
      "</ReceiveMessageResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>"
      "</ReceiveMessageResponse>");
  const HttpResponse error =
      codec(found.protocol)
          .encode_error(*found.service, receive, ApiError("QueueDoesNotExist", "No."), {"r", ""});
  EXPECT_NE(error.body.find("<Code>AWS.SimpleQueueService.NonExistentQueue</Code>"),
            std::string::npos);
}

TEST(InspectHost, FindsServiceAndRegion) {
  const char* const cases[][3] = {
      {"sqs.eu-west-1.localhost:4566", "sqs", "eu-west-1"},
      {"sync-states.us-east-1.amazonaws.com", "states", "us-east-1"},
      {"my.bucket.s3.us-gov-west-1.amazonaws.com", "s3", "us-gov-west-1"},
      {"b.s3.amazonaws.com", "s3", ""},
      {"iam.amazonaws.com", "iam", ""},
      {"127.0.0.1:4566", "", ""},
      {"localhost", "", ""},
      {"[::1]:4566", "", ""}};
  for (const auto& [host, service, region] : cases) {
    const HostParts parts = inspect_host(host);
    EXPECT_EQ(parts.service, service) << host;
    EXPECT_EQ(parts.region, region) << host;
  }
}

constexpr const char* kModel = R"({"metadata":{"protocol":"json","targetPrefix":"Echo",
  "errorNamespace":"com.echo"},"operations":{
  "Say":{"input":{"shape":"In"},"output":{"shape":"In"}},
  "Wait":{"input":{"shape":"In"},"output":{"shape":"In"}},"Sing":{}},
  "shapes":{"S":{"type":"string","min":1},
  "In":{"type":"structure","required":["word"],"members":{"word":{"shape":"S"}}}}})";

class EchoService : public Service {
 public:
  void bind(ActionTable& table) override {
    table.on("Say", &EchoService::say);
    table.on_async("Wait", &EchoService::wait);
    if (bind_nonsense) table.on("Fly", &EchoService::say);
  }
  ActionResult say(const Request& request) { return Output(request.input); }
  void wait(Request, Reply reply) { waiting.push_back(std::move(reply)); }

  bool bind_nonsense = false;
  std::vector<Reply> waiting;
};

class EndpointTest : public testing::Test {
 protected:
  EndpointTest()
      : model_(std::move(*ServiceModel::compile("echo", *json::parse(kModel)))),
        actions_(service_, *model_),
        endpoint_(actions_) {
    service_.bind(actions_);
  }
  void call(const char* operation, std::string body) {
    http_.body = std::move(body);
    Request request;
    request.operation = model_->find_operation(operation);
    request.request_id = "r";
    endpoint_.handle(Protocol::Json, http_, std::move(request), "",
                     [this](HttpResponse response, ServiceEndpoint::Release release) {
                       answers_.push_back(std::move(response));
                       releases_.push_back(release);
                     });
  }

  EchoService service_;
  std::unique_ptr<const ServiceModel> model_;
  ActionTable actions_;
  ServiceEndpoint endpoint_;
  HttpRequest http_;
  std::vector<HttpResponse> answers_;
  std::vector<ServiceEndpoint::Release> releases_;
};

TEST_F(EndpointTest, AnswersAtOnceOrLater) {
  call("Say", R"({"word":"hi"})");
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0].body, R"({"word":"hi"})");
  call("Wait", R"({"word":"hi"})");
  ASSERT_EQ(answers_.size(), 1U);
  service_.waiting[0](ApiError("Late", "Too late."));
  ASSERT_EQ(answers_.size(), 2U);
  EXPECT_EQ(answers_[1].body, R"({"__type":"com.echo#Late","message":"Too late."})");
}

TEST_F(EndpointTest, ADroppedReplyIsAnAnswer) {
  call("Wait", R"({"word":"hi"})");
  service_.waiting.clear();
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0].status, 500);
}

TEST_F(EndpointTest, ValidatesAndTellsWhatIsNotImplemented) {
  call("Say", R"({"word":""})");
  EXPECT_NE(answers_[0].body.find("Member must have length greater than or equal to 1"),
            std::string::npos);
  call("Sing", "{}");
  EXPECT_EQ(answers_[1].status, 501);
  EXPECT_NE(answers_[1].body.find("echo:Sing"), std::string::npos);
  call("Say", "{");
  EXPECT_EQ(answers_[2].body, R"({"__type":"com.amazon.coral.service#SerializationException"})");
  EXPECT_EQ(actions_.unimplemented().size(), 1U);
}

TEST_F(EndpointTest, NamesAreCheckedAgainstTheModel) {
  EXPECT_TRUE(actions_.check());
  EchoService wrong;
  wrong.bind_nonsense = true;
  ActionTable table(wrong, *model_);
  wrong.bind(table);
  ASSERT_FALSE(table.check());
  EXPECT_NE(table.check().error().message.find("Fly is not in the model"), std::string::npos);
}

TEST(AwsEndpointUrl, RegionsAndPartitions) {
  const ServiceModel* model = installed_model("stepfunctions");
  ASSERT_NE(model, nullptr) << "python3-botocore is not installed";
  EXPECT_EQ(aws_endpoint_url(*model, "eu-west-1"), "https://states.eu-west-1.amazonaws.com");
  EXPECT_EQ(aws_endpoint_url(*model, "cn-north-1"), "https://states.cn-north-1.amazonaws.com.cn");
  EXPECT_EQ(aws_endpoint_url(*installed_model("iam"), "eu-west-1"), "https://iam.amazonaws.com");
}

}  // namespace
}  // namespace pawl::aws
