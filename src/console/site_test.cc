// SPDX-License-Identifier: Apache-2.0
#include "console/site.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

#include "console/console.h"

namespace pawl::console {
namespace {

std::string gzip(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  std::string in = text;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

const std::string kScript(2'000, 'x');
const std::string kPackedScript = gzip(kScript);
const SiteFile kFiles[] = {
    {"assets/main-1a2b.js", "text/javascript; charset=utf-8", "h1", kPackedScript, true},
    {"index.html", "text/html; charset=utf-8", "h2", "<!doctype html>", false},
    {"pawl.svg", "image/svg+xml", "h3", "<svg/>", false},
};

class SiteTest : public testing::Test {
 protected:
  net::HttpResponse get(std::string_view path, std::vector<net::HttpField> headers = {},
                        std::string_view method = "GET") {
    return site_.answer({method, path, std::move(headers), ""}, path);
  }
  static std::string header(const net::HttpResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return "";
  }

  const Site site_{kFiles};
};

TEST_F(SiteTest, AssetsAreKeptForEverAndPagesAskedForAgain) {
  EXPECT_EQ(header(get("assets/main-1a2b.js"), "Cache-Control"),
            "public, max-age=31536000, immutable");
  EXPECT_EQ(header(get("index.html"), "Cache-Control"), "no-cache");
  EXPECT_EQ(header(get("pawl.svg"), "Cache-Control"), "no-cache");
  EXPECT_EQ(header(get("pawl.svg"), "Content-Type"), "image/svg+xml");
}

TEST_F(SiteTest, GzipIsForThoseWhoTakeIt) {
  for (const char* accepted : {"gzip, deflate, br", "br;q=1.0, GZIP;q=0.5", "*", "gzip;q=0.001"}) {
    const net::HttpResponse packed = get("assets/main-1a2b.js", {{"accept-encoding", accepted}});
    EXPECT_EQ(header(packed, "Content-Encoding"), "gzip") << accepted;
    EXPECT_EQ(packed.body, kPackedScript);
    EXPECT_EQ(header(packed, "Vary"), "Accept-Encoding");
  }
  for (const char* accepted :
       {"", "identity", "br", "gzip;q=0", "gzip;q=0.000, *", "xgzip", ",;=,"}) {
    const net::HttpResponse plain = get("assets/main-1a2b.js", {{"accept-encoding", accepted}});
    EXPECT_EQ(header(plain, "Content-Encoding"), "") << accepted;
    EXPECT_EQ(plain.body, kScript);
    EXPECT_EQ(header(plain, "Vary"), "Accept-Encoding");
  }
}

TEST_F(SiteTest, WhatTheBrowserHasIsNotSentAgain) {
  const std::string tag = header(get("index.html"), "ETag");
  EXPECT_EQ(tag, "W/\"h2\"");
  for (const std::string& sent :
       {tag, std::string("\"h2\""), "\"other\", " + tag, std::string("*")}) {
    const net::HttpResponse answer = get("index.html", {{"If-None-Match", sent}});
    EXPECT_EQ(answer.status, 304) << sent;
    EXPECT_EQ(answer.body, "");
  }
  EXPECT_EQ(get("index.html", {{"If-None-Match", "\"h1\""}}).status, 200);
}

TEST_F(SiteTest, PlacesInsideThePageAreThePage) {
  for (const char* place :
       {"", "machines", "executions/arn:aws:states:us-east-1:0:execution:m:1/graph"}) {
    const net::HttpResponse page = get(place);
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.body, "<!doctype html>") << place;
  }
}

TEST_F(SiteTest, APlaceMayEndInAnythingForWhoWantsAPage) {
  const char* path = "machines/arn:aws:states:us-east-1:0:stateMachine:my.machine.js";
  EXPECT_EQ(get(path, {{"Accept", "text/html,application/xhtml+xml,*/*;q=0.8"}}).body,
            "<!doctype html>");
  EXPECT_EQ(get(path, {{"Accept", "*/*"}}).status, 404);
  EXPECT_EQ(get("assets/gone.js", {{"Accept", "text/html"}}).status, 404);
}

TEST_F(SiteTest, MissingFilesAreMissing) {
  for (const char* path : {"assets/gone-1.js", "assets/", "assets/gone", "favicon.ico",
                           "../secret.txt", "a/../../etc/passwd.x", "index.html.bak"}) {
    const net::HttpResponse answer = get(path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(header(answer, "Content-Type"), "text/plain; charset=utf-8");
  }
}

TEST_F(SiteTest, PagesAreOnlyRead) {
  EXPECT_EQ(get("index.html", {}, "HEAD").status, 200);
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS"}) {
    const net::HttpResponse answer = get("index.html", {}, method);
    EXPECT_EQ(answer.status, 405);
    EXPECT_EQ(header(answer, "Allow"), "GET, HEAD");
  }
}

TEST_F(SiteTest, EveryAnswerIsGuarded) {
  for (const char* path : {"", "index.html", "assets/main-1a2b.js", "assets/gone.js"}) {
    const net::HttpResponse answer = get(path);
    const std::string policy = header(answer, "Content-Security-Policy");
    EXPECT_EQ(policy.find("default-src 'none'; script-src 'self'; style-src 'self'; "), 0U);
    EXPECT_EQ(policy.find("unsafe"), std::string::npos);
    EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
    EXPECT_EQ(header(answer, "X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(header(answer, "Referrer-Policy"), "no-referrer");
    EXPECT_EQ(header(answer, "Cross-Origin-Opener-Policy"), "same-origin");
    EXPECT_EQ(header(answer, "Cross-Origin-Resource-Policy"), "same-origin");
    EXPECT_NE(header(answer, "Permissions-Policy"), "");
  }
}

TEST(EmptySite, SaysHowTheConsoleIsBuilt) {
  const Site site{{}};
  EXPECT_TRUE(site.is_empty());
  const net::HttpResponse page = site.answer({"GET", "", {}, ""}, "machines");
  EXPECT_EQ(page.status, 200);
  EXPECT_NE(page.body.find("./dev build"), std::string::npos);
  EXPECT_EQ(site.answer({"GET", "", {}, ""}, "assets/x.js").status, 404);
}

}  // namespace
}  // namespace pawl::console
