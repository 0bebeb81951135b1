# What nearly every file includes, read once: a third of a clean build. Not by clang, whose precompiled headers ccache knows in another
# way; it compiles the fuzz targets only.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_library(causeway-precompiled OBJECT "${CMAKE_CURRENT_LIST_DIR}/precompiled.cpp")
  target_link_libraries(causeway-precompiled PRIVATE Boost::json)
  target_precompile_headers(causeway-precompiled PRIVATE "${CMAKE_CURRENT_LIST_DIR}/precompiled.hpp")
endif()
function(causeway_precompiled target)
  if(TARGET causeway-precompiled)
    target_precompile_headers(${target} REUSE_FROM causeway-precompiled)
  endif()
endfunction()

# causeway_tests(<program> <label> [<property> <value>…]): its tests, in one process: a process for each would take longer than the
# tests do.
function(causeway_tests program label)
  add_test(NAME ${program} COMMAND ${program} --gtest_brief=1)
  set_tests_properties(${program} PROPERTIES LABELS ${label} TIMEOUT 900 ${ARGN})
endfunction()

# causeway_module(<name> SOURCES <files> [TESTS <files>] [HEADERS <files>] [DEPENDS <modules>] [PUBLIC <libs>]
#                 [PRIVATE <libs>])
#
# A static library `causeway-<name>` of explicit sources, and one test program `<name>_test` of the unit tests that
# stand beside them. DEPENDS names other modules. Headers are included from the root: "base/result.hpp". HEADERS are
# those that an installed package holds (CausewayPackage); modules that are not installed name none.
function(causeway_module name)
  cmake_parse_arguments(ARG "" "" "SOURCES;TESTS;HEADERS;DEPENDS;PUBLIC;PRIVATE" ${ARGN})
  string(REPLACE "/" "-" target "causeway-${name}")
  add_library(${target} STATIC ${ARG_SOURCES})
  causeway_precompiled(${target})
  target_include_directories(${target} PUBLIC "$<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}>")
  if(ARG_HEADERS)
    target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS "${CMAKE_SOURCE_DIR}" FILES ${ARG_HEADERS})
  endif()
  list(TRANSFORM ARG_DEPENDS REPLACE "/" "-" OUTPUT_VARIABLE modules)
  list(TRANSFORM modules PREPEND "causeway-")
  target_link_libraries(${target} PUBLIC ${modules} ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
  if(ARG_TESTS)
    string(REPLACE "/" "_" test "${name}_test")
    add_executable(${test} ${ARG_TESTS})
    causeway_precompiled(${test})
    target_link_libraries(${test} PRIVATE ${target} GTest::gtest GTest::gmock GTest::gtest_main)
    causeway_tests(${test} unit)
  endif()
endfunction()

# causeway_program(<name> SOURCES <files> DEPENDS <modules>): one of the product's binaries, in <build>/bin.
function(causeway_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;PRIVATE" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  causeway_precompiled(${name})
  list(TRANSFORM ARG_DEPENDS REPLACE "/" "-" OUTPUT_VARIABLE modules)
  list(TRANSFORM modules PREPEND "causeway-")
  target_link_libraries(${name} PRIVATE ${modules} ${ARG_PRIVATE})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
endfunction()
