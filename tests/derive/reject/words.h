/* Words that are unknown, misplaced or miss their value. */
#include <toasty/model.h>

toasty_model(User, tabel = "people") { // error: unknown annotation `tabel`; did you mean `table`?
    toasty(kye) uint64_t id; // error: unknown annotation `kye`; did you mean `key`?
    toasty(key) uint64_t number;
    toasty(unique = true) const char *email; // error: `unique` takes no value; write `unique` alone
    toasty(default) int32_t age; // error: `default` needs a value: default = 5
    toasty(table = "x") const char *name; // error: `table` goes on toasty_model(...), not on a field
    toasty(column = "n, varchar(80)") const char *nick; // error: the type of a column is not supported yet
    toasty(auto = v5) toasty_uuid token; // error: a uuid is made by `auto`, `auto = v7` or `auto = v4`
    toasty(column = "a"b) int32_t junk; // error: `column` takes one name: column = "name"
    toasty(not_null) const char *street; // error: unknown annotation `not_null`; leave it out: a field is required unless
    toasty(primary_key) uint64_t other; // error: unknown annotation `primary_key`; the key is `key`
    toasty(nullable) const char *note; // error: unknown annotation `nullable`; what may be absent is toasty(null) on pointers
    toasty(zzzzzz) bool flag; // error: unknown annotation `zzzzzz`; `toasty derive --help-annotations` lists
};

toasty_model(Second, table = "a\0b") { // error: `table` takes one name
    toasty(key) uint64_t id;
};
