/* Calls of each kind. */
#include "models.toasty.h"

int use(toasty_db *db);

int use(toasty_db *db)
{
    toasty_auto(Person) ann = person_create(db, .name = "Ann", .email = "a@example.com", .age = toasty_some(42),
                                            .credit = toasty_some(3), .member = toasty_some(true),
                                            .born = {2000, 1, 31}, .grade = "A");
    PersonNew row = {.name = "Bob"};
    toasty_auto(Person) bob = person_create_row(db, &row);
    toasty_auto(PersonList) two = person_create_many(db, {.name = "c"}, {.name = "d"});
    toasty_auto(PersonList) array = person_create_array(db, &row, 1);
    if (!ann || !bob || !two || !array)
        return -1;
    person_expr e = person_and(person_age_ge(18), person_or(person_bio_eq(NULL), person_name_starts_with("A")),
                               person_not(person_mood_eq(MOOD_SAD)), toasty_when(ann, person_size_ne(LARGE)),
                               person_id_in((const uint64_t[]){1, 2}, 2), person_mood_in((const Mood[]){MOOD_SAD}, 1),
                               person_born_between((toasty_date){2000, 1, 1}, (toasty_date){2001, 1, 1}),
                               person_email_in((const char *const[]){"a", "b"}, 2), person_credit_between(1, 2));
    toasty_auto(PersonQuery) query = person_query_new();
    toasty_auto(PersonChanges) changes = person_changes_new();
    toasty_auto(PersonDraft) draft = person_draft_new();
    if (person_query_where(query, e) < 0 || person_query_order_by(query, person_name_desc()) < 0 ||
        person_query_limit(query, 3) < 0 || person_changes_add(changes, person_credit_add(5)) < 0 ||
        person_draft_set(draft, .name = "Eve", .member = toasty_some(false)) < 0)
        return -1;
    toasty_auto(Person) eve = person_create_draft(db, draft);
    toasty_auto(PersonList) all = person_all(db);
    toasty_auto(PersonList) some = person_all(db, .where = e, .order_by = {person_age_desc(), person_id_asc()},
                                              .query = query, .limit = 3, .offset = 1);
    toasty_auto(Person) first = person_first(db, .where = e);
    toasty_auto(Person) only = person_get(db, .where = person_id_eq(1));
    toasty_auto(Person) by_email = person_get_by_email(db, "a@example.com");
    toasty_auto(PersonList) by_grade = person_by_grade(db, "A", .limit = 3);
    toasty_auto(PersonPage) page = person_page(db, .order_by = {person_name_asc()}, .per_page = 10);
    toasty_auto(PersonPage) next = page ? person_page_next(db, page) : NULL;
    if (!eve || !all || !some || !first || !only || !by_email || !by_grade || !next)
        return -1;
    if (person_update(db, ann, person_bio_set(NULL), person_age_set_null(), person_visits_subtract(1),
                      person_changes(changes)) < 0 ||
        person_update_by_email(db, "a@example.com", person_mood_set(MOOD_HAPPY)) < 0 ||
        person_update_all(db, .where = e, .set = {person_visits_add(1)}) < 0 || person_delete(db, ann) < 0 ||
        person_delete_by_id(db, 7) < 0 || person_delete_all(db, .everything = true) < 0)
        return -1;
    toasty_auto(PersonList) gone = person_delete_all_returning(db, .where = e);
    int64_t count = 0;
    Person *copy = person_copy(bob);
    toasty_free(copy);
    return gone ? toasty_batch(db, person_get_by_id_op(&copy, 1), person_count_op(&count, .where = e),
                               person_update_by_id_op(NULL, 1, person_visits_set(0)), person_delete_by_id_op(NULL, 1))
                : (int)person_count(db);
}

/* What is an integer or true is taken whatever it is written as, without a word of the compiler. */
person_expr of_integers(int small, unsigned number, uint64_t large);
person_expr of_integers(int small, unsigned number, uint64_t large)
{
    struct {
        unsigned bits : 3;
    } field = {number & 7};
    static const person_expr *none;
    (void)none;
    return person_and(person_member_eq(small > 3), person_member_ne(number == 2 && large), person_id_eq(UINT64_MAX),
                      person_id_ge(large), person_credit_eq(INT64_MIN), person_credit_le(INT64_MAX), person_age_eq(field.bits),
                      person_visits_ge(-small), person_age_ne('a'), person_id_ne(0));
}
