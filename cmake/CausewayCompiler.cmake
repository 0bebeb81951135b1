# Compiler settings that every target of the project shares.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # A precompiled header is told by its content, which is not read for each file again.
  set(CMAKE_CXX_COMPILER_LAUNCHER "env;CCACHE_SLOPPINESS=pch_defines,time_macros;CCACHE_INODECACHE=1;${CCACHE_PROGRAM}")
endif()

# Three times as fast as GNU ld, on programs of hundreds of MiB (sanitizers).
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  add_link_options(-fuse-ld=mold)
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Werror -Wshadow -Wnon-virtual-dtor -Wold-style-cast
                    -Woverloaded-virtual -Wno-missing-field-initializers -fno-omit-frame-pointer)
# GCC 12 reports false positives of these from inside libstdc++ and Boost once sanitizers or -O2 inline enough.
add_compile_options(-Wno-error=maybe-uninitialized -Wno-error=dangling-pointer
                    -Wno-error=restrict -Wno-error=array-bounds -Wno-error=stringop-overflow -Wno-error=stringop-overread)
# With -O2 they are all it reports, a screenful for each: who installs Causeway would look for a mistake there (GCC's PR 105329, 105651).
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  add_compile_options(-Wno-restrict -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)
endif()

set(CAUSEWAY_SANITIZE "" CACHE STRING "Comma-separated sanitizers, e.g. address,undefined or thread")
if(CAUSEWAY_SANITIZE)
  add_compile_options(-fsanitize=${CAUSEWAY_SANITIZE} -fno-sanitize-recover=all)
  # At a fixed address: what the sanitizers keep of each check would be a hundred MiB to relocate at every start.
  add_link_options(-fsanitize=${CAUSEWAY_SANITIZE} -no-pie)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # Warnings are GCC's: clang compiles this for its fuzzer only (tests/fuzz).
  add_compile_options(-Wno-error -w)
endif()
option(CAUSEWAY_FUZZ "Build tests/fuzz for libFuzzer; needs clang" OFF)
if(CAUSEWAY_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(CAUSEWAY_SANITIZE MATCHES thread)
  # The thread sanitizer does not know fences; Asio can do without.
  add_compile_definitions(BOOST_ASIO_DISABLE_FENCED_BLOCK)
  add_compile_options(-Wno-tsan)
endif()
