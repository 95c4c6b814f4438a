// SPDX-License-Identifier: Apache-2.0
// Packages made to break out, to fill the disk, or to be no packages.
#include "services/lambda/code_package.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include <gtest/gtest.h>

#include "services/lambda/zip_for_test.h"
#include "store/temporary_folder_for_test.h"

namespace pawl::lambda {
namespace {

namespace fs = std::filesystem;

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class CodePackageTest : public testing::Test {
 protected:
  /// "ok", or the kind's name; then nothing is left behind.
  std::string unpack(const std::string& zip, const PackageLimits& limits = {}) {
    fs::remove_all(folder_.at("code"));
    const auto result = unpack_package(zip, folder_.at("code"), limits);
    if (result) return "ok";
    EXPECT_FALSE(fs::exists(folder_.at("code")));
    EXPECT_FALSE(fs::exists(folder_.at("code.partial")));
    switch (result.error().kind) {
      case base::ErrorKind::InvalidSyntax: return "invalid";
      case base::ErrorKind::LimitExceeded: return "limit";
      case base::ErrorKind::NotFound: return "empty";
      default: return result.error().message;
    }
  }
  std::string in_code(const std::string& name) { return folder_.at("code/" + name); }

  store::TemporaryFolder folder_;
};

TEST_F(CodePackageTest, FilesFoldersAndModes) {
  ASSERT_EQ(unpack(zip_of({{"index.py", "one"},
                           {"a/b/c.txt", "two"},
                           {"empty/", "", AE_IFDIR, 0755},
                           {"bin/tool", "three", AE_IFREG, 0700},
                           {"open", "four", AE_IFREG, 04777}})),
            "ok");
  EXPECT_EQ(text_of(in_code("index.py")), "one");
  EXPECT_EQ(text_of(in_code("a/b/c.txt")), "two");
  EXPECT_TRUE(fs::is_directory(in_code("empty")));
  struct stat found {};
  ASSERT_EQ(stat(in_code("index.py").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0111U, 0U);
  ASSERT_EQ(stat(in_code("bin/tool").c_str(), &found), 0);
  EXPECT_NE(found.st_mode & 0100U, 0U);
  ASSERT_EQ(stat(in_code("open").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 06000U, 0U);
}

TEST_F(CodePackageTest, NamesThatLeadOutside) {
  for (const char* name : {"../out", "/out", "a/../../out", ".."}) {
    EXPECT_EQ(unpack(zip_of({{"index.py", "x"}, {name, "evil"}})), "invalid") << name;
  }
  EXPECT_FALSE(fs::exists(folder_.at("out")));
  EXPECT_EQ(unpack(zip_of({{"./a/../b", "inside"}})), "ok");
  EXPECT_EQ(text_of(in_code("b")), "inside");
}

TEST_F(CodePackageTest, LinksStayInside) {
  ASSERT_EQ(unpack(zip_of({{"lib/real.js", "x"}, {"bin/run", "../lib/real.js", AE_IFLNK}})), "ok");
  EXPECT_EQ(text_of(in_code("bin/run")), "x");
  const auto with = [](std::vector<ZipEntry> links) {
    links.push_back({"index.py", "x"});
    return zip_of(links);
  };
  EXPECT_EQ(unpack(with({{"l", "/etc/passwd", AE_IFLNK}})), "invalid");
  EXPECT_EQ(unpack(with({{"l", "../x", AE_IFLNK}})), "invalid");
  EXPECT_EQ(unpack(with({{"a/l", "../../x", AE_IFLNK}})), "invalid");
  // Through a link to a folder one level up, ".." leads one level further than it looks.
  EXPECT_EQ(unpack(with({{"a/b/up", "../..", AE_IFLNK}, {"a/l", "b/up/../x", AE_IFLNK}})),
            "invalid");
  // A file below a link: the link is made last, so the file's folder is in its way.
  EXPECT_EQ(unpack(with({{"a", "/tmp", AE_IFLNK}, {"a/f", "evil"}})), "invalid");
  EXPECT_EQ(unpack(with({{"a", "b", AE_IFLNK}, {"b", "a", AE_IFLNK}})), "invalid");
}

TEST_F(CodePackageTest, Limits) {
  const std::string zeros(40 << 20, '\0');
  const std::string bomb = zip_of({{"zeros", zeros}});
  EXPECT_EQ(unpack(bomb), "limit");  // packs 1000 to 1
  EXPECT_EQ(unpack(bomb, {.ratio_max = 2'000}), "ok");
  EXPECT_EQ(unpack(bomb, {.unzipped_bytes_max = zeros.size() - 1, .ratio_max = 2'000}), "limit");
  EXPECT_EQ(unpack(zip_of({{"a", ""}, {"b", ""}, {"c", ""}}), {.entries_max = 2}), "limit");
  EXPECT_EQ(unpack(zip_of({{std::string(5'000, 'n'), "x"}})), "invalid");
}

TEST_F(CodePackageTest, NoPackages) {
  EXPECT_EQ(unpack(""), "invalid");
  EXPECT_EQ(unpack("just some text"), "invalid");
  EXPECT_EQ(unpack(zip_of({})), "empty");
  EXPECT_EQ(unpack(zip_of({{"only/", "", AE_IFDIR}})), "empty");
  EXPECT_EQ(unpack(zip_of({{"a", "x"}, {"a/b", "y"}})), "invalid");
  std::string text(100'000, 'x');
  for (size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * i >> 3);
  const std::string whole = zip_of({{"a", text}});
  std::string damaged = whole;
  for (size_t i = 200; i < 400; ++i) damaged[i] = static_cast<char>(~damaged[i]);
  EXPECT_EQ(unpack(damaged), "invalid");
  EXPECT_EQ(unpack(whole.substr(0, whole.size() / 2)), "invalid");
}

}  // namespace
}  // namespace pawl::lambda
