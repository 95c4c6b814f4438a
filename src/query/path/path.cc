// SPDX-License-Identifier: Apache-2.0
#include "query/path/path.h"

#include <utility>

#include "query/path/program.h"

namespace pawl::query {
namespace {

/// The value at the path's root, or nullptr if it is not there.
const json::Value* root_value(const path::Program& program, const Bindings& bindings) {
  switch (program.root) {
    case PathRoot::Input: return bindings.input;
    case PathRoot::Context:
      return bindings.context != nullptr ? &bindings.context->value() : nullptr;
    case PathRoot::Variable:
      return bindings.variables != nullptr ? bindings.variables->find(program.variable) : nullptr;
  }
  return nullptr;
}

}  // namespace

base::Result<Path> Path::compile(std::string_view text) {
  if (text.starts_with('@')) {
    return base::Error(base::ErrorKind::InvalidSyntax, "A path must start with '$'.", {1, 1});
  }
  return Path(PAWL_TRY(path::compile_program(text)));
}

PathRoot Path::root() const { return program_->root; }
const std::string& Path::variable() const { return program_->variable; }
const std::string& Path::text() const { return program_->text; }
bool Path::is_root_only() const { return program_->segments.empty() && !program_->function; }
bool Path::is_definite() const { return program_->definite; }
bool Path::has_function() const { return program_->function.has_value(); }

base::Result<json::Value> Path::evaluate(const Bindings& bindings) const {
  const json::Value* root = root_value(*program_, bindings);
  if (root == nullptr) {
    const bool is_variable = program_->root == PathRoot::Variable;
    return base::Error(base::ErrorKind::PathNotFound,
                       is_variable ? "The variable '" + program_->variable + "' is not defined"
                                   : "The Context Object is not available here");
  }
  return path::evaluate(*program_, *root, {root});
}

const json::Value* Path::find(const Bindings& bindings) const {
  const json::Value* root = root_value(*program_, bindings);
  return root == nullptr ? nullptr : path::find_definite(*program_, *root);
}

}  // namespace pawl::query
