// SPDX-License-Identifier: Apache-2.0
#include "container/image_manifest.h"

#include <sys/utsname.h>

#include "container/image_reference.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/value.h"

namespace pawl::container {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using json::Value;

constexpr size_t kManifestBytesMax = size_t{4} << 20;
constexpr size_t kDescriptorsMax = 2'048;
constexpr size_t kDepthMax = 32;

Error wrong(std::string_view what) {
  return Error(ErrorKind::InvalidSyntax, "the manifest is invalid: " + std::string(what));
}

Platform platform_of(const Value& object) {
  return {text_member(object, "os"), text_member(object, "architecture")};
}

Result<Descriptor> descriptor_of(const Value& object) {
  Descriptor out{text_member(object, "mediaType"), text_member(object, "digest")};
  if (!is_digest(out.digest)) return wrong("a digest is none");
  const Value* size = object.find("size");
  int64_t bytes = 0;
  if (size == nullptr || !size->is_number() || !size->to_int64(bytes) || bytes < 0) {
    return wrong("a size is missing");
  }
  out.size = static_cast<uint64_t>(bytes);
  if (const Value* platform = object.find("platform"); platform != nullptr) {
    out.platform = platform_of(*platform);
  }
  return out;
}

Result<std::vector<Descriptor>> descriptors_of(const Value& list) {
  if (!list.is_array()) return wrong("what should be a list is none");
  if (list.size() > kDescriptorsMax) {
    return Error(ErrorKind::LimitExceeded, "the manifest has too many parts");
  }
  std::vector<Descriptor> out;
  for (const Value& each : list.items()) {
    if (!each.is_object()) return wrong("a descriptor is no object");
    out.push_back(PAWL_TRY(descriptor_of(each)));
  }
  return out;
}

Result<Value> parse_object(std::string_view text) {
  Value value =
      PAWL_TRY(json::parse(text, {.depth_max = kDepthMax, .bytes_max = kManifestBytesMax}));
  if (!value.is_object()) return wrong("it is no JSON object");
  return value;
}

void read_process(const Value& process, ImageConfig& out) {
  out.entry_point = texts_member(process, "Entrypoint");
  out.command = texts_member(process, "Cmd");
  for (const std::string& variable : texts_member(process, "Env")) {
    const size_t equals = variable.find('=');
    if (equals == 0 || equals == std::string::npos) continue;
    out.environment.emplace_back(variable.substr(0, equals), variable.substr(equals + 1));
  }
  out.working_directory = text_member(process, "WorkingDir");
  out.user = text_member(process, "User");
  out.stop_signal = text_member(process, "StopSignal");
  if (const Value* volumes = process.find("Volumes"); volumes != nullptr && volumes->is_object()) {
    for (const json::Member& each : volumes->members()) {
      out.volumes.emplace_back(each.key.as_string());
    }
  }
  if (const Value* labels = process.find("Labels"); labels != nullptr && labels->is_object()) {
    for (const json::Member& each : labels->members()) {
      if (!each.value.is_string()) continue;
      out.labels.emplace_back(std::string(each.key.as_string()),
                              std::string(each.value.as_string()));
    }
  }
}

}  // namespace

Platform machine_platform() {
  utsname names{};
  uname(&names);
  const std::string_view machine = names.machine;
  Platform out;
  if (machine == "aarch64") out.architecture = "arm64";
  if (machine == "x86_64") out.architecture = "amd64";
  if (machine == "riscv64" || machine == "ppc64le" || machine == "s390x") {
    out.architecture = machine;
  }
  return out;
}

Result<ImageManifest> ImageManifest::parse(std::string_view text, std::string_view media_type) {
  const Value document = PAWL_TRY(parse_object(text));
  const Value* version = document.find("schemaVersion");
  int64_t number = 0;
  if (version == nullptr || !version->is_number() || !version->to_int64(number)) {
    return wrong("schemaVersion is missing");
  }
  if (number != 2) return Error(ErrorKind::Unsupported, "manifests of schema 1 are not taken");
  ImageManifest out;
  out.media_type = text_member(document, "mediaType");
  if (!out.media_type.empty() && !media_type.empty() && out.media_type != media_type) {
    return wrong("it says another media type than the request");
  }
  if (out.media_type.empty()) out.media_type = media_type;
  out.artifact_type = text_member(document, "artifactType");
  if (const Value* subject = document.find("subject"); subject != nullptr) {
    out.subject = text_member(*subject, "digest");
    if (!is_digest(out.subject)) return wrong("its subject has no digest");
  }
  const Value* manifests = document.find("manifests");
  const Value* config = document.find("config");
  // OCI "Image Manifest": a document that could be read as both is to be refused (CVE-2021-41190).
  if (manifests != nullptr && (config != nullptr || document.find("layers") != nullptr)) {
    return wrong("it is a manifest and an index at once");
  }
  if (manifests != nullptr) {
    out.is_index = true;
    if (out.media_type.empty()) out.media_type = kOciIndex;
    out.manifests = PAWL_TRY(descriptors_of(*manifests));
    return out;
  }
  if (out.media_type.empty()) out.media_type = kOciManifest;
  if (config == nullptr || !config->is_object()) return wrong("config is missing");
  out.config = PAWL_TRY(descriptor_of(*config));
  if (const Value* layers = document.find("layers"); layers != nullptr) {
    out.layers = PAWL_TRY(descriptors_of(*layers));
  }
  return out;
}

const Descriptor* ImageManifest::find(const Platform& platform) const {
  for (const Descriptor& each : manifests) {
    if (!each.platform || each.platform->os != platform.os) continue;
    if (each.platform->architecture == platform.architecture) return &each;
  }
  return nullptr;
}

Result<ImageConfig> ImageConfig::parse(std::string_view text) {
  const Value document = PAWL_TRY(parse_object(text));
  ImageConfig out;
  out.platform = platform_of(document);
  if (const Value* process = document.find("config"); process != nullptr && process->is_object()) {
    read_process(*process, out);
  }
  if (const Value* root = document.find("rootfs"); root != nullptr && root->is_object()) {
    out.diff_ids = texts_member(*root, "diff_ids");
  }
  return out;
}

}  // namespace pawl::container
