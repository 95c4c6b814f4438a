// SPDX-License-Identifier: Apache-2.0
// Every operation that this S3 has is found again from the least request that a client makes of it,
// with the bucket in the path and in the host.
#include <gtest/gtest.h>

#include "aws/model/installed_models_for_test.h"
#include "aws/protocol/protocol_codec.h"
#include "aws/service/action_table.h"
#include "aws/service/recording_caller_for_test.h"
#include "aws/service/request_router.h"
#include "aws/service/virtual_loop_for_test.h"
#include "services/s3/service.h"
#include "store/memory/memory_store.h"

namespace pawl::s3 {
namespace {

using json::Value;

Value least(const aws::Shape& shape) {
  switch (shape.type) {
    case aws::ShapeType::Structure: {
      json::ObjectBuilder object;
      for (const aws::Member& member : shape.members) {
        if (member.required) object.set(member.name, least(*member.shape));
      }
      return std::move(object).build();
    }
    case aws::ShapeType::List: return Value::array({least(*shape.item.shape)});
    case aws::ShapeType::Map: return Value::object();
    case aws::ShapeType::Integer:
    case aws::ShapeType::Long:
    case aws::ShapeType::Timestamp: return Value(1);
    case aws::ShapeType::Boolean: return Value(true);
    default: return shape.enumeration.empty() ? Value("text") : Value(shape.enumeration.front());
  }
}

TEST(Routing, EveryOperationIsFoundFromItsLeastRequest) {
  const auto model = aws::installed_models().find("s3");
  ASSERT_TRUE(model);
  store::MemoryStore store;
  store::SyncQueue syncs(store, [](const base::Error&) { FAIL(); });
  aws::VirtualLoop loop;
  aws::RecordingCaller caller;
  const auto storage =
      Storage::open({.store = store, .syncs = syncs, .loop = loop, .caller = caller});
  ASSERT_TRUE(storage);
  S3Service service(**storage);
  aws::ActionTable actions(service, **model);
  service.bind(actions);
  ASSERT_TRUE(actions.check());
  aws::RequestRouter router;
  router.add(**model);
  size_t done = 0;
  for (const aws::OperationModel& operation : (*model)->operations()) {
    if (!actions.implements(operation) || operation.input == nullptr) continue;
    ++done;
    auto request =
        aws::codec(aws::Protocol::RestXml).encode_request(operation, least(*operation.input));
    ASSERT_TRUE(request) << operation.name;
    request->headers.set("Host", "s3.us-east-1.localhost:4566");
    const aws::Route by_path = router.route(*request);
    ASSERT_NE(by_path.operation, nullptr) << operation.name;
    EXPECT_EQ(by_path.operation->name, operation.name);
    EXPECT_EQ(by_path.path, "");
    if (!request->path.starts_with("/text")) continue;  // ListBuckets
    const std::string path = request->path;
    request->path = path == "/text" ? "/" : path.substr(5);
    request->headers.set("Host", "text.s3.localhost:4566");
    const aws::Route by_host = router.route(*request);
    ASSERT_NE(by_host.operation, nullptr) << operation.name;
    EXPECT_EQ(by_host.operation->name, operation.name);
    EXPECT_EQ(by_host.path, "/text" + request->path);
  }
  EXPECT_GE(done, 85U);
}

TEST(Routing, TheBucketInAHost) {
  EXPECT_EQ(aws::virtual_bucket("b.s3.eu-west-1.localhost:4566"), "b");
  EXPECT_EQ(aws::virtual_bucket("b.c.s3.localhost"), "b.c");
  EXPECT_EQ(aws::virtual_bucket("b.s3.amazonaws.com"), "b");
  EXPECT_EQ(aws::virtual_bucket("s3.localhost"), "");
  EXPECT_EQ(aws::virtual_bucket("localhost:4566"), "");
}

}  // namespace
}  // namespace pawl::s3
