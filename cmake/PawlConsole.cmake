# SPDX-License-Identifier: Apache-2.0
# pawl_console_site: the pages of console/ as a library that only the program links, built by npm and Vite if this machine has them.
# All presets share one build of the pages: they do not depend on compilers.
option(PAWL_CONSOLE "Build the console's pages into the program, if Node.js 18 and npm are there" ON)

function(pawl_console_site)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  set(console "${PROJECT_SOURCE_DIR}/console")
  set(out "${CMAKE_BINARY_DIR}/console-site")
  string(FIND "${CMAKE_BINARY_DIR}" "${PROJECT_SOURCE_DIR}/build/" place)
  if(place EQUAL 0)
    set(out "${PROJECT_SOURCE_DIR}/build/console-site")
  endif()

  find_program(PAWL_NODE node)
  find_program(PAWL_NPM npm)
  mark_as_advanced(PAWL_NODE PAWL_NPM)
  set(none)
  if(NOT PAWL_CONSOLE)
    set(none "PAWL_CONSOLE is off")
  elseif(NOT PAWL_NODE OR NOT PAWL_NPM)
    set(none "there is no node or no npm")
  else()
    execute_process(COMMAND "${PAWL_NODE}" --version OUTPUT_VARIABLE version OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(NOT version MATCHES "^v([0-9]+)" OR CMAKE_MATCH_1 LESS 18)
      set(none "node ${version} is older than 18")
    endif()
  endif()

  set(inputs)
  set(arguments)
  if(none)
    message(STATUS "The console is left out: ${none}")
    set(arguments --none "${none}")
    set(out "${CMAKE_BINARY_DIR}/no-console-site")
  else()
    file(GLOB_RECURSE inputs CONFIGURE_DEPENDS "${console}/src/*" "${console}/public/*")
    list(FILTER inputs EXCLUDE REGEX "\\.test\\.tsx?$")
    list(APPEND inputs "${console}/index.html" "${console}/package.json" "${console}/package-lock.json" "${console}/tsconfig.json"
         "${console}/vite.config.ts")
  endif()
  add_custom_command(
    OUTPUT "${out}/embedded_site.cc" "${out}/site.pack"
    COMMAND Python3::Interpreter "${PROJECT_SOURCE_DIR}/tools/console_site.py" "${console}" "${out}" ${arguments}
    DEPENDS ${inputs} "${PROJECT_SOURCE_DIR}/tools/console_site.py"
    COMMENT "Pages of the console"
    VERBATIM)
  add_library(pawl_console_site STATIC "${out}/embedded_site.cc")
  set_source_files_properties("${out}/embedded_site.cc" PROPERTIES OBJECT_DEPENDS "${out}/site.pack")
  target_include_directories(pawl_console_site PRIVATE "${PROJECT_SOURCE_DIR}/src")
endfunction()
