// SPDX-License-Identifier: Apache-2.0
// Site: the console's pages: files that stand in the program, answered as a static web site. Not
// where they come from (embedded_site.h), not the API (console.h).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "net/http_message.h"

namespace pawl::console {

/// One file as it stands in the program. All views live as long as the program.
struct SiteFile {
  std::string_view path;  ///< "index.html", "assets/main-3f2a.js"
  std::string_view content_type;
  std::string_view hash;  ///< of the file itself, hex
  std::string_view bytes;
  bool is_gzip = false;  ///< `bytes` are a gzip member
};

/// Immutable; thread-safe.
class Site {
 public:
  /// `files` sorted by path. Empty: every page is one that tells how the console is built.
  explicit Site(std::span<const SiteFile> files) : files_(files) {}

  bool is_empty() const { return files_.empty(); }

  /// To GET or HEAD of `path`, which is what follows "/_pawl/console/", without the query. Files
  /// below "assets/" have their hash in their name and are kept for ever; all others are asked for
  /// again each time. What has no extension, or is asked for as a page, is a place inside the page:
  /// index.html. 404 for files that are not there, 405 for other methods.
  net::HttpResponse answer(const net::HttpRequest& request, std::string_view path) const;

 private:
  const SiteFile* find(std::string_view path) const;

  std::span<const SiteFile> files_;
};

/// Answers the address without its last slash.
net::HttpResponse redirect_to_site();

}  // namespace pawl::console
