// SPDX-License-Identifier: Apache-2.0
#include "jobs/image_layout.h"

#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "container/image_cache.h"
#include "container/image_for_test.h"
#include "jobs/container_step.h"
#include "store/temporary_folder_for_test.h"

namespace pawl::jobs {
namespace {

TEST(ContainerStep, IsWhatWasWritten) {
  JobSpec spec;
  spec.id = "a";
  spec.image = "registry/repository:tag";
  spec.entry_point = {"sh", "-c"};
  spec.command = {"echo \"x\"", ""};
  spec.environment = {{"A", "1"}, {"B", "ü\n"}};
  spec.working_directory = "/work";
  spec.user = "1000:1000";
  spec.has_read_only_root = true;
  spec.demand = {250, 512};
  const auto read = decode_step(encode_step(spec));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->id, spec.id);
  EXPECT_EQ(read->image, spec.image);
  EXPECT_EQ(read->entry_point, spec.entry_point);
  EXPECT_EQ(read->command, spec.command);
  EXPECT_EQ(read->environment, spec.environment);
  EXPECT_EQ(read->working_directory, spec.working_directory);
  EXPECT_EQ(read->user, spec.user);
  EXPECT_TRUE(read->has_read_only_root);
  EXPECT_EQ(read->demand.millicpus, 250);
  EXPECT_EQ(read->demand.memory_mib, 512);
  EXPECT_FALSE(decode_step("{}"));
}

TEST(ContainerStep, AnExitThatIsCutOffIsNone) {
  const std::string whole = encode_exit({JobExit::Kind::Exited, 3, "why"});
  const auto exit = decode_exit(whole);
  ASSERT_TRUE(exit);
  EXPECT_EQ(exit->kind, JobExit::Kind::Exited);
  EXPECT_EQ(exit->code, 3);
  EXPECT_EQ(exit->reason, "why");
  for (size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(decode_exit(whole.substr(0, length))) << length;
  }
}

using container::make_layer;
using container::TestImageSource;

TEST(ImageLayout, IsUnpackedAsTheImageItself) {
  TestImageSource source;
  source.add("some/image",
             {make_layer({{"bin/program", "first"}, {"gone", "x"}}),
              make_layer({{"bin/program", "second", 0755}})},
             {.process = R"({"Cmd":["program"],"Env":["A=1"]})"});
  const auto reference = container::ImageReference::parse("test.local/some/image:latest");
  ASSERT_TRUE(reference);
  const store::TemporaryFolder folder;
  ASSERT_TRUE(write_image_layout(source, *reference, folder.at("image")));
  ImageLayout layout(folder.at("image"));
  const auto cache =
      container::ImageCache::open({.folder = folder.at("cache"), .sources = {&layout}});
  ASSERT_TRUE(cache);
  const auto image = (*cache)->prepare("test.local/some/image:latest");
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_EQ((*image)->config.command, std::vector<std::string>{"program"});
  std::stringstream program;
  program << std::ifstream((*image)->root + "/bin/program").rdbuf();
  EXPECT_EQ(program.str(), "second");
  EXPECT_FALSE((*cache)->prepare("test.local/other:latest"));
}

TEST(ImageLayout, HoldsOnePlatformOfMany) {
  TestImageSource source;
  const std::string ours = source.add("many", {make_layer({{"here", "x"}})});
  const std::string architecture = container::machine_platform().architecture;
  const auto entry = [](const std::string& digest, const std::string& for_architecture) {
    return R"({"mediaType":")" + std::string(container::kOciManifest) + R"(","digest":")" + digest +
           R"(","size":1,"platform":{"os":"linux","architecture":")" + for_architecture + "\"}}";
  };
  const std::string other = "sha256:" + std::string(64, '0');
  source.add_manifest("many", container::kOciIndex,
                      R"({"schemaVersion":2,"manifests":[)" + entry(other, "s390x") + "," +
                          entry(ours, architecture) + "]}");
  const auto reference = container::ImageReference::parse("test.local/many:latest");
  const store::TemporaryFolder folder;
  ASSERT_TRUE(write_image_layout(source, *reference, folder.at("image")));
  ImageLayout layout(folder.at("image"));
  const auto manifest = layout.manifest(*reference);
  ASSERT_TRUE(manifest);
  EXPECT_EQ(manifest->digest, ours);
}

TEST(ImageLayout, SaysWhatIsNotThere) {
  TestImageSource source;
  const auto reference = container::ImageReference::parse("test.local/none:latest");
  const store::TemporaryFolder folder;
  const auto written = write_image_layout(source, *reference, folder.at("image"));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, base::ErrorKind::NotFound);
  EXPECT_FALSE(ImageLayout(folder.at("image")).serves(*reference));
}

}  // namespace
}  // namespace pawl::jobs
