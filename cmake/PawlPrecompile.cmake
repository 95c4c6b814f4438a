# SPDX-License-Identifier: Apache-2.0
# pawl_precompile(TARGET): if PAWL_PRECOMPILE, TARGET's files begin with headers that are compiled once. Every file
# includes what it needs all the same. pawl_compile_as_test(TARGET): the same for what links GoogleTest, without optimization.
function(pawl_precompiled_headers name)
  file(WRITE "${CMAKE_BINARY_DIR}/${name}.cc" "")
  add_library(${name} OBJECT "${CMAKE_BINARY_DIR}/${name}.cc")
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/src")
  target_precompile_headers(${name} PRIVATE
    <algorithm> <chrono> <functional> <map> <memory> <mutex> <optional> <string> <string_view> <unordered_map> <vector>
    "${PROJECT_SOURCE_DIR}/src/base/error.h" "${PROJECT_SOURCE_DIR}/src/json/value.h"
    "${PROJECT_SOURCE_DIR}/src/aws/service/action_table.h" "${PROJECT_SOURCE_DIR}/src/aws/service/caller.h"
    "${PROJECT_SOURCE_DIR}/src/store/store.h" ${ARGN})
endfunction()

if(PAWL_PRECOMPILE)
  pawl_precompiled_headers(pawl_headers)
endif()
if(PAWL_PRECOMPILE AND PAWL_TESTS)
  find_package(GTest REQUIRED)
  pawl_precompiled_headers(pawl_test_headers <gtest/gtest.h> "${PROJECT_SOURCE_DIR}/src/json/parse.h")
  target_link_libraries(pawl_test_headers PRIVATE GTest::gtest)
  if(CMAKE_BUILD_TYPE STREQUAL Debug)
    target_compile_options(pawl_test_headers PRIVATE -O0)
  endif()
endif()

function(pawl_precompile target)
  if(PAWL_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM pawl_headers)
  endif()
endfunction()

function(pawl_compile_as_test target)
  if(CMAKE_BUILD_TYPE STREQUAL Debug)
    # What is tested is optimized; what tests it is compiled once and run for milliseconds.
    target_compile_options(${target} PRIVATE -O0)
  endif()
  if(PAWL_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM pawl_test_headers)
  endif()
endfunction()
