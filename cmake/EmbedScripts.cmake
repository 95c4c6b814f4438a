# SPDX-License-Identifier: Apache-2.0
# cmake -DOUT=file.cc -DPYTHON=… -DNODE=… -P EmbedScripts.cmake: the bootstrap scripts as raw string literals.
file(READ "${PYTHON}" python)
file(READ "${NODE}" node)
file(WRITE "${OUT}" "#include \"services/lambda/bootstrap_scripts.h\"
namespace pawl::lambda {
const char kPythonBootstrap[] = R\"PAWL(${python})PAWL\";
const char kNodeBootstrap[] = R\"PAWL(${node})PAWL\";
}  // namespace pawl::lambda
")
