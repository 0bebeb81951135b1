# causeway_package(<name> MODULES <modules>): what `cmake --install BUILD --component <name>` installs, for
# `find_package(causeway-<name>)` from outside: the modules' libraries and HEADERS, and the target `causeway::<name>`,
# which is all of them. Programs link what the libraries use (OpenSSL, …), which the package finds.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

function(causeway_package name)
  cmake_parse_arguments(ARG "" "" "MODULES" ${ARGN})
  set(package "causeway-${name}")
  list(TRANSFORM ARG_MODULES REPLACE "/" "-" OUTPUT_VARIABLE modules)
  list(TRANSFORM modules PREPEND "causeway-" OUTPUT_VARIABLE targets)
  add_library(${package} INTERFACE)
  target_link_libraries(${package} INTERFACE ${targets})
  target_compile_features(${package} INTERFACE cxx_std_20)
  set_target_properties(${package} PROPERTIES EXPORT_NAME ${name})
  foreach(module IN LISTS modules)
    set_target_properties(causeway-${module} PROPERTIES EXPORT_NAME ${module})
  endforeach()
  # `ninja causeway-NAME-package` builds what is installed.
  add_custom_target(${package}-package DEPENDS ${targets})

  set(folder "${CMAKE_INSTALL_LIBDIR}/cmake/${package}")
  install(TARGETS ${package} ${targets} EXPORT ${package}
          ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT ${name}
          FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/causeway" COMPONENT ${name})
  install(EXPORT ${package} FILE ${package}-targets.cmake NAMESPACE causeway:: DESTINATION "${folder}"
          COMPONENT ${name})
  configure_package_config_file("${CMAKE_SOURCE_DIR}/cmake/${package}-config.cmake.in"
                                "${CMAKE_BINARY_DIR}/${package}-config.cmake" INSTALL_DESTINATION "${folder}")
  write_basic_package_version_file("${CMAKE_BINARY_DIR}/${package}-config-version.cmake"
                                   COMPATIBILITY SameMinorVersion)
  install(FILES "${CMAKE_BINARY_DIR}/${package}-config.cmake" "${CMAKE_BINARY_DIR}/${package}-config-version.cmake"
          DESTINATION "${folder}" COMPONENT ${name})
endfunction()
