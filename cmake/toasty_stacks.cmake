# toasty_guard_stacks(target PRIVATE|INTERFACE): what is compiled with the target's options touches each page of a frame, where
# this compiler can do so. Then no frame steps over the guard below a fiber's stack, however large it is.
include_guard(GLOBAL)
include(CheckCCompilerFlag)

function(toasty_guard_stacks target scope)
  set(CMAKE_REQUIRED_QUIET ON)
  check_c_compiler_flag(-fstack-clash-protection TOASTY_HAS_STACK_CLASH_PROTECTION)
  if(TOASTY_HAS_STACK_CLASH_PROTECTION)
    target_compile_options(${target} ${scope} $<BUILD_INTERFACE:$<$<COMPILE_LANGUAGE:C>:-fstack-clash-protection>>)
  endif()
endfunction()
