# SPDX-License-Identifier: Apache-2.0
# cmake -DOUT=file.cc -DMODELS=folder -P EmbedModels.cmake: models/SERVICE/{catch-up,overlay}.json as raw string
# literals, sorted, a service's catch-up before its overlay.
file(GLOB files "${MODELS}/*/catch-up.json" "${MODELS}/*/overlay.json")
list(SORT files)
set(entries "")
foreach(file IN LISTS files)
  get_filename_component(folder "${file}" DIRECTORY)
  get_filename_component(service "${folder}" NAME)
  file(READ "${file}" text)
  string(APPEND entries "    {\"${service}\", R\"PAWL(${text})PAWL\"},\n")
endforeach()
file(WRITE "${OUT}" "#include \"aws/model/embedded_patches.h\"
namespace pawl::aws {
namespace {
constexpr EmbeddedPatch kPatches[] = {
${entries}};
}  // namespace
std::span<const EmbeddedPatch> embedded_patches() { return kPatches; }
}  // namespace pawl::aws
")
