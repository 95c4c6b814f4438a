// SPDX-License-Identifier: Apache-2.0
#include "services/lambda/function_config.h"

#include <array>
#include <filesystem>
#include <optional>
#include <utility>

namespace pawl::lambda {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::pair<std::string_view, Runtime>, 4> kSuffixes = {{
    {".py", Runtime::Python},
    {".js", Runtime::NodeJs},
    {".mjs", Runtime::NodeJs},
    {".cjs", Runtime::NodeJs},
}};

std::optional<Runtime> runtime_of(const fs::path& file) {
  for (const auto& [suffix, runtime] : kSuffixes) {
    if (file.extension() == suffix) return runtime;
  }
  return std::nullopt;
}

/// The file that "module" of a folder stands for.
std::optional<fs::path> module_file(const fs::path& folder, std::string_view module) {
  for (const auto& [suffix, runtime] : kSuffixes) {
    fs::path file = folder / (std::string(module) + std::string(suffix));
    if (fs::is_regular_file(file)) return file;
  }
  return std::nullopt;
}

}  // namespace

Runtime runtime_named(std::string_view name) {
  if (name.starts_with("python")) return Runtime::Python;
  return name.starts_with("nodejs") ? Runtime::NodeJs : Runtime::Provided;
}

std::string FunctionConfig::arn() const {
  return "arn:aws:lambda:" + region + ":" + account + ":function:" + name;
}

base::Result<FunctionConfig> parse_function_option(std::string_view option) {
  const size_t equals = option.find('=');
  const size_t colon = option.rfind(':');
  if (equals == std::string_view::npos || equals == 0 || colon == std::string_view::npos ||
      colon <= equals + 1 || colon + 1 == option.size()) {
    return base::Error(base::ErrorKind::InvalidSyntax,
                       "'" + std::string(option) + "' is not of the form NAME=PATH:HANDLER");
  }
  FunctionConfig config;
  config.name = option.substr(0, equals);
  const fs::path path(std::string(option.substr(equals + 1, colon - equals - 1)));
  const std::string handler(option.substr(colon + 1));
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    const size_t dot = handler.rfind('.');
    const auto file =
        dot == std::string::npos ? std::nullopt : module_file(path, handler.substr(0, dot));
    if (!file) {
      return base::Error(base::ErrorKind::NotFound, "function " + config.name +
                                                        ": no module for the handler '" + handler +
                                                        "' in " + path.string());
    }
    config.runtime = *runtime_of(*file);
    config.folder = fs::absolute(path).lexically_normal().string();
    config.handler = handler;
    return config;
  }
  if (!fs::is_regular_file(path, ignored)) {
    return base::Error(base::ErrorKind::NotFound,
                       "function " + config.name + ": no such file: " + path.string());
  }
  const std::optional<Runtime> runtime = runtime_of(path);
  if (!runtime) {
    return base::Error(
        base::ErrorKind::InvalidSyntax,
        "function " + config.name + ": " + path.string() + " is no .py, .js, .mjs or .cjs file");
  }
  config.runtime = *runtime;
  config.folder = fs::absolute(path).lexically_normal().parent_path().string();
  config.handler = path.stem().string() + "." + handler;
  return config;
}

}  // namespace pawl::lambda
