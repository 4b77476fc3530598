# It takes the place of the client library, and so needs its header.
target_link_libraries(fuzz-postgresql_answers PRIVATE PkgConfig::TOASTY_POSTGRESQL)
