// SPDX-License-Identifier: Apache-2.0
// The registry with a virtual clock: what expires, what is collected, what stays. The API itself is
// tested by its clients (tests/clients/test_ecr.py).
#include "services/ecr/registry.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "aws/service/virtual_loop_for_test.h"
#include "container/blob_digest.h"
#include "container/image_manifest.h"
#include "services/ecr/distribution_route.h"
#include "services/ecr/token.h"
#include "store/memory/memory_store.h"
#include "store/temporary_folder_for_test.h"

namespace pawl::ecr {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kHourMs = 3600 * 1000;
constexpr int64_t kDayMs = 24 * kHourMs;

class RegistryTest : public testing::Test {
 protected:
  void SetUp() override {
    registry_ = *Registry::open({.store = store_,
                                 .loop = loop_,
                                 .after_sync = [](const std::function<void()>& task) { task(); },
                                 .folder = folder_.at(""),
                                 .on_action =
                                     [this](const ImageAction& action) {
                                       actions_.push_back(action.type + " " + action.tag);
                                     }});
    ASSERT_TRUE(registry_->create(name_, {}));
    registry_->run();
  }

  std::string push_blob(const std::string& bytes) {
    const std::string digest = container::digest_of(bytes);
    const std::string id = *registry_->begin_upload(name_);
    EXPECT_TRUE(registry_->append(name_, id, 0, bytes, nullptr));
    EXPECT_TRUE(registry_->finish_upload(name_, id, digest));
    return digest;
  }

  Image push(const std::string& tag, const std::string& content) {
    const auto part = [](const std::string& digest, size_t size) {
      return R"({"mediaType":"x","digest":")" + digest + R"(","size":)" + std::to_string(size) +
             "}";
    };
    const std::string config = "{}";
    const auto pushed = registry_->put_image(
        name_,
        {.bytes = R"({"schemaVersion":2,"config":)" + part(push_blob(config), config.size()) +
                  R"(,"layers":[)" + part(push_blob(content), content.size()) + "]}",
         .media_type = std::string(container::kOciManifest),
         .tag = tag});
    EXPECT_TRUE(pushed) << pushed.error().message.value_or("");
    return pushed ? pushed->image : Image();
  }

  size_t files(const char* folder) const {
    return static_cast<size_t>(
        std::distance(fs::directory_iterator(fs::path(folder_.at("")) / folder), {}));
  }
  std::vector<std::string> tags() const {
    std::vector<std::string> out;
    static_cast<void>(registry_->records().visit_tags(
        name_, "", [&out](const std::string& tag, const std::string&) {
          out.push_back(tag);
          return true;
        }));
    return out;
  }

  store::TemporaryFolder folder_;
  store::MemoryStore store_;
  aws::VirtualLoop loop_;
  const RepositoryName name_{"000000000000", "us-east-1", "box"};
  std::vector<std::string> actions_;
  std::shared_ptr<Registry> registry_;
};

TEST_F(RegistryTest, AnUploadThatIsNotFinishedExpires) {
  const std::string old = *registry_->begin_upload(name_);
  ASSERT_TRUE(registry_->append(name_, old, std::nullopt, "half", nullptr));
  loop_.advance_by(20 * kHourMs);
  const std::string young = *registry_->begin_upload(name_);
  EXPECT_EQ(registry_->upload_bytes(name_, old), 4U);
  loop_.advance_by(6 * kHourMs);
  EXPECT_EQ(registry_->upload_bytes(name_, old).error().code, "UploadNotFoundException");
  EXPECT_TRUE(registry_->upload_bytes(name_, young));
  EXPECT_EQ(files("uploads"), 1U);
  ASSERT_TRUE(registry_->remove(name_, true));
  loop_.advance_by(2 * kDayMs);
  EXPECT_EQ(files("uploads"), 0U) << "also of a repository that is gone";
}

TEST_F(RegistryTest, BlobsOfNoImageExpireAndThoseOfImagesStay) {
  const Image image = push("v1", "layer");
  push_blob("nobody names it");
  EXPECT_EQ(files("blobs"), 3U);
  loop_.advance_by(2 * kDayMs);
  EXPECT_EQ(files("blobs"), 2U);
  EXPECT_TRUE(fs::exists(registry_->blob_path(image.blobs[1])));
}

TEST_F(RegistryTest, ABlobGoesWithItsLastImage) {
  push("v1", "shared");
  const Image other = push("v2", "own");
  ASSERT_TRUE(registry_->delete_image(name_, {.digest = other.digest}));
  loop_.run();
  EXPECT_EQ(files("blobs"), 2U) << "the configuration is the first image's too";
  const RepositoryName second{"000000000000", "us-east-1", "second"};
  ASSERT_TRUE(registry_->create(second, {}));
  const std::string layer = container::digest_of("shared");
  EXPECT_TRUE(*registry_->mount(name_, second, layer));
  ASSERT_TRUE(registry_->remove(name_, true));
  loop_.run();
  EXPECT_EQ(files("blobs"), 1U) << "what another repository has stays";
  EXPECT_TRUE(fs::exists(registry_->blob_path(layer)));
  EXPECT_EQ(actions_, (std::vector<std::string>{"PUSH v1", "PUSH v2", "DELETE "}));
}

TEST_F(RegistryTest, LifecyclePoliciesExpireByAge) {
  push("old", "1");
  push("release-1", "2");
  loop_.advance_by(10 * kDayMs);
  push("young", "3");
  const std::string policy = R"({"rules":[
    {"rulePriority":1,"selection":{"tagStatus":"tagged","tagPrefixList":["release-"],
      "countType":"imageCountMoreThan","countNumber":5},"action":{"type":"expire"}},
    {"rulePriority":2,"selection":{"tagStatus":"any","countType":"sinceImagePushed",
      "countUnit":"days","countNumber":14},"action":{"type":"expire"}}]})";
  ASSERT_TRUE(registry_->change(name_, [&](Repository& repository) -> aws::ApiResult<void> {
    repository.lifecycle_policy = policy;
    return {};
  }));
  loop_.advance_by(3 * kDayMs);
  EXPECT_EQ(tags(), (std::vector<std::string>{"old", "release-1", "young"}));
  loop_.advance_by(2 * kDayMs);
  EXPECT_EQ(tags(), (std::vector<std::string>{"release-1", "young"}))
      << "what meets the tags of the first rule is not the second one's";
  loop_.advance_by(30 * kDayMs);
  EXPECT_EQ(tags(), std::vector<std::string>{"release-1"});
}

TEST_F(RegistryTest, AnUploadIsOfItsRepositoryAndOneWriter) {
  const RepositoryName second{"000000000000", "us-east-1", "second"};
  ASSERT_TRUE(registry_->create(second, {}));
  const std::string id = *registry_->begin_upload(name_);
  EXPECT_EQ(registry_->upload_bytes(second, id).error().code, "UploadNotFoundException");
  EXPECT_EQ(registry_->append(name_, "../../etc/passwd", {}, "x", nullptr).error().code,
            "UploadNotFoundException");
  EXPECT_EQ(registry_->append(name_, id, 5, "x", nullptr).error().code,
            "InvalidLayerPartException");
}

TEST(EcrToken, IsOfThisServerAndForATime) {
  const std::string password = make_password({"123456789012", "eu-west-1"}, {1'000}, "key");
  const auto scope = check_password(password, {999}, "key");
  ASSERT_TRUE(scope);
  EXPECT_EQ(scope->account, "123456789012");
  EXPECT_EQ(scope->region, "eu-west-1");
  EXPECT_FALSE(check_password(password, {1'001}, "key"));
  EXPECT_FALSE(check_password(password, {999}, "other"));
  EXPECT_FALSE(check_password("", {0}, "key"));
  EXPECT_FALSE(check_password("////", {0}, "key"));
  EXPECT_EQ(password_of("Basic QVdTOmFiYw=="), "abc");
  EXPECT_FALSE(password_of("Basic !!!"));
  EXPECT_FALSE(password_of("Negotiate x"));
}

TEST(DistributionRoute, ReadsPaths) {
  using Kind = DistributionRoute::Kind;
  EXPECT_EQ(route_of("/v2/")->kind, Kind::Base);
  EXPECT_EQ(route_of("/v2/a/blobs/b/manifests/v1")->name, "a/blobs/b");
  EXPECT_EQ(route_of("/v2/a/b/blobs/uploads/")->kind, Kind::Uploads);
  EXPECT_EQ(route_of("/v2/a/b/blobs/uploads/id")->reference, "id");
  EXPECT_EQ(route_of("/v2/a/blobs/sha256:1")->kind, Kind::Blob);
  EXPECT_EQ(route_of("/v2/a/tags/list")->kind, Kind::Tags);
  for (const char* other : {"/v1/", "/v2/a", "/v2/apis/x", "/v2/a/tags/other", "/v2//manifests/v1",
                            "/v2/a/manifests/", "/"}) {
    EXPECT_FALSE(route_of(other)) << other;
  }
}

}  // namespace
}  // namespace pawl::ecr
