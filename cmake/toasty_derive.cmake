# toasty_derive(TARGET header… TARGETS database… [SCHEMA name] [WITH_GUARDS word…] [WITHOUT_GUARDS word…] [NO_GUARDS])
#
# Makes the typed API of annotated headers part of an executable or a library:
#
#     add_executable(app main.c)
#     toasty_derive(app models.h TARGETS sqlite postgresql)
#     toasty_derive(app SCHEMA shop user.h todo.h TARGETS sqlite)
#
# For each header.h a pair header.toasty.h, header.toasty.c is generated with TARGET's own include paths, definitions and
# C standard, again whenever the header or anything that it includes changes; the pair is compiled into TARGET, its folder
# is on the include path, and the runtime and the drivers of the databases are linked. What a library needs for this, those who link the
# library get too.
#
# The compiler then refuses what cannot work (an integer for a text, a value of another model, an ignored result, …).
# NO_GUARDS leaves these -Werror= flags out, WITHOUT_GUARDS some of them, by name (unused-result); WITH_GUARDS adds others
# (override-init). They are for all that TARGET compiles: docs/guide/guardrails.md.
#
# The command that generates is toasty::derive, or TOASTY_DERIVE_EXECUTABLE when it is set, as cross compiling needs.
include_guard(GLOBAL)
include(CheckCCompilerFlag)

set(TOASTY_GUARDS int-conversion incompatible-pointer-types enum-conversion unused-result nonnull missing-braces
    implicit-function-declaration)
# Those that only one compiler knows.
set(TOASTY_GUARDS_OF_ONE excess-initializers)

function(toasty_derive target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "NO_GUARDS" "SCHEMA" "TARGETS;WITH_GUARDS;WITHOUT_GUARDS")
  set(headers ${arg_UNPARSED_ARGUMENTS})
  _toasty_derive_check("${target}" "${headers}" "${arg_TARGETS}") # before the PUSH, of which an error would leave one more
  cmake_policy(PUSH)
  cmake_policy(VERSION 3.20)

  set(folder "${CMAKE_CURRENT_BINARY_DIR}/toasty/${target}")
  set(inputs "")
  set(outputs "")
  set(include_folders "${folder}")
  foreach(header IN LISTS headers)
    cmake_path(ABSOLUTE_PATH header BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" NORMALIZE)
    cmake_path(GET header STEM LAST_ONLY stem)
    cmake_path(GET header PARENT_PATH parent)
    list(APPEND inputs "${header}")
    list(APPEND outputs "${folder}/${stem}.toasty.h" "${folder}/${stem}.toasty.c")
    list(APPEND include_folders "${parent}")
  endforeach()
  list(REMOVE_DUPLICATES include_folders)

  if(arg_SCHEMA)
    set(schema "${arg_SCHEMA}")
    set(schema_option --schema "${arg_SCHEMA}")
  else()
    list(GET inputs 0 first)
    cmake_path(GET first STEM LAST_ONLY schema)
    set(schema_option "")
  endif()
  if(TOASTY_DERIVE_EXECUTABLE)
    set(command "${TOASTY_DERIVE_EXECUTABLE}")
  else()
    set(command toasty::derive)
  endif()
  list(JOIN arg_TARGETS "," databases)
  list(JOIN arg_TARGETS " and " spoken)
  _toasty_derive_compiler_arguments("${target}" compiler_arguments)
  add_custom_command(
    OUTPUT ${outputs}
    COMMAND "${command}" derive --targets "${databases}" --output "${folder}" ${schema_option}
            --depfile "${folder}/${schema}.d" ${inputs} -- ${compiler_arguments}
    DEPENDS ${inputs} "${command}"
    DEPFILE "${folder}/${schema}.d"
    COMMENT "Deriving ${schema} of ${target} for ${spoken}"
    COMMAND_EXPAND_LISTS VERBATIM)

  get_target_property(type "${target}" TYPE)
  if(type STREQUAL "EXECUTABLE")
    set(scope PRIVATE)
  else()
    set(scope PUBLIC)
  endif()
  target_sources("${target}" PRIVATE ${outputs})
  foreach(include_folder IN LISTS include_folders)
    target_include_directories("${target}" ${scope} "$<BUILD_INTERFACE:${include_folder}>")
  endforeach()
  target_link_libraries("${target}" ${scope} toasty::toasty)
  foreach(database IN LISTS arg_TARGETS)
    target_link_libraries("${target}" ${scope} "toasty::${database}")
  endforeach()
  if(NOT arg_NO_GUARDS)
    _toasty_derive_guards(guards "${arg_WITH_GUARDS}" "${arg_WITHOUT_GUARDS}")
    target_compile_options("${target}" ${scope} "$<$<COMPILE_LANGUAGE:C>:${guards}>")
  endif()
  cmake_policy(POP)
endfunction()

function(_toasty_derive_check target headers databases)
  set(usage "toasty_derive(TARGET header… TARGETS database… [SCHEMA name] [WITH_GUARDS word…] [WITHOUT_GUARDS word…] [NO_GUARDS])")
  if(NOT TARGET "${target}")
    message(FATAL_ERROR "toasty_derive: there is no target `${target}`; ${usage}")
  endif()
  if(NOT headers)
    message(FATAL_ERROR "toasty_derive: name the header with the models; ${usage}")
  endif()
  if(NOT databases)
    message(FATAL_ERROR "toasty_derive: name the databases after TARGETS, such as sqlite; ${usage}")
  endif()
  foreach(database IN LISTS databases)
    if(NOT TARGET "toasty::${database}")
      message(FATAL_ERROR "toasty_derive: the driver `${database}` is not there. Either the name is wrong (sqlite, postgresql), or Toasty was "
                          "built without it, or its client library is not installed.")
    endif()
  endforeach()
  if(NOT TOASTY_DERIVE_EXECUTABLE AND NOT TARGET toasty::derive)
    message(FATAL_ERROR "toasty_derive: Toasty was built without its command; set TOASTY_DERIVE_EXECUTABLE to one.")
  endif()
endfunction()

# How the compiler sees the headers: what TARGET and all that it links say about includes, definitions and the standard.
function(_toasty_derive_compiler_arguments target result)
  set(includes "$<TARGET_PROPERTY:${target},INCLUDE_DIRECTORIES>")
  set(definitions "$<TARGET_PROPERTY:${target},COMPILE_DEFINITIONS>")
  set(arguments "$<$<BOOL:${includes}>:-I$<JOIN:$<REMOVE_DUPLICATES:${includes}>,$<SEMICOLON>-I>>"
                "$<$<BOOL:${definitions}>:-D$<JOIN:${definitions},$<SEMICOLON>-D>>")
  get_target_property(standard "${target}" C_STANDARD)
  get_target_property(extensions "${target}" C_EXTENSIONS)
  if(standard)
    if(standard EQUAL 23)
      set(standard "2x") # the spelling that every libclang knows
    endif()
    if(extensions OR extensions MATCHES "NOTFOUND")
      list(APPEND arguments "-std=gnu${standard}")
    else()
      list(APPEND arguments "-std=c${standard}")
    endif()
  endif()
  if(CMAKE_C_COMPILER_TARGET)
    list(APPEND arguments "--target=${CMAKE_C_COMPILER_TARGET}")
  endif()
  if(CMAKE_SYSROOT)
    list(APPEND arguments "--sysroot=${CMAKE_SYSROOT}")
  endif()
  set(${result} ${arguments} PARENT_SCOPE)
endfunction()

# The guards that this compiler knows, as flags.
function(_toasty_derive_guards result with without)
  set(flags "")
  set(known ${TOASTY_GUARDS} ${TOASTY_GUARDS_OF_ONE})
  foreach(guard IN LISTS without)
    if(NOT guard IN_LIST known)
      list(JOIN known ", " spoken)
      message(FATAL_ERROR "toasty_derive: `${guard}` after WITHOUT_GUARDS is not a guard; there are: ${spoken}")
    endif()
    list(REMOVE_ITEM known "${guard}")
  endforeach()
  if("override-init" IN_LIST with) # what gcc calls it where the value is a call
    list(APPEND with override-init-side-effects)
  endif()
  foreach(guard IN LISTS known with)
    string(MAKE_C_IDENTIFIER "TOASTY_HAS_${guard}" has)
    set(CMAKE_REQUIRED_QUIET ON)
    check_c_compiler_flag("-Werror=${guard}" ${has})
    if(${has})
      list(APPEND flags "-Werror=${guard}")
    endif()
  endforeach()
  set(${result} ${flags} PARENT_SCOPE)
endfunction()
