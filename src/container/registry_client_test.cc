// SPDX-License-Identifier: Apache-2.0
// A registry of the test's own on loopback: with tokens, with a redirect, with wrong bytes.
#include "container/registry_client.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <fstream>

#include "container/blob_digest.h"
#include "container/remove_tree.h"
#include "net/http_server.h"

namespace pawl::container {
namespace {

namespace fs = std::filesystem;

class RegistryClientTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "pawl-client-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    const auto port = server_.listen(
        [this](net::HttpRequest request, net::HttpReply reply) { reply.send(answer(request)); });
    ASSERT_TRUE(port);
    address_ = "127.0.0.1:" + std::to_string(*port);
    client_ = std::make_unique<RegistryClient>(RegistryClient::Options{.folder = folder_});
  }
  void TearDown() override {
    client_.reset();
    EXPECT_TRUE(fs::is_empty(folder_)) << "no blob is left";
    remove_tree(folder_);
  }

  net::HttpResponse answer(const net::HttpRequest& request) {
    ++asked_;
    if (request.target.starts_with("/token?service=s&scope=repository%3Abox%3Apull")) {
      return {200, {}, R"({"token":"given"})"};
    }
    if (request.target == "/elsewhere") return {200, {}, "blob"};
    if (request.header("Authorization") != "Bearer given") {
      return {401,
              {{"WWW-Authenticate", "Bearer realm=\"http://" + address_ +
                                        "/token\",service=\"s\",scope=\"repository:box:pull\""}},
              {}};
    }
    if (request.target == "/v2/box/manifests/v1") {
      return {200, {{"Content-Type", std::string(kOciManifest) + "; charset=utf-8"}}, "{}"};
    }
    if (request.target == "/v2/box/blobs/" + digest_of("blob")) {
      return {307, {{"Location", "/elsewhere"}}, "not this"};
    }
    if (request.target == "/v2/box/blobs/" + digest_of("other")) return {200, {}, "not other"};
    return {404, {}, R"({"errors":[]})"};
  }

  ImageReference reference(const std::string& rest) const {
    return *ImageReference::parse(address_ + "/" + rest);
  }

  std::string folder_;
  std::string address_;
  std::atomic<int> asked_{0};
  net::HttpServer server_{net::HttpLimits()};
  std::unique_ptr<RegistryClient> client_;
};

TEST_F(RegistryClientTest, FetchesATokenAndFollowsToTheBlob) {
  const auto manifest = client_->manifest(reference("box:v1"));
  ASSERT_TRUE(manifest) << manifest.error().message;
  EXPECT_EQ(manifest->media_type, kOciManifest);
  EXPECT_EQ(manifest->digest, digest_of("{}"));
  EXPECT_EQ(asked_, 3) << "refused, token, manifest";
  const auto blob =
      client_->blob(reference("box:v1"), {.media_type = "", .digest = digest_of("blob")});
  ASSERT_TRUE(blob) << blob.error().message;
  std::ifstream file((*blob)->path());
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "blob");
  EXPECT_EQ(asked_, 5) << "the token is kept";
}

TEST_F(RegistryClientTest, OtherBytesThanAskedForAreRefused) {
  const auto blob =
      client_->blob(reference("box:v1"), {.media_type = "", .digest = digest_of("other")});
  ASSERT_FALSE(blob);
  EXPECT_EQ(blob.error().kind, base::ErrorKind::InvalidSyntax);
  const auto manifest = client_->manifest(reference("box@" + digest_of("no")));
  ASSERT_FALSE(manifest);
  EXPECT_EQ(manifest.error().kind, base::ErrorKind::NotFound);
}

TEST_F(RegistryClientTest, NobodyThereAndStoppedAreErrors) {
  const auto gone = client_->manifest(*ImageReference::parse("127.0.0.1:1/box"));
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().kind, base::ErrorKind::Io);
  client_->stop();
  EXPECT_FALSE(client_->manifest(reference("box:v1")));
}

}  // namespace
}  // namespace pawl::container
