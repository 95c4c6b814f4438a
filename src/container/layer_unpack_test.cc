// SPDX-License-Identifier: Apache-2.0
// Layers as they are, and layers that want out. Beside the root stands a folder that must stay as
// it is.
#include "container/layer_unpack.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "container/image_for_test.h"
#include "container/remove_tree.h"
#include "container/root_directory.h"

namespace pawl::container {
namespace {

namespace fs = std::filesystem;

class LayerTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "pawl-layer-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    root_ = folder_ / "root";
    fs::create_directories(root_);
    fs::create_directories(folder_ / "outside" / "inner");
    std::ofstream(folder_ / "outside" / "victim") << "whole";
  }
  void TearDown() override {
    std::ifstream victim(folder_ / "outside" / "victim");
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(victim), {}), "whole");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "outside"), {}), 2);
    EXPECT_TRUE(fs::is_empty(folder_ / "outside" / "inner"));
    for (const auto& each : fs::directory_iterator(folder_)) {
      const std::string file = each.path().filename();
      EXPECT_TRUE(file == "root" || file == "outside" || file == "layer") << file;
    }
    EXPECT_TRUE(remove_tree(folder_));
    EXPECT_FALSE(fs::exists(folder_));
  }

  base::Result<void> apply_bytes(const std::string& bytes, const UnpackLimits& limits = {}) {
    std::ofstream(folder_ / "layer", std::ios::binary) << bytes;
    return unpack_layer(folder_ / "layer", root_, limits, totals_);
  }
  base::Result<void> apply(const std::vector<TestEntry>& entries, const UnpackLimits& limits = {}) {
    return apply_bytes(make_layer(entries), limits);
  }
  std::string read(const std::string& name) const {
    std::ifstream file(root_ / name);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }
  std::string outside() const { return folder_ / "outside"; }

  fs::path folder_;
  fs::path root_;
  UnpackTotals totals_;
};

TEST_F(LayerTest, MakesFilesFoldersAndLinks) {
  for (const TestPacking packing : {TestPacking::None, TestPacking::Gzip, TestPacking::Zstd}) {
    const auto made = apply_bytes(make_layer({{"./usr/", "", 0755, AE_IFDIR},
                                              {"usr/bin/tool", "#!", 04755},
                                              {"/abs/file", "x"},
                                              {"bin", "", 0777, AE_IFLNK, "/usr/bin"},
                                              {"bin/second", "2"},
                                              {"hard", "", 0644, AE_IFREG, "bin/second", true},
                                              {"dev/null", "", 0666, AE_IFCHR},
                                              {"pipe", "", 0666, AE_IFIFO}},
                                             packing));
    ASSERT_TRUE(made) << made.error().message;
  }
  struct stat status {};
  ASSERT_EQ(stat((root_ / "usr/bin/tool").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0755U) << "no set-user-id";
  EXPECT_EQ(status.st_mtime, 1'600'000'000);
  EXPECT_EQ(read("abs/file"), "x");
  EXPECT_EQ(read("usr/bin/second"), "2") << "links are followed inside the root";
  EXPECT_EQ(read("hard"), "2");
  EXPECT_FALSE(fs::exists(root_ / "dev/null"));
  EXPECT_FALSE(fs::exists(root_ / "pipe"));
}

TEST_F(LayerTest, WhiteOutsHideWhatLowerLayersHave) {
  ASSERT_TRUE(apply({{"a/one", "1"}, {"a/two", "2"}, {"b/deep/x", "x"}, {"b/y", "y"}, {"c", "c"}}));
  ASSERT_TRUE(apply({{"a/.wh.one"},
                     {"b/new", "n"},
                     {"b/deep/z", "z"},
                     {"b/.wh..wh..opq"},
                     {"c", "again"},
                     {".wh.c"},
                     {".wh.missing"}}));
  EXPECT_FALSE(fs::exists(root_ / "a/one"));
  EXPECT_EQ(read("a/two"), "2");
  EXPECT_EQ(read("b/new"), "n") << "what the layer itself brings stays, before the marker too";
  EXPECT_EQ(read("b/deep/z"), "z");
  EXPECT_FALSE(fs::exists(root_ / "b/deep/x"));
  EXPECT_FALSE(fs::exists(root_ / "b/y"));
  EXPECT_EQ(read("c"), "again");
}

TEST_F(LayerTest, KindsReplaceEachOther) {
  ASSERT_TRUE(apply({{"x/inner", "1"}, {"y", "file"}, {"l", "", 0777, AE_IFLNK, "y"}}));
  ASSERT_TRUE(apply({{"x", "now a file"}, {"y/", "", 0755, AE_IFDIR}, {"l", "plain"}}));
  EXPECT_EQ(read("x"), "now a file");
  EXPECT_TRUE(fs::is_directory(root_ / "y"));
  EXPECT_EQ(read("l"), "plain");
  EXPECT_FALSE(fs::is_symlink(root_ / "l"));
}

TEST_F(LayerTest, NamesThatLeadUpwardAreRefused) {
  for (const std::string name : {"../outside/victim", "a/../../outside/victim", "..", "a/.."}) {
    EXPECT_FALSE(apply({{name, "bad"}})) << name;
  }
  EXPECT_FALSE(apply({{"h", "", 0644, AE_IFREG, "../outside/victim", true}}));
  EXPECT_FALSE(apply({{"h", "", 0644, AE_IFREG, outside() + "/victim", true}}));
  EXPECT_FALSE(apply({{"d/.wh..."}})) << "a white-out of the folder above";
  EXPECT_FALSE(apply({{"d/x", "1"}, {"d/.wh..", ""}}));
}

TEST_F(LayerTest, LinksCannotLeadOut) {
  const auto made = apply({{"out", "", 0777, AE_IFLNK, outside()},
                           {"up", "", 0777, AE_IFLNK, "../../../../../../.." + outside()},
                           {"out2", "", 0777, AE_IFLNK, outside() + "/victim"}});
  ASSERT_TRUE(made) << made.error().message;
  // Inside the root these targets do not exist: a broken link is not written through.
  EXPECT_FALSE(apply({{"out/victim", "bad"}}));
  EXPECT_FALSE(apply({{"up/victim", "bad"}}));
  ASSERT_TRUE(apply({{"out2", "replaced"}}));
  EXPECT_FALSE(fs::is_symlink(root_ / "out2"));
  ASSERT_TRUE(apply({{"out/.wh.victim"}, {"up/.wh..wh..opq"}, {"out/inner/.wh..wh..opq"}}));
  EXPECT_FALSE(apply({{"h", "", 0644, AE_IFREG, "out/victim", true}}));
  // The same path inside the root: then it is the one that is meant.
  ASSERT_TRUE(apply({{outside().substr(1) + "/mine", "m"}, {"out/other", "o"}}));
  EXPECT_EQ(read(outside().substr(1) + "/other"), "o");
}

TEST_F(LayerTest, AHardLinkToALinkIsALink) {
  ASSERT_TRUE(apply({{"s", "", 0777, AE_IFLNK, outside() + "/victim"},
                     {"h", "", 0644, AE_IFREG, "s", true},
                     {"h", "bad"}}));
  EXPECT_EQ(read("h"), "bad");
}

TEST_F(LayerTest, CirclesAndBombsEnd) {
  ASSERT_TRUE(apply({{"a", "", 0777, AE_IFLNK, "b"}, {"b", "", 0777, AE_IFLNK, "a"}}));
  EXPECT_FALSE(apply({{"a/x", "1"}}));
  const auto bomb = apply({{"zeros", std::string(size_t{70} << 20, '\0')}});
  ASSERT_FALSE(bomb);
  EXPECT_EQ(bomb.error().kind, base::ErrorKind::LimitExceeded);
  totals_ = {};
  EXPECT_FALSE(apply({{"big", std::string(2000, 'x')}}, {.bytes_max = 1000}));
  totals_ = {};
  EXPECT_FALSE(apply({{"1"}, {"2"}, {"3"}}, {.entries_max = 2}));
}

TEST_F(LayerTest, DamagedLayersAreErrors) {
  const std::string good = make_layer({{"a", std::string(5000, 'q')}, {"b", "2"}});
  for (const size_t size : {good.size() / 2, size_t{20}, good.size() - 9}) {
    static_cast<void>(apply_bytes(good.substr(0, size)));  // an error or less; never more
  }
  EXPECT_FALSE(
      apply_bytes("no archive at all, but long enough to be looked at" + std::string(2000, '?')));
  EXPECT_TRUE(apply_bytes("")) << "an empty layer is none";
}

TEST_F(LayerTest, DeepAndClosedTreesAreRemoved) {
  fs::path deep = root_;
  for (int i = 0; i < 300; ++i) deep /= "d";  // deeper than one turn goes
  std::error_code failure;
  fs::create_directories(root_ / "closed" / "inner", failure);
  std::ofstream(root_ / "closed" / "inner" / "file") << "x";
  fs::create_symlink(outside(), root_ / "closed" / "out");
  fs::create_directories(deep, failure);
  ASSERT_FALSE(failure) << failure.message();
  fs::permissions(root_ / "closed" / "inner", fs::perms(0));
  EXPECT_TRUE(remove_tree(root_));
  EXPECT_FALSE(fs::exists(root_));
}

TEST_F(LayerTest, CanonicalNamesStayInside) {
  ASSERT_TRUE(
      apply({{"real/file", "1"},
             {"tmp", "", 0777, AE_IFLNK, "/oldroot/etc"},
             {"link", "", 0777, AE_IFLNK, "real"},
             {"etc/passwd", "root:x:0:0:r:/root:/bin/sh\napp:x:1000:1001:a:/home/app:/bin/sh\n"},
             {"etc/group", "root:x:0:\nteam:x:77:\n"}}));
  const auto root = RootDirectory::open(root_);
  ASSERT_TRUE(root);
  EXPECT_EQ(root->canonical("/link/file"), "/real/file");
  EXPECT_EQ(root->canonical("/link/new/deep"), "/real/new/deep");
  EXPECT_EQ(root->canonical("/link/../../.."), "/");
  EXPECT_EQ(root->canonical("/tmp/x"), std::nullopt) << "a broken link is nobody's folder";
  EXPECT_EQ(root->canonical("/new/../x"), std::nullopt);
  EXPECT_EQ(find_user(*root, "app")->group, 1001U);
  EXPECT_EQ(find_user(*root, "app")->home, "/home/app");
  EXPECT_EQ(find_user(*root, "4711:team")->group, 77U);
  EXPECT_EQ(find_user(*root, "")->user, 0U);
  EXPECT_FALSE(find_user(*root, "nobody"));
  EXPECT_FALSE(find_user(*root, "app:none"));
}

}  // namespace
}  // namespace pawl::container
