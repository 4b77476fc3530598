# What `cmake --install` puts where: libraries, public headers, the command, the CMake package, the pkg-config files.
get_property(drivers GLOBAL PROPERTY TOASTY_BUILT_DRIVERS)
set(package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/toasty")
set(generated "${CMAKE_CURRENT_BINARY_DIR}/install")
# pkg-config files find the rest of the installation from where they lie, so that --prefix may be given late.
file(RELATIVE_PATH TOASTY_PC_PREFIX "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
string(REGEX REPLACE "/$" "" TOASTY_PC_PREFIX "${TOASTY_PC_PREFIX}")

# A folder of their own, so that who makes it one of system headers does not name all that is installed beside it.
install(DIRECTORY include/toasty DESTINATION "${TOASTY_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.h")
install(TARGETS toasty EXPORT toasty-targets ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
if(TARGET toasty-tool)
  install(TARGETS toasty-tool EXPORT toasty-targets RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()
install(EXPORT toasty-targets NAMESPACE toasty:: DESTINATION "${package_folder}")

# A file of targets for each driver: a program that uses one database does not need the others' client libraries.
set(TOASTY_DRIVER_PACKAGES "")
foreach(driver IN LISTS drivers)
  install(TARGETS toasty-${driver} EXPORT toasty-${driver}-targets ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
  install(EXPORT toasty-${driver}-targets NAMESPACE toasty:: DESTINATION "${package_folder}")
  get_property(packages GLOBAL PROPERTY TOASTY_DRIVER_PACKAGES_${driver})
  string(REPLACE ";" " " needed "${packages}")
  string(APPEND TOASTY_DRIVER_PACKAGES "_toasty_driver(${driver} ${needed})\n")

  string(REPLACE ">=" " >= " requires "${packages}")
  get_property(shared GLOBAL PROPERTY TOASTY_DRIVER_ON_${driver})
  if(shared)
    list(PREPEND requires "toasty-${shared} = ${PROJECT_VERSION}")
  endif()
  list(JOIN requires ", " requires)
  set(TOASTY_PC_DRIVER "${driver}")
  set(TOASTY_PC_REQUIRES "${requires}")
  configure_file(cmake/toasty-driver.pc.in "${generated}/toasty-${driver}.pc" @ONLY)
  install(FILES "${generated}/toasty-${driver}.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
endforeach()

configure_package_config_file(cmake/toasty-config.cmake.in "${generated}/toasty-config.cmake"
                              INSTALL_DESTINATION "${package_folder}")
write_basic_package_version_file("${generated}/toasty-config-version.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${generated}/toasty-config.cmake" "${generated}/toasty-config-version.cmake" cmake/toasty_derive.cmake
        cmake/toasty_stacks.cmake DESTINATION "${package_folder}")

# A variable for each guard, so that each can be left out.
set(TOASTY_PC_GUARD_LINES "")
set(TOASTY_PC_GUARDS "")
foreach(guard IN LISTS TOASTY_GUARDS)
  string(REPLACE "-" "_" word "guard_${guard}")
  string(APPEND TOASTY_PC_GUARD_LINES "${word}=-Werror=${guard}\n")
  string(APPEND TOASTY_PC_GUARDS " \${${word}}")
endforeach()
string(STRIP "${TOASTY_PC_GUARDS}" TOASTY_PC_GUARDS)
configure_file(cmake/toasty.pc.in "${generated}/toasty.pc" @ONLY)
install(FILES "${generated}/toasty.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
