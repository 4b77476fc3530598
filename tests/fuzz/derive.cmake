target_compile_definitions(${fuzzer} PRIVATE INCLUDE="-I${PROJECT_SOURCE_DIR}/include"
                                              CODEGEN="${PROJECT_SOURCE_DIR}/include/toasty/calls.h")
