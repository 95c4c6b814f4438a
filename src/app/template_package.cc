// SPDX-License-Identifier: Apache-2.0
// The resources and properties are those of the AWS CLI's artifact exporter and of AWS SAM.
#include "app/template_package.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "app/folder_zip.h"
#include "app/python_requirements.h"
#include "app/text_file.h"
#include "base/bytes.h"
#include "formation/template_text.h"
#include "json/members.h"
#include "json/write.h"

namespace pawl::app {
namespace {

namespace fs = std::filesystem;
using json::Value;

constexpr size_t kFileBytesMax = size_t{250} << 20;
constexpr int kNestingMax = 10;

/// How a property names an object of S3.
enum class Form { Uri, CodeMap, PlaceMap, TemplateUrl };

struct ArtifactProperty {
  std::string_view type;
  std::string_view property;
  Form form;
  bool is_code = false;            ///< a folder or file that goes as a ZIP archive
  bool folder_if_missing = false;  ///< not given: the template's own folder
};

constexpr ArtifactProperty kProperties[] = {
    {"AWS::Serverless::Function", "CodeUri", Form::Uri, true, true},
    {"AWS::Serverless::LayerVersion", "ContentUri", Form::Uri, true},
    {"AWS::Serverless::Api", "DefinitionUri", Form::Uri},
    {"AWS::Serverless::HttpApi", "DefinitionUri", Form::Uri},
    {"AWS::Serverless::StateMachine", "DefinitionUri", Form::Uri},
    {"AWS::Serverless::Application", "Location", Form::TemplateUrl},
    {"AWS::Lambda::Function", "Code", Form::CodeMap, true},
    {"AWS::Lambda::LayerVersion", "Content", Form::CodeMap, true},
    {"AWS::ApiGateway::RestApi", "BodyS3Location", Form::PlaceMap},
    {"AWS::ApiGatewayV2::Api", "BodyS3Location", Form::PlaceMap},
    {"AWS::StepFunctions::StateMachine", "DefinitionS3Location", Form::PlaceMap},
    {"AWS::CloudFormation::Stack", "TemplateURL", Form::TemplateUrl},
    {"AWS::CloudFormation::StackSet", "TemplateURL", Form::TemplateUrl}};

bool is_remote(std::string_view text) {
  return text.starts_with("s3://") || text.starts_with("http://") || text.starts_with("https://") ||
         text.starts_with("{{resolve:");
}

bool is_local(const Value* value) {
  return value != nullptr && value->is_string() && !is_remote(value->as_string());
}

class Packager {
 public:
  Packager(ArtifactStore& store, const std::function<void(const std::string&)>& say)
      : store_(store), say_(say) {}

  base::Result<PackagedTemplate> package(const std::string& path, int depth);

 private:
  base::Result<Value> resource(const std::string& id, const Value& declared);
  base::Result<Value> globals(const Value& globals);
  base::Result<std::optional<Value>> property(const std::string& id, const Value& properties,
                                              const ArtifactProperty& artifact);
  base::Result<Value> includes(const Value& node);
  base::Result<StoredArtifact> store_code(const std::string& path, const std::string& runtime);
  base::Result<StoredArtifact> store_file(const std::string& path);
  base::Result<StoredArtifact> store_template(const std::string& path);
  std::string resolved(std::string_view path) const {
    return fs::path(path).is_absolute() ? std::string(path)
                                        : (folder_ / path).lexically_normal().string();
  }

  ArtifactStore& store_;
  const std::function<void(const std::string&)>& say_;
  fs::path folder_ = {};      ///< of the template that is read
  std::string runtime_ = {};  ///< of functions that say none
  bool changed_ = false;
  int depth_ = 0;
};

std::string content_name(const std::string& bytes, const std::string& extension) {
  return base::hex_encode(base::digest(base::DigestAlgorithm::Sha256, bytes)).substr(0, 32) +
         extension;
}

base::Result<StoredArtifact> Packager::store_file(const std::string& path) {
  const std::string bytes = PAWL_TRY(read_text_file(path, kFileBytesMax));
  return store_.put(content_name(bytes, fs::path(path).extension().string()), bytes);
}

base::Result<StoredArtifact> Packager::store_code(const std::string& path,
                                                  const std::string& runtime) {
  const bool is_archive =
      fs::path(path).extension() == ".zip" || fs::path(path).extension() == ".jar";
  if (is_archive && fs::is_regular_file(path)) return store_file(path);
  std::string folder = path;
  std::optional<BuiltFolder> built;
  if (runtime.starts_with("python") && has_python_requirements(path)) {
    say_("installing " + path + "/requirements.txt");
    built.emplace(PAWL_TRY(build_python_folder(path, runtime)));
    folder = built->path();
  }
  const FolderZip zip = PAWL_TRY(zip_folder(folder));
  return store_.put(zip.digest.substr(0, 32) + ".zip", zip.bytes);
}

base::Result<StoredArtifact> Packager::store_template(const std::string& path) {
  const fs::path folder = folder_;
  const std::string runtime = runtime_;
  const bool changed = changed_;
  const PackagedTemplate nested = PAWL_TRY(package(path, depth_ + 1));
  folder_ = folder;
  runtime_ = runtime;
  changed_ = changed;
  --depth_;
  const std::string text = json::write(nested.value);
  return store_.put(content_name(text, ".template"), text);
}

base::Result<std::optional<Value>> Packager::property(const std::string& id,
                                                      const Value& properties,
                                                      const ArtifactProperty& artifact) {
  const Value* given = json::member_of(properties, artifact.property);
  const bool own_folder = given == nullptr && artifact.folder_if_missing &&
                          json::member_of(properties, "InlineCode") == nullptr &&
                          json::text_member(properties, "PackageType") != "Image";
  if (!own_folder && !is_local(given)) return std::optional<Value>();
  const std::string path = own_folder ? folder_.string() : resolved(given->as_string());
  if (!fs::exists(path))
    return base::Error(base::ErrorKind::NotFound,
                       "Parameter " + std::string(artifact.property) + " of resource " + id +
                           " refers to a file or folder that does not exist " + path);
  const std::string own_runtime = json::text_member(properties, "Runtime");
  const std::string runtime = own_runtime.empty() ? runtime_ : own_runtime;
  const StoredArtifact stored = PAWL_TRY(artifact.form == Form::TemplateUrl ? store_template(path)
                                         : artifact.is_code ? store_code(path, runtime)
                                                            : store_file(path));
  changed_ = true;
  json::ObjectBuilder map;
  switch (artifact.form) {
    case Form::Uri: return std::optional<Value>(Value("s3://" + stored.bucket + "/" + stored.key));
    case Form::TemplateUrl: return std::optional<Value>(Value(store_.template_url(stored)));
    case Form::CodeMap:
      map.set("S3Bucket", Value(stored.bucket)).set("S3Key", Value(stored.key));
      break;
    case Form::PlaceMap:
      map.set("Bucket", Value(stored.bucket)).set("Key", Value(stored.key));
      break;
  }
  return std::optional<Value>(std::move(map).build());
}

base::Result<Value> Packager::resource(const std::string& id, const Value& declared) {
  const std::string type = json::text_member(declared, "Type");
  Value properties = json::object_member(declared, "Properties");
  bool touched = false;
  for (const ArtifactProperty& artifact : kProperties) {
    if (artifact.type != type) continue;
    std::optional<Value> value = PAWL_TRY(property(id, properties, artifact));
    if (!value) continue;
    properties = properties.with_member(artifact.property, *std::move(value));
    touched = true;
  }
  return touched ? declared.with_member("Properties", properties) : declared;
}

/// CodeUri of Globals: of all functions that name none.
base::Result<Value> Packager::globals(const Value& section) {
  const Value function = json::object_member(section, "Function");
  runtime_ = json::text_member(function, "Runtime");
  if (!is_local(function.find("CodeUri"))) return section;
  const Value code = *PAWL_TRY(property("Globals.Function", function, kProperties[0]));
  return section.with_member("Function", function.with_member("CodeUri", code));
}

/// {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": FILE}}}, wherever it is.
base::Result<Value> Packager::includes(const Value& node) {
  if (node.is_array()) {
    std::vector<Value> items;
    for (const Value& item : node.items()) items.push_back(PAWL_TRY(includes(item)));
    return Value::array(std::move(items));
  }
  if (!node.is_object()) return node;
  json::ObjectBuilder object;
  for (const json::Member& member : node.members()) {
    Value value = PAWL_TRY(includes(member.value));
    const Value parameters = json::object_member(value, "Parameters");
    if ((member.name() == "Fn::Transform" || member.name() == "Transform") &&
        json::text_member(value, "Name") == "AWS::Include" &&
        is_local(parameters.find("Location"))) {
      const std::string path = resolved(json::text_member(parameters, "Location"));
      const StoredArtifact stored = PAWL_TRY(store_file(path));
      changed_ = true;
      value = value.with_member(
          "Parameters",
          parameters.with_member("Location", Value("s3://" + stored.bucket + "/" + stored.key)));
    }
    object.set(member.key, std::move(value));
  }
  return std::move(object).build();
}

base::Result<PackagedTemplate> Packager::package(const std::string& path, int depth) {
  if (depth > kNestingMax)
    return base::Error(base::ErrorKind::LimitExceeded, path + ": templates nest too deep");
  depth_ = depth;
  const std::string text = PAWL_TRY(read_text_file(path, formation::kTemplateObjectBytesMax));
  formation::ReadOptions options;
  options.aliases = true;
  const base::Result<Value> read = formation::read_template(text, options);
  if (!read) return base::Error(read.error().kind, path + ": " + read.error().message);
  folder_ = fs::absolute(path).parent_path();
  runtime_.clear();
  Value value = PAWL_TRY(includes(*read));
  const Value section = json::object_member(value, "Globals");
  if (section.size() > 0) value = value.with_member("Globals", PAWL_TRY(globals(section)));
  const bool global_code = json::has_member(json::object_member(section, "Function"), "CodeUri");
  json::ObjectBuilder resources;
  const Value declared = json::object_member(value, "Resources");
  for (const json::Member& member : declared.members()) {
    const bool inherits =
        global_code &&
        !json::has_member(json::object_member(member.value, "Properties"), "CodeUri") &&
        json::text_member(member.value, "Type") == "AWS::Serverless::Function";
    resources.set(member.key, inherits
                                  ? member.value
                                  : PAWL_TRY(resource(std::string(member.name()), member.value)));
  }
  if (value.find("Resources") != nullptr && declared.size() > 0)
    value = value.with_member("Resources", std::move(resources).build());
  return PackagedTemplate{std::move(value), changed_};
}

}  // namespace

base::Result<PackagedTemplate> package_template(
    const std::string& path, ArtifactStore& store,
    const std::function<void(const std::string&)>& say) {
  return Packager(store, say).package(path, 0);
}

}  // namespace pawl::app
