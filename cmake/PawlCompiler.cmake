# SPDX-License-Identifier: Apache-2.0
# Language level, warnings and the compiler cache. Sanitizers come from the presets (PAWL_SANITIZE).
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS ON) # PAWL_TRY is a GNU statement expression
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# Where there is a ccache it finds again what another checkout compiled, which a precompiled header would prevent;
# where there is none, such a header saves a third of the time.
find_program(PAWL_CCACHE ccache)
if(PAWL_CCACHE AND NOT DEFINED ENV{CCACHE_DISABLE})
  set(CMAKE_CXX_COMPILER_LAUNCHER "${PAWL_CCACHE}")
  set(PAWL_HAS_CACHE ON)
else()
  set(PAWL_HAS_CACHE OFF)
endif()
if(PAWL_HAS_CACHE OR PAWL_FUZZ)
  option(PAWL_PRECOMPILE "Compile with precompiled headers" OFF)
else()
  option(PAWL_PRECOMPILE "Compile with precompiled headers" ON)
endif()

set(PAWL_SANITIZE "" CACHE STRING "Sanitizers for every target, for example address,undefined")
add_compile_options(-Wall -Wextra -Wshadow -Wnon-virtual-dtor -Werror=return-type)
if(PAWL_SANITIZE)
  add_compile_options(-fsanitize=${PAWL_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${PAWL_SANITIZE})
endif()

# Dozens of test programs are linked, and binutils' other linker needs half the time. The program that people get has the usual one.
find_program(PAWL_GOLD ld.gold)
if(PAWL_GOLD AND CMAKE_BUILD_TYPE STREQUAL Debug AND NOT PAWL_SANITIZE)
  add_link_options(-fuse-ld=gold)
endif()
