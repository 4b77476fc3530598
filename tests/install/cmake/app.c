/* Creates a pet and reads it back. With CARELESS it drops a result, which only the guards refuse. */
#include "models.toasty.h"
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    toasty_auto(toasty_db) db = toasty_open(argc > 1 ? argv[1] : "sqlite::memory:", &models_schema);
    if (!db || toasty_push_schema(db) < 0) {
        fprintf(stderr, "open: %s\n", toasty_last_error()->message);
        return 1;
    }
    toasty_auto(Pet) made = pet_create(db, .name = "Rex", .kind = KIND_DOG);
    toasty_auto(Pet) read = made ? pet_get_by_id(db, made->id) : NULL;
    if (!read || strcmp(read->name, "Rex") != 0 || read->kind != KIND_DOG || read->nickname) {
        fprintf(stderr, "read: %s\n", toasty_last_error()->message);
        return 1;
    }
#ifdef CARELESS
    pet_count(db);
#endif
    printf("%s is a dog\n", read->name);
    return 0;
}
