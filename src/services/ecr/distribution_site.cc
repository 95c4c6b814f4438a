// SPDX-License-Identifier: Apache-2.0
#include "services/ecr/distribution_site.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include "container/image_manifest.h"
#include "container/image_reference.h"
#include "json/write.h"
#include "services/ecr/errors.h"
#include "services/ecr/token.h"

namespace pawl::ecr {

using aws::ApiError;
using aws::ApiResult;
using aws::HttpResponse;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr std::string_view kDefaultAccount = "000000000000";
constexpr std::string_view kDefaultRegion = "us-east-1";
constexpr size_t kPageMax = 1'000;

/// OCI distribution, "Error Codes", for what ECR's API calls otherwise.
struct ErrorRow {
  std::string_view api;
  std::string_view oci;
  int status;
};
constexpr ErrorRow kErrors[] = {
    {"RepositoryNotFoundException", "NAME_UNKNOWN", 404},
    {"ImageNotFoundException", "MANIFEST_UNKNOWN", 404},
    {"LayersNotFoundException", "MANIFEST_BLOB_UNKNOWN", 404},
    {"ReferencedImagesNotFoundException", "MANIFEST_UNKNOWN", 404},
    {"LayerNotFound", "BLOB_UNKNOWN", 404},
    {"UploadNotFoundException", "BLOB_UPLOAD_UNKNOWN", 404},
    {"InvalidLayerException", "DIGEST_INVALID", 400},
    {"InvalidDigest", "DIGEST_INVALID", 400},
    {"InvalidLayerPartException", "BLOB_UPLOAD_INVALID", 416},
    {"ImageDigestDoesNotMatchException", "DIGEST_INVALID", 400},
    {"ImageTagAlreadyExistsException", "TAG_INVALID", 400},
    {"InvalidParameterException", "MANIFEST_INVALID", 400},
    {"InvalidName", "NAME_INVALID", 400},
    {"LimitExceededException", "SIZE_INVALID", 413},
    {"Unsupported", "UNSUPPORTED", 405},
    {"Denied", "DENIED", 403},
    {"Unauthorized", "UNAUTHORIZED", 401},
};

HttpResponse error_response(const ApiError& error) {
  std::string_view code = "UNKNOWN";
  int status = 500;
  for (const ErrorRow& row : kErrors) {
    if (row.api != error.code) continue;
    code = row.oci;
    status = row.status;
  }
  ObjectBuilder one;
  one.set("code", Value(code)).set("message", Value(error.message.value_or("")));
  ObjectBuilder body;
  std::vector<Value> list = {std::move(one).build()};
  body.set("errors", Value::array(std::move(list)));
  HttpResponse out{status, {{"Content-Type", "application/json; charset=utf-8"}}, {}};
  out.body = json::write(std::move(body).build());
  if (status == 401) {
    out.headers.add("Www-Authenticate", R"(Basic realm="ecr",service="ecr.amazonaws.com")");
  }
  return out;
}

HttpResponse json_response(Value value) {
  return {200, {{"Content-Type", "application/json"}}, json::write(value)};
}

/// A file that was opened when the answer was made: it can be read whatever happens to its name.
class FileBody final : public aws::BodySource {
 public:
  FileBody(int descriptor, uint64_t offset, uint64_t size)
      : descriptor_(descriptor), offset_(offset), left_(size), size_(size) {}
  FileBody(const FileBody&) = delete;
  FileBody& operator=(const FileBody&) = delete;
  ~FileBody() override { close(descriptor_); }

  std::optional<uint64_t> size() const override { return size_; }
  base::Result<size_t> read(char* out, size_t bytes_max) override {
    const size_t wanted = static_cast<size_t>(std::min<uint64_t>(bytes_max, left_));
    if (wanted == 0) return size_t{0};
    ssize_t count = 0;
    do {
      count = pread(descriptor_, out, wanted, static_cast<off_t>(offset_));
    } while (count < 0 && errno == EINTR);
    if (count <= 0) return base::Error(base::ErrorKind::Io, "a blob's file is shorter than it was");
    offset_ += static_cast<uint64_t>(count);
    left_ -= static_cast<uint64_t>(count);
    return static_cast<size_t>(count);
  }

 private:
  const int descriptor_;
  uint64_t offset_;
  uint64_t left_;
  const uint64_t size_;
};

std::optional<uint64_t> number_of(std::string_view text) {
  uint64_t out = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (text.empty() || failure != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return out;
}

/// RFC 9110 "Range", one range of bytes with a beginning; nullopt: all is meant.
struct ByteRange {
  uint64_t begin;
  uint64_t end;  ///< behind the last
};
std::optional<ByteRange> range_of(const aws::HttpRequest& request, uint64_t size) {
  std::string_view text = request.headers.get("Range");
  if (!text.starts_with("bytes=")) return std::nullopt;
  text.remove_prefix(6);
  const size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const std::optional<uint64_t> begin = number_of(text.substr(0, dash));
  if (!begin || *begin >= size) return std::nullopt;
  const std::optional<uint64_t> last = number_of(text.substr(dash + 1));
  if (!last && dash + 1 != text.size()) return std::nullopt;
  return ByteRange{*begin, last ? std::min(*last + 1, size) : size};
}

size_t page_size(const aws::QueryParameters& query) {
  const std::string* n = aws::find_parameter(query, "n");
  const std::optional<uint64_t> number = n != nullptr ? number_of(*n) : std::nullopt;
  return number ? static_cast<size_t>(std::min<uint64_t>(*number, kPageMax)) : kPageMax;
}

std::string text_in(const aws::QueryParameters& query, std::string_view name) {
  const std::string* found = aws::find_parameter(query, name);
  return found != nullptr ? *found : std::string();
}

/// A list of at most `n` names; if there are more, "Link" says where they are.
HttpResponse page(ObjectBuilder body, std::string_view member, std::vector<std::string> names,
                  size_t n, const std::string& path) {
  const bool has_more = names.size() > n;
  if (has_more) names.resize(n);
  body.set(member, json::texts_value(names));
  HttpResponse out = json_response(std::move(body).build());
  if (has_more && !names.empty()) {
    out.headers.add("Link", "<" + path + "?n=" + std::to_string(n) +
                                "&last=" + aws::uri_encode(names.back()) + ">; rel=\"next\"");
  }
  return out;
}

std::string blob_location(const std::string& name, const std::string& digest) {
  return "/v2/" + name + "/blobs/" + digest;
}

HttpResponse upload_response(int status, const std::string& name, const std::string& id,
                             uint64_t bytes) {
  return {status,
          {{"Location", "/v2/" + name + "/blobs/uploads/" + id},
           {"Range", "0-" + std::to_string(bytes == 0 ? 0 : bytes - 1)},
           {"Docker-Upload-UUID", id},
           {"Content-Type", "text/plain"}},
          {}};
}

ApiError unsupported() { return ApiError("Unsupported", "The operation is unsupported."); }

/// "bytes 0-99", "0-99": where a chunk begins.
ApiResult<std::optional<uint64_t>> chunk_offset(const aws::HttpRequest& request) {
  std::string_view text = request.headers.get("Content-Range");
  if (text.empty()) return std::optional<uint64_t>();
  if (text.starts_with("bytes ")) text.remove_prefix(6);
  const std::optional<uint64_t> begin = number_of(text.substr(0, text.find('-')));
  if (!begin) return ApiError("InvalidLayerPartException", "Content-Range is no range.");
  return begin;
}

}  // namespace

bool DistributionSite::serves(const aws::HttpRequest& request) const {
  if (!request.path.starts_with("/v2")) return false;
  // A bucket may be called v2, and other services have such paths: what is signed is for them.
  if (request.headers.get("Authorization").starts_with("AWS")) return false;
  if (request.headers.has("X-Amz-Target")) return false;
  if (request.query.find("X-Amz-Signature") != std::string::npos) return false;
  return route_of(request.path).has_value();
}

void DistributionSite::serve(const aws::HttpRequest& request, Answer answer) {
  registry_->work([this, &request, answer = std::move(answer)] {
    Outcome outcome = this->answer(request, *route_of(request.path));
    HttpResponse response =
        outcome ? std::move(outcome->response) : error_response(outcome.error());
    response.headers.set("Docker-Distribution-Api-Version", "registry/2.0");
    if (!outcome || !outcome->after_sync) return answer(std::move(response));
    registry_->after_sync([answer, response = std::move(response)] { answer(response); });
  });
}

std::optional<Scope> DistributionSite::scope_of(const aws::HttpRequest& request) {
  const std::optional<std::string> password = password_of(request.headers.get("Authorization"));
  std::optional<Scope> signed_scope;
  if (password) {
    const ApiResult<std::string> key = registry_->token_key();
    if (key) signed_scope = check_password(*password, registry_->now(), *key);
  }
  if (!signed_scope && !is_open_) return std::nullopt;
  if (const auto host = container::parse_ecr_host(request.headers.get("Host")); host && is_open_) {
    return Scope{host->account, host->region};
  }
  return signed_scope ? *signed_scope : Scope{};
}

ApiResult<RepositoryName> DistributionSite::repository_of(const Scope& scope,
                                                          const std::string& name) const {
  const size_t slash = name.find('/');
  if (const auto host = container::parse_ecr_host(name.substr(0, slash));
      host && slash != std::string::npos) {
    const bool is_other = !is_open_ && host->account != scope.account;
    if (is_other) return ApiError("Denied", "The token is for another account's registry.");
    const std::string inner = name.substr(slash + 1);
    if (!container::is_repository_name(inner)) return ApiError("InvalidName", "no such name");
    return RepositoryName{host->account, host->region, inner};
  }
  if (!container::is_repository_name(name)) {
    return ApiError("InvalidName", "'" + name.substr(0, 300) + "' is no name of a repository.");
  }
  if (!scope.account.empty()) return RepositoryName{scope.account, scope.region, name};
  const RepositoryName usual{std::string(kDefaultAccount), std::string(kDefaultRegion), name};
  if (PAWL_TRY(registry_->records().repository(usual))) return usual;
  std::vector<RepositoryName> found;
  PAWL_TRY_VOID(registry_->records().visit_all_repositories(
      [&](const RepositoryName& each, const Repository&) {
        if (each.name == name) found.push_back(each);
        return found.size() < 2;
      }));
  return found.size() == 1 ? found.front() : usual;
}

DistributionSite::Outcome DistributionSite::answer(const aws::HttpRequest& request,
                                                   const Route& route) {
  const std::optional<Scope> scope = scope_of(request);
  if (!scope)
    return ApiError("Unauthorized", "Your authorization token is missing or has expired.");
  if (route.kind == Route::Kind::Base) return Answered{json_response(Value::object())};
  if (route.kind == Route::Kind::Catalog) return answer_catalog(request, *scope);
  const Asked asked{request, route, PAWL_TRY(repository_of(*scope, route.name))};
  PAWL_TRY(registry_->require(asked.name));
  switch (route.kind) {
    case Route::Kind::Tags: return answer_tags(asked);
    case Route::Kind::Manifest: return answer_manifest(asked);
    case Route::Kind::Blob: return answer_blob(asked);
    case Route::Kind::Uploads: return answer_uploads(asked);
    case Route::Kind::Upload: return answer_upload(asked);
    default: return answer_referrers(asked);
  }
}

// ---- manifests ----

DistributionSite::Outcome DistributionSite::answer_manifest(const Asked& asked) {
  const std::string& reference = asked.route.reference;
  const bool is_by_digest = container::is_digest(reference);
  if (!is_by_digest && !container::is_tag(reference)) {
    return ApiError("ImageNotFoundException", "'" + reference.substr(0, 200) + "' is no tag.");
  }
  const ImageId id = is_by_digest ? ImageId{.digest = reference} : ImageId{.tag = reference};
  const std::string& method = asked.http.method;
  if (method == "PUT") return put_manifest(asked);
  if (method == "DELETE") {
    const auto deleted = PAWL_TRY(registry_->delete_image(asked.name, id));
    if (!deleted) return image_not_found(asked.name, id.digest, id.tag);
    if (deleted->is_referenced) {
      return ApiError("Denied", "The image is referenced by a manifest list.");
    }
    return Answered{{202, {}, {}}, true};
  }
  if (method != "GET" && method != "HEAD") return unsupported();
  const Image image = PAWL_TRY(registry_->find_image(asked.name, id));
  HttpResponse out{200,
                   {{"Content-Type", image.media_type},
                    {"Docker-Content-Digest", image.digest},
                    {"ETag", "\"" + image.digest + "\""}},
                   PAWL_TRY(registry_->manifest(asked.name, image.digest))};
  if (method == "GET") registry_->record_pull(asked.name, image.digest);
  return Answered{std::move(out)};
}

DistributionSite::Outcome DistributionSite::put_manifest(const Asked& asked) {
  const std::string& reference = asked.route.reference;
  NewImage image;
  if (asked.http.stream) return ApiError("LimitExceededException", "The manifest is too large.");
  image.bytes = asked.http.body;
  const std::string_view type = asked.http.headers.get("Content-Type");
  image.media_type = type.substr(0, type.find(';'));
  (container::is_digest(reference) ? image.digest : image.tag) = reference;
  const PushedImage pushed = PAWL_TRY(registry_->put_image(asked.name, image));
  HttpResponse out{201,
                   {{"Location", "/v2/" + asked.route.name + "/manifests/" + pushed.image.digest},
                    {"Docker-Content-Digest", pushed.image.digest}},
                   {}};
  if (!pushed.image.subject.empty()) out.headers.add("OCI-Subject", pushed.image.subject);
  return Answered{std::move(out), true};
}

DistributionSite::Outcome DistributionSite::answer_referrers(const Asked& asked) {
  if (asked.http.method != "GET" && asked.http.method != "HEAD") return unsupported();
  if (!container::is_digest(asked.route.reference)) {
    return ApiError("InvalidDigest", "A referrer is asked for by a digest.");
  }
  std::vector<Value> list;
  for (const Image& image : PAWL_TRY(registry_->images(asked.name))) {
    if (image.subject != asked.route.reference) continue;
    const std::string bytes = PAWL_TRY(registry_->manifest(asked.name, image.digest));
    ObjectBuilder one;
    one.set("mediaType", Value(image.media_type))
        .set("digest", Value(image.digest))
        .set("size", Value(static_cast<int64_t>(bytes.size())))
        .set("artifactType",
             Value(image.artifact_type.empty() ? image.config_media_type : image.artifact_type));
    list.push_back(std::move(one).build());
  }
  ObjectBuilder out;
  out.set("schemaVersion", Value(2))
      .set("mediaType", Value(container::kOciIndex))
      .set("manifests", Value::array(std::move(list)));
  HttpResponse response = json_response(std::move(out).build());
  response.headers.set("Content-Type", container::kOciIndex);
  return Answered{std::move(response)};
}

// ---- lists ----

DistributionSite::Outcome DistributionSite::answer_tags(const Asked& asked) {
  if (asked.http.method != "GET" && asked.http.method != "HEAD") return unsupported();
  const aws::QueryParameters query = aws::parse_query(asked.http.query);
  const size_t n = page_size(query);
  std::vector<std::string> names;
  PAWL_TRY_VOID(registry_->records().visit_tags(asked.name, text_in(query, "last"),
                                                [&](const std::string& tag, const std::string&) {
                                                  names.push_back(tag);
                                                  return names.size() <= n;
                                                }));
  ObjectBuilder body;
  body.set("name", Value(asked.route.name));
  return Answered{
      page(std::move(body), "tags", std::move(names), n, "/v2/" + asked.route.name + "/tags/list")};
}

DistributionSite::Outcome DistributionSite::answer_catalog(const aws::HttpRequest& request,
                                                           const Scope& scope) {
  if (request.method != "GET" && request.method != "HEAD") return unsupported();
  const aws::QueryParameters query = aws::parse_query(request.query);
  const size_t n = page_size(query);
  const Scope shown = scope.account.empty()
                          ? Scope{std::string(kDefaultAccount), std::string(kDefaultRegion)}
                          : scope;
  std::vector<std::string> names;
  PAWL_TRY_VOID(registry_->records().visit_repositories(
      shown, text_in(query, "last"), [&](const RepositoryName& name, const Repository&) {
        names.push_back(name.name);
        return names.size() <= n;
      }));
  return Answered{page(ObjectBuilder(), "repositories", std::move(names), n, "/v2/_catalog")};
}

// ---- blobs ----

DistributionSite::Outcome DistributionSite::answer_blob(const Asked& asked) {
  const std::string& digest = asked.route.reference;
  if (asked.http.method != "GET" && asked.http.method != "HEAD") return unsupported();
  if (!container::is_digest(digest)) return ApiError("InvalidDigest", "This is no digest.");
  const std::optional<uint64_t> size = PAWL_TRY(registry_->records().blob(asked.name, digest));
  if (!size) return ApiError("LayerNotFound", "The repository has no blob " + digest + ".");
  const int file = open(registry_->blob_path(digest).c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return server_exception(std::string("a blob cannot be read: ") + strerror(errno));
  const std::optional<ByteRange> range = range_of(asked.http, *size);
  const ByteRange all = range.value_or(ByteRange{0, *size});
  HttpResponse out;
  out.status = range ? 206 : 200;
  out.headers = {{"Content-Type", "application/octet-stream"},
                 {"Docker-Content-Digest", digest},
                 {"Accept-Ranges", "bytes"},
                 {"ETag", "\"" + digest + "\""}};
  if (range) {
    out.headers.add("Content-Range", "bytes " + std::to_string(all.begin) + "-" +
                                         std::to_string(all.end - 1) + "/" + std::to_string(*size));
  }
  out.stream = std::make_shared<FileBody>(file, all.begin, all.end - all.begin);
  return Answered{std::move(out)};
}

DistributionSite::Outcome DistributionSite::answer_uploads(const Asked& asked) {
  if (asked.http.method != "POST") return unsupported();
  const aws::QueryParameters query = aws::parse_query(asked.http.query);
  const std::string mounted = text_in(query, "mount");
  if (!mounted.empty()) {
    if (!container::is_digest(mounted)) return ApiError("InvalidDigest", "This is no digest.");
    const std::string from = text_in(query, "from");
    const ApiResult<RepositoryName> source = repository_of(asked.name.scope(), from);
    if (source && PAWL_TRY(registry_->mount(*source, asked.name, mounted))) {
      return Answered{{201,
                       {{"Location", blob_location(asked.route.name, mounted)},
                        {"Docker-Content-Digest", mounted}},
                       {}},
                      true};
    }
  }
  return begin_upload(asked);
}

DistributionSite::Outcome DistributionSite::begin_upload(const Asked& asked) {
  const std::string digest = text_in(aws::parse_query(asked.http.query), "digest");
  const std::string id = PAWL_TRY(registry_->begin_upload(asked.name));
  if (digest.empty()) {
    return Answered{upload_response(202, asked.route.name, id, 0), true};
  }
  Outcome finished = finish_upload(asked, id, digest);
  if (!finished) static_cast<void>(registry_->cancel_upload(asked.name, id));
  return finished;
}

DistributionSite::Outcome DistributionSite::finish_upload(const Asked& asked, const std::string& id,
                                                          const std::string& digest) {
  if (!container::is_digest(digest)) return ApiError("InvalidDigest", "This is no digest.");
  if (asked.http.stream || !asked.http.body.empty()) {
    const auto offset = PAWL_TRY(chunk_offset(asked.http));
    PAWL_TRY(registry_->append(asked.name, id, offset, asked.http.body, asked.http.stream.get()));
  }
  PAWL_TRY(registry_->finish_upload(asked.name, id, digest));
  return Answered{
      {201,
       {{"Location", blob_location(asked.route.name, digest)}, {"Docker-Content-Digest", digest}},
       {}},
      true};
}

DistributionSite::Outcome DistributionSite::answer_upload(const Asked& asked) {
  const std::string& id = asked.route.reference;
  const std::string& method = asked.http.method;
  if (method == "PATCH") {
    const auto offset = PAWL_TRY(chunk_offset(asked.http));
    ApiResult<uint64_t> size =
        registry_->append(asked.name, id, offset, asked.http.body, asked.http.stream.get());
    if (!size && size.error().code == "InvalidLayerPartException") {
      const ApiResult<uint64_t> there = registry_->upload_bytes(asked.name, id);
      if (there) return Answered{upload_response(416, asked.route.name, id, *there)};
    }
    return Answered{upload_response(202, asked.route.name, id, PAWL_TRY(std::move(size)))};
  }
  if (method == "PUT") {
    return finish_upload(asked, id, text_in(aws::parse_query(asked.http.query), "digest"));
  }
  if (method == "GET" || method == "HEAD") {
    const uint64_t size = PAWL_TRY(registry_->upload_bytes(asked.name, id));
    return Answered{upload_response(204, asked.route.name, id, size)};
  }
  if (method != "DELETE") return unsupported();
  PAWL_TRY_VOID(registry_->cancel_upload(asked.name, id));
  return Answered{{204, {}, {}}, true};
}

}  // namespace pawl::ecr
