// SPDX-License-Identifier: Apache-2.0
// ASL "Parallel State".
#include <utility>

#include "asl/compiler.h"

namespace pawl::asl {
namespace {

constexpr std::string_view kBranchFields[] = {"StartAt", "States", "Comment", "ProcessorConfig"};

}  // namespace

void StateCompiler::compile_parallel() {
  ParallelState parallel;
  compile_next();
  compile_io_paths();
  state.assign = compile_assign(fields);
  parallel.arguments = compile_expressions(fields, "Arguments");
  if (!is_jsonata()) parallel.parameters = fields.payload_template("Parameters");
  fields.require({"Branches"});
  for (const Fields& branch : fields.objects("Branches", true)) {
    branch.check_names(kBranchFields);
    branch.require({"States", "StartAt"});
    // "QueryLanguage" of this state is not inherited: the machine's is.
    parallel.branches.push_back(compiler.compile_scope(branch, {.type = compiler.type_}));
  }
  compile_result_fields(parallel.result_selector);
  state.detail = std::move(parallel);
}

}  // namespace pawl::asl
