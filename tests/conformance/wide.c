/* A model of 603 columns: sets of fields have no largest size, and no two fields are taken for one. */
#include "suite.h"
#include "wide.toasty.h"

enum { CELLS = 600 };

static toasty_db *open_sheets(void)
{
    toasty_db *db = toasty_open_(test_url(), &wide_schema, NULL);
    check_some(db);
    check_done(toasty_push_schema(db));
    if (sheet_delete_by_number(db, 1) < 0) /* that of an earlier test */
        check_last_error(TOASTY_NOT_FOUND);
    return db;
}

static int64_t *cells(Sheet *sheet)
{
    return &sheet->cell_000;
}

/* Changes of every cell: cell i becomes `first` + i, or grows by it. */
static SheetChanges *changes_of_all(toasty_change_kind kind, int64_t first)
{
    SheetChanges *changes = sheet_changes_new();
    check_some(changes);
    for (uint16_t i = 0; i < CELLS; i++)
        check_done(sheet_changes_add(
            changes,
            ((sheet_change){.change = {.field = i, .kind = kind, .operand = toasty__int(first + i)}})));
    return changes;
}

TOASTY_TEST(wide, fields_256_apart_are_two)
{
    toasty_auto(toasty_db) db = open_sheets();
    toasty_auto(Sheet) sheet = sheet_create(db, .number = 1, .cell_044 = 5, .cell_300 = 6, .cell_556 = 7);
    check_some(sheet);
    check_done(
        sheet_update(db, sheet, sheet_cell_044_set(50), sheet_cell_300_set(60), sheet_cell_556_add(1)));
    check_int(8, sheet->cell_556);
    toasty_auto(Sheet) read = sheet_get_by_number(db, 1);
    check_some(read);
    check_int(50, read->cell_044);
    check_int(60, read->cell_300);
    check_int(8, read->cell_556);
    check_int(-1, sheet_update(db, read, sheet_cell_300_set(1), sheet_cell_300_set(2)));
    check_last_error(TOASTY_INVALID_STATEMENT);
}

TOASTY_TEST(wide, what_every_update_writes_is_written_beside_a_field_256_apart)
{
    toasty_auto(toasty_db) db = open_sheets();
    toasty_auto(Sheet) sheet = sheet_create(db, .number = 1, .state = toasty_some(1));
    check_some(sheet);
    int64_t before = sheet->updated_at.us;
    /* state is column 601, updated_at 602 */
    check_done(sheet_update(db, sheet, sheet_cell_345_set(1), sheet_cell_346_set(2), sheet_cell_089_set(3)));
    check_int(7, sheet->state);
    check_that(sheet->updated_at.us > before);
    toasty_auto(Sheet) read = sheet_get_by_number(db, 1);
    check_some(read);
    check_int(7, read->state);
    check_int(sheet->updated_at.us, read->updated_at.us);
}

TOASTY_TEST(wide, every_column_is_created_changed_and_read)
{
    toasty_auto(toasty_db) db = open_sheets();
    SheetNew row = {.number = 1};
    for (int i = 0; i < CELLS; i++)
        (&row.cell_000)[i] = i;
    toasty_auto(Sheet) created = sheet_create_row(db, &row);
    check_some(created);
    toasty_auto(Sheet) sheet = sheet_get_by_number(db, 1);
    check_some(sheet);
    for (int i = 0; i < CELLS; i++)
        check_int(i, cells(sheet)[i]);
    toasty_auto(SheetChanges) set = changes_of_all(TOASTY_CHANGE_SET, 1000);
    check_done(sheet_update(db, sheet, sheet_changes(set)));
    toasty_auto(SheetChanges) grown = changes_of_all(TOASTY_CHANGE_ADD, 1);
    check_done(sheet_update(db, sheet, sheet_changes(grown)));
    toasty_auto(Sheet) read = sheet_get_by_number(db, 1);
    check_some(read);
    for (int i = 0; i < CELLS; i++) {
        check_int(1001 + 2 * i, cells(sheet)[i]);
        check_int(1001 + 2 * i, cells(read)[i]);
    }
}
