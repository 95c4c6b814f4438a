// SPDX-License-Identifier: Apache-2.0
// Directories of botocore's form. There are four hundred services in one: a directory is only
// listed when somebody asks for all of them.
#include "aws/model/model_catalog.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "aws/model/gunzip.h"
#include "aws/model/merge_patch.h"
#include "json/parse.h"

namespace pawl::aws {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using base::Result;
using json::Value;

constexpr size_t kModelBytesMax = 256 * 1'048'576;

std::vector<fs::path> subdirectories(const fs::path& directory) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->is_directory(error)) found.push_back(entry->path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

Result<std::string> read_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return Error(ErrorKind::Io, "cannot read " + file);
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

Result<Value> read_model(const std::string& file) {
  std::string text = PAWL_TRY(read_file(file));
  if (is_gzip(text)) text = PAWL_TRY(gunzip(text, kModelBytesMax));
  auto value = json::parse(text);
  if (!value) return Error(value.error().kind, file + ": " + value.error().message);
  return std::move(*value);
}

size_t operations_in(const Value& model) {
  const Value* operations = model.find("operations");
  return operations == nullptr ? 0 : operations->size();
}

/// True if the installed model has what a catch-up patch would bring: then it may be newer than it.
bool is_caught_up(const Value& model, const Value& patch) {
  const Value* shape = patch.find("unlessShape");
  const Value* shapes = model.find("shapes");
  return shape != nullptr && shape->is_string() && shapes != nullptr &&
         shapes->find(shape->as_string()) != nullptr;
}

/// An overlay refines shapes and operations; where an old model lacks one, there is nothing to
/// refine: what neither has a type nor an HTTP binding of its own is left out.
Value applicable(const Value& model, const Value& patch) {
  Value result = patch;
  for (const auto& [part, essential] :
       {std::pair("shapes", "type"), std::pair("operations", "http")}) {
    const Value* entries = patch.find(part);
    const Value* known = model.find(part);
    if (entries == nullptr || known == nullptr) continue;
    json::ObjectBuilder kept;
    for (const json::Member& entry : entries->members()) {
      if (known->find_key(entry.key) == nullptr && entry.value.find(essential) == nullptr) continue;
      kept.set(entry.key, entry.value);
    }
    result = result.with_member(part, std::move(kept).build());
  }
  return result;
}

}  // namespace

std::vector<std::string> botocore_directories(const std::vector<std::string>& python_roots) {
  std::vector<std::string> found;
  std::vector<std::string> roots = python_roots;
  roots.emplace_back("/usr/lib/python3/dist-packages");
  for (const std::string& root : roots) {
    std::error_code error;
    const fs::path data = fs::path(root) / "botocore" / "data";
    if (fs::is_directory(data, error) &&
        std::find(found.begin(), found.end(), data.string()) == found.end()) {
      found.push_back(data.string());
    }
  }
  return found;
}

ModelCatalog::ModelCatalog(ModelSearchPath path) : path_(std::move(path)) {}

/// The best first; none if no directory has the service.
std::vector<ModelCatalog::Candidate> ModelCatalog::candidates_of(
    const std::string& service_name) const {
  std::vector<Candidate> candidates;
  // A name is of one folder, here, not a path to somewhere else.
  if (service_name.starts_with('.') || service_name.find('/') != std::string::npos) return {};
  for (const std::string& directory : path_.directories) {
    for (const fs::path& version : subdirectories(fs::path(directory) / service_name)) {
      for (const char* name : {"service-2.json", "service-2.json.gz"}) {
        std::error_code error;
        const fs::path file = version / name;
        if (!fs::is_regular_file(file, error)) continue;
        candidates.push_back({version.filename().string(), file.string()});
        break;
      }
    }
  }
  std::stable_sort(
      candidates.begin(), candidates.end(),
      [](const Candidate& a, const Candidate& b) { return a.api_version > b.api_version; });
  return candidates;
}

Result<Value> ModelCatalog::newest_model(const std::vector<Candidate>& candidates) const {
  Value newest = PAWL_TRY(read_model(candidates.front().file));
  for (size_t i = 1; i < candidates.size(); ++i) {
    if (candidates[i].api_version != candidates.front().api_version) break;
    Value other = PAWL_TRY(read_model(candidates[i].file));
    if (operations_in(other) > operations_in(newest)) newest = std::move(other);
  }
  return newest;
}

Result<std::unique_ptr<const ServiceModel>> ModelCatalog::load(
    const std::string& service_name) const {
  const std::vector<Candidate> candidates = candidates_of(service_name);
  if (candidates.empty()) return Error(ErrorKind::NotFound, "no model of service " + service_name);
  Value model = PAWL_TRY(newest_model(candidates));
  const auto apply = [&model](const Value& patch) {
    if (!is_caught_up(model, patch)) model = merge_patch(model, applicable(model, patch));
  };
  for (const EmbeddedPatch& patch : path_.embedded_patches) {
    if (patch.service == service_name) apply(PAWL_TRY(json::parse(patch.text)));
  }
  for (const std::string& directory : path_.overlay_directories) {
    for (const char* name : {"catch-up.json", "overlay.json"}) {
      const fs::path file = fs::path(directory) / service_name / name;
      std::error_code error;
      if (!fs::is_regular_file(file, error)) continue;
      apply(PAWL_TRY(read_model(file.string())));
    }
  }
  return ServiceModel::compile(service_name, model);
}

Result<const ServiceModel*> ModelCatalog::find(std::string_view service_name) {
  Entry* entry = nullptr;
  {
    const std::lock_guard lock(mutex_);
    auto known = models_.find(service_name);
    if (known == models_.end()) {
      known = models_.emplace(std::string(service_name), std::make_unique<Entry>()).first;
    }
    entry = known->second.get();
  }
  // Different models are loaded at the same time: a server needs several when it starts.
  const std::lock_guard lock(entry->mutex);
  if (!entry->model) entry->model = PAWL_TRY(load(std::string(service_name)));
  return entry->model.get();
}

const std::vector<std::string>& ModelCatalog::service_names() const {
  std::call_once(listed_, [this] {
    std::set<std::string> names;
    for (const std::string& directory : path_.directories) {
      for (const fs::path& service : subdirectories(directory)) {
        std::string name = service.filename().string();
        if (!names.contains(name) && !candidates_of(name).empty()) names.insert(std::move(name));
      }
    }
    names_.assign(names.begin(), names.end());
  });
  return names_;
}

}  // namespace pawl::aws
