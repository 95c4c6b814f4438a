// SPDX-License-Identifier: Apache-2.0
#include "items/local_folder/local_folder.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "items/item_source.h"
#include "json/parse.h"

namespace pawl::items {
namespace {

namespace fs = std::filesystem;

class LocalFolderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = (fs::temp_directory_path() / "pawl-items-XXXXXX").string();
    ASSERT_NE(::mkdtemp(root_.data()), nullptr);
    store_ = std::make_unique<LocalFolder>(root_ + "/s3");
    write("secret", "secret");
    fs::create_directories(root_ + "/s3/bucket");
  }
  void TearDown() override { fs::remove_all(root_); }

  void write(const std::string& path, const std::string& text) {
    fs::create_directories(fs::path(root_ + "/" + path).parent_path());
    std::ofstream(root_ + "/" + path) << text;
  }

  std::string get(const std::string& bucket, const std::string& key) {
    auto reader = store_->get({.bucket = bucket, .key = key});
    if (!reader) return reader.error().code;
    std::string text;
    char buffer[3];
    for (;;) {
      const auto count = (*reader)->read(buffer, sizeof(buffer));
      if (!count) return count.error().code;
      if (*count == 0) return text;
      text.append(buffer, *count);
    }
  }

  std::string put(const std::string& key, std::string_view bytes) {
    const auto written = store_->put({.bucket = "bucket", .key = key}, bytes);
    return written ? "" : written.error().code;
  }

  /// The keys of all pages, joined by spaces.
  std::string list(ListRequest request = {.bucket = "bucket"}) {
    std::string keys;
    for (int pages = 0; pages < 100; ++pages) {
      const auto page = store_->list(request);
      if (!page) return page.error().code;
      EXPECT_LE(page->objects.size(), request.objects_max);
      for (const ListedObject& object : page->objects) keys += object.key + ' ';
      if (!page->continuation) break;
      request.continuation = *page->continuation;
    }
    return keys;
  }

  std::string root_;
  std::unique_ptr<LocalFolder> store_;
};

TEST_F(LocalFolderTest, PutsAndGets) {
  EXPECT_EQ(put("a/b/c.txt", "some text"), "");
  EXPECT_EQ(get("bucket", "a/b/c.txt"), "some text");
  EXPECT_EQ(put("a/b/c.txt", ""), "");
  EXPECT_EQ(get("bucket", "a/b/c.txt"), "");
  EXPECT_EQ(get("bucket", "a/b"), "NoSuchKey");
  EXPECT_EQ(get("bucket", "a/b/"), "NoSuchKey");
  EXPECT_EQ(get("bucket", "a/b/c.txt/d"), "NoSuchKey");
  EXPECT_EQ(get("nothing", "a"), "NoSuchBucket");
  EXPECT_EQ(put("a/b", "x"), "InvalidRequest");
  EXPECT_EQ(put("a/b/c.txt/d", "x"), "InvalidRequest");
  EXPECT_EQ(put(std::string(1'025, 'k'), "x"), "KeyTooLongError");
  EXPECT_EQ(list(), "a/b/c.txt ");
}

TEST_F(LocalFolderTest, EtagIsTheMd5) {
  put("k", "hello");
  EXPECT_EQ((*store_->get({.bucket = "bucket", .key = "k"}))->etag(),
            "\"5d41402abc4b2a76b9719d911017c592\"");
  const auto page = store_->list({.bucket = "bucket"});
  ASSERT_EQ(page->objects.size(), 1U);
  EXPECT_EQ(page->objects[0].etag, "\"5d41402abc4b2a76b9719d911017c592\"");
  EXPECT_EQ(page->objects[0].size_bytes, 5U);
  EXPECT_GT(page->objects[0].last_modified.ms, 1'600'000'000'000);

  put("large", std::string(9 * 1024 * 1024, 'x'));
  const std::string etag = (*store_->get({.bucket = "bucket", .key = "large"}))->etag();
  EXPECT_TRUE(etag.ends_with("-2\"")) << etag;
  EXPECT_EQ(store_->list({.bucket = "bucket", .prefix = "large"})->objects[0].etag, etag);
}

TEST_F(LocalFolderTest, VersionsDoNotExist) {
  put("k", "hello");
  EXPECT_TRUE(store_->get({.bucket = "bucket", .key = "k", .version_id = "null"}));
  EXPECT_EQ(store_->get({.bucket = "bucket", .key = "k", .version_id = "v1"}).error().code,
            "NoSuchVersion");
}

TEST_F(LocalFolderTest, PathsDoNotLeaveTheFolder) {
  fs::create_directories(root_ + "/s3/bucket/real");
  write("s3/bucket/real/file", "inside");
  fs::create_symlink(root_ + "/secret", root_ + "/s3/bucket/link");
  fs::create_directory_symlink(root_, root_ + "/s3/bucket/up");
  fs::create_directory_symlink(root_, root_ + "/s3/linked");
  for (const std::string key :
       {"../../secret", "real/../../../secret", "/secret", "real//file", "./real/file",
        "real/./file", "link", "up/secret", "..", ".", "", "real/file/", "up/../secret"}) {
    EXPECT_EQ(get("bucket", key), "NoSuchKey") << key;
  }
  EXPECT_EQ(get("bucket", std::string("real/file\0", 10)), "NoSuchKey");
  for (const std::string bucket : {"..", ".", "", "s3/bucket", "linked", "bucket/..", "BUCKET"})
    EXPECT_EQ(get(bucket, "secret"), "NoSuchBucket") << bucket;
  for (const std::string key : {"../x", "/x", "a//b", "..", "", "a/", "up/x"})
    EXPECT_EQ(put(key, "x"), "InvalidRequest") << key;
  EXPECT_EQ(list(), "real/file ");
  EXPECT_FALSE(fs::exists(root_ + "/x"));
}

TEST_F(LocalFolderTest, WhatIsNoFileIsNoObject) {
  ASSERT_EQ(::mkfifo((root_ + "/s3/bucket/pipe").c_str(), 0600), 0);
  EXPECT_EQ(get("bucket", "pipe"), "NoSuchKey");
  write("s3/bucket/\xff", "no key");
  EXPECT_EQ(list(), "");
}

TEST_F(LocalFolderTest, ListsInTheOrderOfKeys) {
  for (const std::string key : {"a/x", "a/y/z", "a.txt", "a0", "b/c/d", "b", "\xc3\xa4", "Z"})
    write("s3/bucket/" + (key == "b" ? "b0" : key), key);
  EXPECT_EQ(list(), "Z a.txt a/x a/y/z a0 b/c/d b0 \xc3\xa4 ");
  for (const size_t page : {1U, 2U, 3U, 7U, 8U, 9U})
    EXPECT_EQ(list({.bucket = "bucket", .objects_max = page}), list()) << page;
  EXPECT_EQ(list({.bucket = "bucket", .prefix = "a"}), "a.txt a/x a/y/z a0 ");
  EXPECT_EQ(list({.bucket = "bucket", .prefix = "a/"}), "a/x a/y/z ");
  EXPECT_EQ(list({.bucket = "bucket", .prefix = "a/y/"}), "a/y/z ");
  EXPECT_EQ(list({.bucket = "bucket", .prefix = "a/y/zz"}), "");
  EXPECT_EQ(list({.bucket = "bucket", .prefix = "../"}), "");
  EXPECT_EQ(list({.bucket = "bucket", .start_after = "a/x"}), "a/y/z a0 b/c/d b0 \xc3\xa4 ");
  EXPECT_EQ(list({.bucket = "bucket", .prefix = "a/", .start_after = "a/x", .objects_max = 1}),
            "a/y/z ");
  EXPECT_EQ(store_->list({.bucket = "nothing"}).error().code, "NoSuchBucket");
}

TEST_F(LocalFolderTest, WhatIsNotCommittedLeavesNoTrace) {
  {
    auto writer = store_->create({.bucket = "bucket", .key = "a/b"});
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->append("x"));
    EXPECT_EQ(list(), "");
  }
  EXPECT_TRUE(fs::is_empty(root_ + "/s3/bucket"));
}

TEST_F(LocalFolderTest, FeedsAnItemSource) {
  write("s3/bucket/in/1.csv", "a\n1\n");
  write("s3/bucket/in/2.csv", "a\n2\n3\n");
  const json::Value arguments = json::parse(R"({"Bucket":"bucket","Prefix":"in/"})").value();
  const json::Value config =
      json::parse(
          R"({"InputType":"CSV","CSVHeaderLocation":"FIRST_ROW","Transformation":"LOAD_AND_FLATTEN"})")
          .value();
  auto source = open_item_source(*store_, {"listObjectsV2", arguments, config});
  ASSERT_TRUE(source);
  EXPECT_EQ((*source)->next(10)->items.size(), 3U);
}

}  // namespace
}  // namespace pawl::items
