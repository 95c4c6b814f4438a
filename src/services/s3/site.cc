// SPDX-License-Identifier: Apache-2.0
#include "services/s3/site.h"

#include <algorithm>

#include "aws/protocol/xml_element.h"
#include "aws/service/request_router.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/s3/acl.h"
#include "services/s3/cors.h"
#include "services/s3/errors.h"
#include "services/s3/form_reader.h"
#include "services/s3/header_text.h"
#include "services/s3/incoming_body.h"
#include "services/s3/input.h"
#include "services/s3/object_attributes.h"
#include "services/s3/post_policy.h"
#include "services/s3/request_context.h"
#include "services/s3/tags.h"

namespace pawl::s3 {
namespace {

using aws::ApiResult;
using aws::HttpRequest;
using aws::HttpResponse;

/// By host or path; "" if there is none.
std::string bucket_of(const HttpRequest& request) {
  if (const auto name = aws::virtual_bucket(request.headers.get("Host")); !name.empty()) {
    return std::string(name);
  }
  std::string_view path = request.path;
  if (path.starts_with('/')) path.remove_prefix(1);
  return aws::uri_decode(path.substr(0, path.find('/')));
}

/// A form is posted to the bucket itself.
bool is_form(const HttpRequest& request) {
  if (request.method != "POST" || !request.query.empty() ||
      !request.headers.get("Content-Type").starts_with("multipart/form-data")) {
    return false;
  }
  std::string_view rest = request.path;
  if (aws::virtual_bucket(request.headers.get("Host")).empty()) {
    if (rest.starts_with('/')) rest.remove_prefix(1);
    rest.remove_prefix(std::min(rest.find('/'), rest.size()));
  }
  return rest.empty() || rest == "/";
}

HttpResponse error_response(const aws::ApiError& error) {
  aws::XmlWriter out("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
  out.open("Error");
  out.element("Code", error.code);
  out.element("Message", error.message.value_or(""));
  for (const json::Member& member : error.members.members()) {
    if (member.value.is_string()) out.element(member.name(), member.value.as_string());
  }
  out.close("Error");
  HttpResponse response;
  response.status = error.status;
  response.headers.set("Content-Type", "application/xml");
  response.body = std::move(out).take();
  return response;
}

std::string field_of(const Pairs& fields, std::string_view name) {
  const std::string* found = find_pair(fields, name);
  return found == nullptr ? std::string() : *found;
}

/// The fields of a form as those of PutObject: system headers, metadata, tags, access.
ApiResult<Attributes> attributes_of(const Storage& storage, const Bucket& bucket,
                                    const Pairs& fields) {
  Attributes attributes;
  static constexpr std::string_view kHeaders[] = {"Content-Type",
                                                  "Cache-Control",
                                                  "Content-Disposition",
                                                  "Content-Encoding",
                                                  "Content-Language",
                                                  "Expires",
                                                  "x-amz-website-redirect-location"};
  for (const std::string_view header : kHeaders) {
    std::string text = field_of(fields, aws::lower_ascii(header));
    if (text.empty() && header == "Content-Type") text = "binary/octet-stream";
    if (!text.empty()) attributes.headers.emplace_back(header, std::move(text));
  }
  constexpr std::string_view kMetadata = "x-amz-meta-";
  for (const auto& [name, value] : fields) {
    if (name.starts_with(kMetadata)) {
      attributes.metadata.emplace_back(name.substr(kMetadata.size()), decode_header_word(value));
    }
  }
  std::sort(attributes.metadata.begin(), attributes.metadata.end());
  if (const std::string text = field_of(fields, "x-amz-storage-class"); !text.empty()) {
    attributes.storage_class = text;
  }
  if (const std::string text = field_of(fields, "tagging"); !text.empty()) {
    const aws::XmlElement tagging = PAWL_TRY(aws::parse_xml(text));
    const aws::XmlElement* set = tagging.find("TagSet");
    if (set == nullptr) return malformed_xml();
    std::vector<json::Value> tags;
    for (const aws::XmlElement& tag : set->children) {
      json::ObjectBuilder one;
      for (const aws::XmlElement& part : tag.children) one.set(part.name, json::Value(part.text));
      tags.push_back(std::move(one).build());
    }
    attributes.tags = PAWL_TRY(read_tags(tags, TagOwner::Object));
  }
  if (const std::string text = field_of(fields, "acl"); !text.empty()) {
    json::ObjectBuilder input;
    input.set("ACL", json::Value(text));
    const json::Value acl = PAWL_TRY(read_acl(std::move(input).build(), bucket.account, false));
    PAWL_TRY_VOID(check_acl_allowed(storage, bucket, acl));
    attributes.acl = json::write(acl);
  }
  return attributes;
}

/// success_action_redirect, success_action_status.
HttpResponse posted(const ObjectVersion& version, const Pairs& fields, std::string_view host) {
  HttpResponse response;
  response.status = 204;
  const std::string location = "http://" + std::string(host) + "/" + version.bucket + "/" +
                               aws::uri_encode(version.key, "/");
  response.headers.set("ETag", quoted(version.etag));
  response.headers.set("Location", location);
  if (!version.is_null_version()) response.headers.set("x-amz-version-id", version.version_id);
  std::string redirect = field_of(fields, "success_action_redirect");
  if (redirect.empty()) redirect = field_of(fields, "redirect");
  if (!redirect.empty()) {
    response.status = 303;
    redirect += redirect.find('?') == std::string::npos ? '?' : '&';
    redirect += aws::write_query(
        {{"bucket", version.bucket}, {"key", version.key}, {"etag", quoted(version.etag)}});
    response.headers.set("Location", redirect);
    return response;
  }
  const std::string status = field_of(fields, "success_action_status");
  if (status == "200") response.status = 200;
  if (status != "201") return response;
  response.status = 201;
  response.headers.set("Content-Type", "application/xml");
  aws::XmlWriter out("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
  out.open("PostResponse");
  out.element("Location", location);
  out.element("Bucket", version.bucket);
  out.element("Key", version.key);
  out.element("ETag", quoted(version.etag));
  out.close("PostResponse");
  response.body = std::move(out).take();
  return response;
}

}  // namespace

bool S3Site::serves(const HttpRequest& request) const {
  if (is_form(request)) {
    // Forms are posted to functions, too.
    const std::string name = bucket_of(request);
    if (name.empty()) return false;
    const auto bucket = storage_.metadata().find_bucket(name);
    return bucket && *bucket;
  }
  if (request.method != "OPTIONS" || !request.headers.has("Origin")) return false;
  const auto rules = storage_.metadata().configuration(bucket_of(request), "cors");
  return rules && *rules;
}

bool S3Site::allows_origin(const HttpRequest& request) const {
  const auto rules = storage_.metadata().configuration(bucket_of(request), "cors");
  if (!rules || !*rules) return false;
  if (request.method == "OPTIONS") return true;  // serve() says yes or no
  const auto configuration = json::parse(**rules);
  return configuration &&
         cors_headers(*configuration, request.headers.get("Origin"), request.method, "");
}

void S3Site::serve(const HttpRequest& request, Answer answer) {
  if (request.method == "OPTIONS") return answer(preflight(request));
  storage_.loop().work([this, &request, answer = std::move(answer)] {
    auto response = post(request);
    if (!response) return answer(error_response(response.error()));
    storage_.syncs().after_sync([answer, response = std::move(*response)] { answer(response); });
  });
}

HttpResponse S3Site::preflight(const HttpRequest& request) const {
  const auto rules = storage_.metadata().configuration(bucket_of(request), "cors");
  const auto configuration = rules && *rules ? json::parse(**rules) : json::parse("");
  const auto headers = configuration
                           ? cors_headers(*configuration, request.headers.get("Origin"),
                                          request.headers.get("Access-Control-Request-Method"),
                                          request.headers.get("Access-Control-Request-Headers"))
                           : std::nullopt;
  if (!headers) {
    return error_response(
        error("AccessForbidden",
              "CORSResponse: This CORS request is not allowed. This is usually because the "
              "evalution of Origin, request method / Access-Control-Request-Method or "
              "Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
              403,
              {{"Method", request.headers.get("Access-Control-Request-Method")},
               {"ResourceType", "OBJECT"}}));
  }
  HttpResponse response;
  response.headers = *headers;
  return response;
}

ApiResult<HttpResponse> S3Site::post(const HttpRequest& request) {
  if (!takes_forms_) return access_denied();
  const Bucket bucket = PAWL_TRY(storage_.bucket(bucket_of(request)));
  Intake intake(storage_.contents(), std::nullopt, ChecksumAlgorithm::Crc64Nvme);
  FormReader form(request.headers.get("Content-Type"),
                  [&](std::string_view bytes) { return intake.take(bytes); });
  const auto feed = [&](std::string_view bytes) { return form.feed(bytes); };
  if (request.stream) {
    PAWL_TRY_VOID(feed_source(*request.stream, feed));
  } else {
    PAWL_TRY_VOID(feed(request.body));
  }
  PAWL_TRY_VOID(form.finish());
  Pairs fields = form.fields();
  if (!form.has_file()) {
    return invalid_argument("POST requires exactly one file upload per request.", "file", "0");
  }
  std::string key = field_of(fields, "key");
  if (key.empty()) {
    return invalid_argument(
        "Bucket POST must contain a field named 'key'.  If it is specified, please check the order "
        "of the fields.",
        "key", "");
  }
  constexpr std::string_view kFileName = "${filename}";
  if (const size_t at = key.find(kFileName); at != std::string::npos) {
    key.replace(at, kFileName.size(), form.file_name());
  }
  PAWL_TRY_VOID(check_key(key));
  fields.emplace_back("bucket", bucket.name);
  const std::string policy = field_of(fields, "policy");
  if (!policy.empty()) {
    PAWL_TRY_VOID(check_post_policy(policy, fields, intake.size(), storage_.now()));
  }
  Draft draft;
  draft.version.bucket = bucket.name;
  draft.version.key = key;
  draft.version.account = bucket.account;
  draft.version.attributes = PAWL_TRY(attributes_of(storage_, bucket, fields));
  ReceivedBody body = PAWL_TRY(intake.finish());
  draft.version.size = body.content.content().size;
  draft.version.etag = etag_of(body.md5, draft.version.attributes.encryption);
  draft.version.checksum = {"CRC64NVME", body.wished, false};
  draft.version.pieces.push_back({body.content.content(), 0, ""});
  draft.contents.push_back(std::move(body.content));
  draft.event = "ObjectCreated:Post";
  draft.origin.account = bucket.account;
  draft.origin.reason = "POST Object";
  const ObjectVersion version = PAWL_TRY(storage_.put(std::move(draft), {}));
  return posted(version, fields, request.headers.get("Host"));
}

}  // namespace pawl::s3
