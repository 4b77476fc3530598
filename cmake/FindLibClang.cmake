# Finds libclang and its C headers: LibClang::LibClang, LibClang_VERSION.
#
# Looks where llvm-config says, then in the folders of Debian's and Fedora's packages, the newest first. -DLibClang_ROOT=…
# points elsewhere.
set(_libclang_hints "")
set(_libclang_configs "${LibClang_LLVM_CONFIG}" llvm-config)
foreach(_version RANGE 22 14 -1)
  list(APPEND _libclang_configs "llvm-config-${_version}")
endforeach()
foreach(_config IN LISTS _libclang_configs)
  find_program(_libclang_program NAMES "${_config}" NO_CACHE)
  if(_libclang_program)
    execute_process(COMMAND "${_libclang_program}" --prefix OUTPUT_VARIABLE _prefix OUTPUT_STRIP_TRAILING_WHITESPACE
                    ERROR_QUIET)
    list(APPEND _libclang_hints "${_prefix}")
  endif()
  unset(_libclang_program)
endforeach()
file(GLOB _libclang_folders "/usr/lib/llvm-*" "/usr/local/opt/llvm*" "/opt/homebrew/opt/llvm*")
list(SORT _libclang_folders COMPARE NATURAL ORDER DESCENDING)
list(APPEND _libclang_hints ${_libclang_folders})

# The header and the library come from the same folder: one prefix after the other, whole.
foreach(_prefix IN LISTS _libclang_hints)
  find_path(LibClang_INCLUDE_DIR clang-c/Index.h HINTS "${_prefix}/include" NO_DEFAULT_PATH)
  find_library(LibClang_LIBRARY NAMES clang HINTS "${_prefix}/lib" "${_prefix}/lib64" NO_DEFAULT_PATH)
  if(LibClang_INCLUDE_DIR AND LibClang_LIBRARY)
    break()
  endif()
  unset(LibClang_INCLUDE_DIR CACHE)
  unset(LibClang_LIBRARY CACHE)
endforeach()
find_path(LibClang_INCLUDE_DIR clang-c/Index.h)
find_library(LibClang_LIBRARY NAMES clang)
mark_as_advanced(LibClang_INCLUDE_DIR LibClang_LIBRARY)

if(LibClang_LIBRARY)
  file(REAL_PATH "${LibClang_LIBRARY}" _real)
  if("${_real}" MATCHES "libclang[-.]([0-9]+)[^/]*$" OR "${_prefix}" MATCHES "llvm-([0-9]+)$")
    set(LibClang_VERSION "${CMAKE_MATCH_1}")
  endif()
  if("${_prefix}" MATCHES "llvm-([0-9]+)$")
    set(LibClang_VERSION "${CMAKE_MATCH_1}")
  endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  LibClang
  REQUIRED_VARS LibClang_LIBRARY LibClang_INCLUDE_DIR
  VERSION_VAR LibClang_VERSION
  REASON_FAILURE_MESSAGE "The `toasty` command reads headers with libclang 14 or newer. Install it (Debian: \
libclang-14-dev, Fedora: clang-devel), point to it with -DLibClang_ROOT=PREFIX, or build only the libraries with \
-DTOASTY_TOOL=OFF and bring a `toasty` of your own in TOASTY_DERIVE_EXECUTABLE.")

if(LibClang_FOUND AND NOT TARGET LibClang::LibClang)
  add_library(LibClang::LibClang UNKNOWN IMPORTED)
  set_target_properties(LibClang::LibClang PROPERTIES IMPORTED_LOCATION "${LibClang_LIBRARY}"
                                                      INTERFACE_INCLUDE_DIRECTORIES "${LibClang_INCLUDE_DIR}")
endif()
