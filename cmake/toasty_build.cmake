# How this project's own targets are built: defaults of the build, and one function for each kind of target.

# --- defaults ---------------------------------------------------------------------------------------------------
get_property(multi_config GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
if(NOT multi_config AND NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Kind of build" FORCE)
endif()
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(TOASTY_INSTALL_INCLUDEDIR "${CMAKE_INSTALL_INCLUDEDIR}/toasty-1")

if(TOASTY_SANITIZE)
  add_compile_options(-fsanitize=${TOASTY_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${TOASTY_SANITIZE})
endif()

# --- targets ----------------------------------------------------------------------------------------------------

# The sources of some layers with their rooms, in assembly too, as a list in `result`. A layer may be empty.
function(toasty_sources result)
  set(found "")
  foreach(layer IN LISTS ARGN)
    set(folder "${CMAKE_CURRENT_SOURCE_DIR}/src/${layer}")
    file(GLOB_RECURSE files CONFIGURE_DEPENDS "${folder}/*.c" "${folder}/*.S")
    list(APPEND found ${files})
  endforeach()
  set(${result} ${found} PARENT_SCOPE)
endfunction()

# The warnings that every target of this project is compiled with.
function(toasty_warnings target)
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:C>:-Wall;-Wextra;-Wpedantic>)
  if(TOASTY_WERROR)
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:C>:-Werror>)
  endif()
endfunction()

# What code below src/ may rely on: its own headers by layer ("base/arena.h") and GNU's declarations.
function(toasty_compile_options target)
  toasty_warnings(${target})
  target_compile_definitions(${target} PRIVATE _GNU_SOURCE)
  target_compile_options(${target} PRIVATE -fvisibility=hidden)
  toasty_guard_stacks(${target} PRIVATE)
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/src" "${PROJECT_SOURCE_DIR}/include")
endfunction()

# A static library, known to others as toasty::<alias>.
function(toasty_library name alias)
  add_library(${name} STATIC ${ARGN})
  add_library(toasty::${alias} ALIAS ${name})
  toasty_compile_options(${name})
  target_include_directories(${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                             $<INSTALL_INTERFACE:${TOASTY_INSTALL_INCLUDEDIR}>)
  # The headers themselves say which of them are system headers: with all of them, gcc would not report a result of their macros
  # that is ignored.
  set_target_properties(${name} PROPERTIES EXPORT_NO_SYSTEM ON)
endfunction()

# toasty_driver(name [ON driver] [WITH room…] [PACKAGES pkg-config-module>=version… DEBIAN package…]): the library toasty-<name>, known
# to others as toasty::<name>, with the driver that it is another name of, and with the rooms of src/drivers that several drivers share. Skipped while src/drivers/<name> is empty.
function(toasty_driver name)
  cmake_parse_arguments(PARSE_ARGV 1 driver "" "ON" "PACKAGES;DEBIAN;WITH")
  toasty_sources(sources drivers/${name})
  if(NOT sources)
    return()
  endif()
  list(TRANSFORM driver_WITH PREPEND drivers/)
  toasty_sources(shared ${driver_WITH})
  list(APPEND sources ${shared})
  string(TOUPPER "TOASTY_${name}" prefix)
  if(driver_PACKAGES)
    pkg_check_modules(${prefix} IMPORTED_TARGET GLOBAL ${driver_PACKAGES})
    if(NOT ${prefix}_FOUND)
      list(JOIN driver_PACKAGES ", " needed)
      list(JOIN driver_DEBIAN ", " debian)
      message(FATAL_ERROR "The driver `${name}` needs ${needed} (Debian: ${debian}). Install it, or leave the driver out: "
                          "-DTOASTY_DRIVERS=… without ${name}.")
    endif()
  endif()
  toasty_library(toasty-${name} ${name} ${sources})
  target_link_libraries(toasty-${name} PUBLIC toasty)
  if(driver_ON)
    target_link_libraries(toasty-${name} PUBLIC toasty-${driver_ON})
  endif()
  if(driver_PACKAGES)
    target_link_libraries(toasty-${name} PRIVATE PkgConfig::${prefix})
  endif()
  set_target_properties(toasty-${name} PROPERTIES EXPORT_NAME ${name})
  set_property(GLOBAL APPEND PROPERTY TOASTY_BUILT_DRIVERS ${name})
  set_property(GLOBAL PROPERTY TOASTY_DRIVER_PACKAGES_${name} "${driver_PACKAGES}")
  set_property(GLOBAL PROPERTY TOASTY_DRIVER_ON_${name} "${driver_ON}")
endfunction()
