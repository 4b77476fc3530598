/* Creates a note and lists it. */
#include "models.toasty.h"
#include <stdio.h>

int main(void)
{
    toasty_auto(toasty_db) db = toasty_open("sqlite::memory:", &models_schema);
    if (!db || toasty_push_schema(db) < 0) {
        fprintf(stderr, "open: %s\n", toasty_last_error()->message);
        return 1;
    }
    toasty_auto(Note) made = note_create(db, .text = "buy milk");
    toasty_auto(NoteList) notes = made ? note_all(db) : NULL;
    toasty_each(note, notes)
        printf("note: %s\n", note->text);
    return notes ? 0 : 1;
}
