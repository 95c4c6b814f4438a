# SPDX-License-Identifier: Apache-2.0
# pawl_precompile(TARGET LAYER): if PAWL_PRECOMPILE, TARGET's files begin with headers that are compiled once; every file
# includes what it needs all the same. In the presets that test, services, the server, commands and the language of
# templates are not optimized: they wait for others, and are more than half of the build. pawl_compile_as_test(TARGET LAYER): the same for what links GoogleTest. What services, or executions, are made of comes before those layers only: none sees names from above.
set(PAWL_COMMON_HEADERS
  <algorithm> <chrono> <functional> <map> <memory> <mutex> <optional> <string> <string_view> <unordered_map> <vector>
  "${PROJECT_SOURCE_DIR}/src/base/error.h" "${PROJECT_SOURCE_DIR}/src/json/value.h")
set(PAWL_SERVICE_HEADERS
  "${PROJECT_SOURCE_DIR}/src/aws/service/action_table.h" "${PROJECT_SOURCE_DIR}/src/aws/service/caller.h"
  "${PROJECT_SOURCE_DIR}/src/store/store.h")
set(PAWL_EXECUTION_HEADERS "${PROJECT_SOURCE_DIR}/src/interpreter/step.h" "${PROJECT_SOURCE_DIR}/src/engine/ports.h")
set(PAWL_TEST_HEADERS <gtest/gtest.h> "${PROJECT_SOURCE_DIR}/src/json/parse.h")

function(pawl_precompiled_headers name)
  file(WRITE "${CMAKE_BINARY_DIR}/${name}.cc" "")
  add_library(${name} OBJECT "${CMAKE_BINARY_DIR}/${name}.cc")
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/src")
  target_precompile_headers(${name} PRIVATE ${ARGN})
  if(name MATCHES "_test_headers$")
    target_link_libraries(${name} PRIVATE GTest::gtest)
  endif()
  if(CMAKE_BUILD_TYPE STREQUAL Debug AND name MATCHES "_test_headers$|_services_headers$|_plain_headers$")
    target_compile_options(${name} PRIVATE -O0)
  endif()
endfunction()

if(PAWL_PRECOMPILE)
  pawl_precompiled_headers(pawl_headers ${PAWL_COMMON_HEADERS})
  pawl_precompiled_headers(pawl_plain_headers ${PAWL_COMMON_HEADERS})
  pawl_precompiled_headers(pawl_services_headers ${PAWL_COMMON_HEADERS} ${PAWL_SERVICE_HEADERS})
  pawl_precompiled_headers(pawl_executions_headers ${PAWL_COMMON_HEADERS} ${PAWL_EXECUTION_HEADERS})
endif()
if(PAWL_PRECOMPILE AND PAWL_TESTS)
  find_package(GTest REQUIRED)
  pawl_precompiled_headers(pawl_test_headers ${PAWL_COMMON_HEADERS} ${PAWL_TEST_HEADERS})
  pawl_precompiled_headers(pawl_services_test_headers ${PAWL_COMMON_HEADERS} ${PAWL_SERVICE_HEADERS} ${PAWL_TEST_HEADERS})
  pawl_precompiled_headers(pawl_executions_test_headers ${PAWL_COMMON_HEADERS} ${PAWL_EXECUTION_HEADERS} ${PAWL_TEST_HEADERS})
endif()

function(pawl_reuse_headers target layer kind)
  if(PAWL_PRECOMPILE AND layer MATCHES "^(engine|integration|services_states)$")
    target_precompile_headers(${target} REUSE_FROM pawl_executions_${kind})
  elseif(PAWL_PRECOMPILE AND layer MATCHES "^(services_.*|server)$")
    target_precompile_headers(${target} REUSE_FROM pawl_services_${kind})
  elseif(PAWL_PRECOMPILE AND layer MATCHES "^(app|formation)$" AND kind STREQUAL headers)
    target_precompile_headers(${target} REUSE_FROM pawl_plain_headers)
  elseif(PAWL_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM pawl_${kind})
  endif()
endfunction()

function(pawl_precompile target layer)
  if(CMAKE_BUILD_TYPE STREQUAL Debug AND layer MATCHES "^(services_.*|server|app|formation)$" AND NOT layer STREQUAL services_states)
    target_compile_options(${target} PRIVATE -O0)
  endif()
  pawl_reuse_headers(${target} ${layer} headers)
endfunction()

function(pawl_compile_as_test target layer)
  if(CMAKE_BUILD_TYPE STREQUAL Debug)
    # What is tested is optimized; what tests it is compiled once and run for milliseconds.
    target_compile_options(${target} PRIVATE -O0)
  endif()
  pawl_reuse_headers(${target} ${layer} test_headers)
endfunction()
