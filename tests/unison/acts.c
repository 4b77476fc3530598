/* The acts: what one call of a program is. Keys and values come from small sets, so that calls meet. */
#include "unison.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t roll(uint64_t *dice, uint64_t sides)
{
    *dice += 0x9e3779b97f4a7c15;
    uint64_t x = *dice;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return (x ^ x >> 31) % sides;
}

/* --- answers --- */

static answer *new_answer(run *run, void (*show)(text *text, const void *block))
{
    answer *made = &run->answers[run->answer_count++];
    *made = (answer){.show = show, .number = NO_NUMBER};
    return made;
}

/* Makes a call whose result is a block, or puts it into the batch. */
#define BLOCK(run, Model, show, call, ...)                                                                   \
    do {                                                                                                     \
        answer *answer_ = new_answer(run, show);                                                             \
        if ((run)->ops) {                                                                                    \
            if (toasty_ops_add((run)->ops, call##_op((Model **)&answer_->block, __VA_ARGS__)) < 0)           \
                (run)->failed = true;                                                                        \
        } else {                                                                                             \
            answer_->block = call((run)->db, __VA_ARGS__);                                                   \
            (run)->failed = !answer_->block;                                                                 \
        }                                                                                                    \
    } while (0)

/* The same for one whose result is a number. */
#define NUMBER(run, call, ...)                                                                               \
    do {                                                                                                     \
        answer *answer_ = new_answer(run, NULL);                                                             \
        if ((run)->ops) {                                                                                    \
            if (toasty_ops_add((run)->ops, call##_op(&answer_->number, __VA_ARGS__)) < 0)                    \
                (run)->failed = true;                                                                        \
        } else {                                                                                             \
            answer_->number = call((run)->db, __VA_ARGS__);                                                  \
            (run)->failed = answer_->number < 0;                                                             \
        }                                                                                                    \
    } while (0)

/* --- values --- */

#define PICK(run, list) (list)[roll(&(run)->dice, sizeof(list) / sizeof *(list))]
#define CHANCE(run, n) (roll(&(run)->dice, n) == 0)

static const char *const emails[] = {"a", "b", "c", "", "A", "it's \"e\"", "\xc3\xbc"};
static const char *const nicks[] = {"x", "y", "", "\xf0\x9f\x90\xa2", NULL, NULL};
static const char *const titles[] = {"one", "two", "", "\x7f\\%_", "three"};
static const int64_t large[] = {0, 1, -1, 41, INT64_MAX, INT64_MIN, INT64_MAX - 1};
static const int32_t small[] = {0, 1, -1, INT32_MAX, INT32_MIN};
static const uint64_t ranks[] = {0, 1, 1000000, 7};
static const double weights[] = {0, -0.0, 0.1, -1e300, 1e-310, 1.5, NAN, INFINITY};
/* Without infinity, which not every database has. */
static const double steps[] = {0, 0.1, -1e300, 1.5, 1.5e308, -1.5e308, NAN};

static int64_t any_id(run *run)
{
    return (int64_t)roll(&run->dice, 9) - 1;
}

static int64_t any_item_id(run *run)
{
    return (int64_t)roll(&run->dice, 18);
}

static toasty_bytes any_bytes(run *run)
{
    static const toasty_bytes tokens[] = {{NULL, 0}, {"", 0}, {"\0\xff\0", 3}, {"abc", 3}};
    return PICK(run, tokens);
}

static Colour any_colour(run *run)
{
    static const Colour colours[] = {COLOUR_RED, COLOUR_GREEN, COLOUR_BLUE};
    return PICK(run, colours);
}

/* --- what is there --- */

static int64_t some_id(run *run, const int64_t *ids, size_t count)
{
    return ids[roll(&run->dice, count)];
}

#define SOME(Model, model)                                                                                   \
    static Model *some_##model(run *run)                                                                     \
    {                                                                                                        \
        if (!run->world->model##_count)                                                                      \
            return NULL;                                                                                     \
        Model *model =                                                                                       \
            model##_get_by_id(run->db, some_id(run, run->world->model##s, run->world->model##_count));       \
        if (model)                                                                                           \
            run->records[run->record_count++] = model;                                                       \
        return model;                                                                                        \
    }
SOME(Owner, owner)
SOME(Item, item)
SOME(Card, card)

/* --- creates --- */

static OwnerNew new_owner(run *run)
{
    OwnerNew made = {.id = any_id(run),
                     .email = PICK(run, emails),
                     .nick = PICK(run, nicks),
                     .visits = PICK(run, large),
                     .weight = PICK(run, weights),
                     .token = any_bytes(run),
                     .colour = any_colour(run)};
    if (CHANCE(run, 2)) {
        made.age.set = true;
        made.age.value = PICK(run, small);
    }
    return made;
}

static ItemNew new_item(run *run)
{
    ItemNew made = {.id = any_item_id(run), .title = PICK(run, titles), .rank = PICK(run, ranks)};
    if (CHANCE(run, 3) && run->world->owner_count) {
        made.reviewer_id.set = true;
        made.reviewer_id.value = some_id(run, run->world->owners, run->world->owner_count);
    }
    return made;
}

static void create_owner(run *run)
{
    OwnerNew made = new_owner(run);
    BLOCK(run, Owner, show_owner, owner_create_row, &made);
}

static void create_owner_with_items(run *run)
{
    OwnerNew made = new_owner(run);
    ItemNew first = new_item(run), second = new_item(run);
    made.items = item_new({.id = first.id, .title = first.title, .rank = first.rank},
                          {.id = second.id,
                           .title = second.title,
                           .reviewer_id = second.reviewer_id,
                           .notes = note_new({.number = 1, .text = "n"}, {.number = -1})});
    BLOCK(run, Owner, show_owner, owner_create_row, &made);
}

static void create_owners(run *run)
{
    OwnerNew made[5];
    size_t count = 1 + roll(&run->dice, 5);
    for (size_t i = 0; i < count; i++)
        made[i] = new_owner(run);
    BLOCK(run, OwnerList, show_owners, owner_create_array, made, count);
}

static void create_item(run *run)
{
    if (!run->world->owner_count)
        return;
    ItemNew made = new_item(run);
    made.owner_id = some_id(run, run->world->owners, run->world->owner_count);
    BLOCK(run, Item, show_item, item_create_row, &made);
}

/* More than a group takes. */
static void create_many_items(run *run)
{
    if (!run->world->owner_count || run->ops)
        return;
    ItemNew made[40];
    char names[40][16];
    size_t count = 20 + roll(&run->dice, 20);
    int64_t owner = some_id(run, run->world->owners, run->world->owner_count);
    for (size_t i = 0; i < count; i++) {
        snprintf(names[i], sizeof names[i], "row %zu", i == count - 1 && CHANCE(run, 3) ? 0 : i);
        made[i] = new_item(run);
        made[i].owner_id = owner;
        made[i].id = 100 + (int64_t)i;
        made[i].title = names[i];
    }
    BLOCK(run, ItemList, show_items, item_create_array, made, count);
}

static void create_card(run *run)
{
    if (!run->world->owner_count)
        return;
    CardNew made = {.id = any_id(run),
                    .owner_id = some_id(run, run->world->owners, run->world->owner_count),
                    .text = PICK(run, titles)};
    BLOCK(run, Card, show_card, card_create_row, &made);
}

static void create_note(run *run)
{
    if (!run->world->item_count)
        return;
    NoteNew made = {.item_id = some_id(run, run->world->items, run->world->item_count),
                    .number = PICK(run, small),
                    .text = PICK(run, nicks)};
    BLOCK(run, Note, show_note, note_create_row, &made);
}

/* --- changes --- */

static OwnerChanges *changes_of_owner(run *run)
{
    OwnerChanges *changes = owner_changes_new();
    unsigned which = (unsigned)roll(&run->dice, 512);
    int status = 0;
    if (!changes)
        abort();
    if (which & 1)
        status |= owner_changes_add(changes, owner_email_set(PICK(run, emails)));
    if (which & 2)
        status |= owner_changes_add(changes, owner_nick_set(PICK(run, nicks)));
    if ((which & 12) == 4)
        status |= owner_changes_add(changes, owner_visits_add(PICK(run, large)));
    if ((which & 12) == 8)
        status |= owner_changes_add(changes, owner_visits_subtract(PICK(run, large)));
    if ((which & 48) == 16)
        status |= owner_changes_add(changes, owner_age_add(PICK(run, small)));
    if ((which & 48) == 32)
        status |= owner_changes_add(changes, owner_age_set(PICK(run, small)));
    if (which & 64)
        status |= owner_changes_add(changes, owner_token_set(any_bytes(run)));
    if ((which & 384) == 128)
        status |= owner_changes_add(changes, owner_weight_add(PICK(run, steps)));
    if ((which & 384) == 256)
        status |= owner_changes_add(changes, owner_weight_subtract(PICK(run, steps)));
    if (status < 0)
        abort();
    return changes;
}

static void update_owner_by_id(run *run)
{
    toasty_auto(OwnerChanges) changes = changes_of_owner(run);
    NUMBER(run, owner_update_by_id, any_id(run), owner_changes(changes));
}

static void update_owner_by_id_returning(run *run)
{
    toasty_auto(OwnerChanges) changes = changes_of_owner(run);
    BLOCK(run, Owner, show_owner, owner_update_by_id_returning, any_id(run), owner_changes(changes));
}

static void update_owner_by_email(run *run)
{
    toasty_auto(OwnerChanges) changes = changes_of_owner(run);
    NUMBER(run, owner_update_by_email, PICK(run, emails), owner_changes(changes));
}

static void update_owner_by_nick_returning(run *run)
{
    toasty_auto(OwnerChanges) changes = changes_of_owner(run);
    const char *nick = PICK(run, nicks);
    BLOCK(run, Owner, show_owner, owner_update_by_nick_returning, nick ? nick : "y", owner_changes(changes));
}

static void update_owner(run *run)
{
    Owner *owner = some_owner(run);
    toasty_auto(OwnerChanges) changes = changes_of_owner(run);
    if (!owner)
        return;
    NUMBER(run, owner_update, owner, owner_changes(changes));
}

/* A record that is no longer what is there. */
static void update_stale_owner(run *run)
{
    Owner *owner = some_owner(run);
    toasty_auto(OwnerChanges) first = changes_of_owner(run);
    toasty_auto(OwnerChanges) then = changes_of_owner(run);
    if (!owner)
        return;
    NUMBER(run, owner_update_by_id, owner->id, owner_changes(first));
    NUMBER(run, owner_update, owner, owner_changes(then));
    if (CHANCE(run, 3))
        NUMBER(run, owner_delete, owner);
}

static void update_item(run *run)
{
    const char *title = CHANCE(run, 2) ? PICK(run, titles) : NULL;
    int64_t id = any_item_id(run);
    if (CHANCE(run, 2))
        NUMBER(run, item_update_by_id, id, toasty_when(title, item_title_set(title)), item_rank_add(1));
    else
        BLOCK(run, Item, show_item, item_update_by_id_returning, id,
              toasty_when(title, item_title_set(title)), item_rank_set(PICK(run, ranks)));
}

static void update_item_record(run *run)
{
    Item *item = some_item(run);
    if (item && CHANCE(run, 3))
        NUMBER(run, item_delete, item);
    else if (item)
        NUMBER(run, item_update, item, item_rank_set(PICK(run, ranks)),
               toasty_when(CHANCE(run, 3), item_title_set(PICK(run, titles))));
}

/* A record that is no longer what is there, and has a version to say so. */
static void update_stale_item(run *run)
{
    Item *item = some_item(run);
    if (!item)
        return;
    if (CHANCE(run, 4))
        NUMBER(run, item_delete_by_id, item->id);
    else if (CHANCE(run, 2))
        NUMBER(run, item_update_by_id, item->id, item_rank_add(1));
    if (CHANCE(run, 3))
        NUMBER(run, item_delete, item);
    else
        NUMBER(run, item_update, item, item_title_set(PICK(run, titles)));
}

static void update_items_of_owner(run *run)
{
    Owner *owner = some_owner(run);
    if (owner && CHANCE(run, 2))
        NUMBER(run, owner_items_update, owner, .set = {item_rank_set(PICK(run, ranks))});
    else if (owner)
        NUMBER(run, owner_reviews_update, owner, .set = {item_title_set(PICK(run, titles))});
}

static void update_note(run *run)
{
    NUMBER(run, note_update_by_item_id_and_number, any_item_id(run), PICK(run, small),
           note_text_set(PICK(run, nicks)));
}

/* --- upserts --- */

static void upsert_owner(run *run)
{
    int64_t id = any_id(run), visits = PICK(run, large);
    const char *email = PICK(run, emails), *nick = PICK(run, nicks);
    switch (roll(&run->dice, 4)) {
    case 0:
        BLOCK(run, Owner, show_owner, owner_upsert_by_id, id, owner_email_set(email), owner_nick_set(nick));
        break;
    case 1:
        BLOCK(run, Owner, show_owner, owner_upsert_by_id, id, owner_nick_set(nick),
              owner_on_create(owner_email_set(email), owner_visits_set(1)),
              owner_on_update(owner_visits_add(visits)));
        break;
    case 2:
        BLOCK(run, Owner, show_owner, owner_upsert_by_id, id, owner_visits_add(visits),
              owner_on_create(owner_email_set(email)));
        break;
    default:
        BLOCK(run, Owner, show_owner, owner_upsert_by_id, id,
              owner_on_create(owner_email_set(email), owner_age_set(3)));
    }
}

static void upsert_note(run *run)
{
    const char *text = PICK(run, nicks);
    if (!run->world->item_count)
        return;
    int64_t item = some_id(run, run->world->items, run->world->item_count);
    BLOCK(run, Note, show_note, note_upsert_by_item_id_and_number, item, PICK(run, small),
          toasty_when(text, note_text_set(text)));
}

/* --- links --- */

static void link_item(run *run)
{
    Owner *owner = some_owner(run);
    Item *item = some_item(run);
    if (!owner || !item)
        return;
    switch (roll(&run->dice, 3)) {
    case 0:
        NUMBER(run, owner_items_link, owner, item);
        break;
    case 1:
        NUMBER(run, owner_reviews_link, owner, item);
        break;
    default:
        NUMBER(run, owner_reviews_unlink, owner, item);
    }
}

static void link_card(run *run)
{
    Owner *owner = some_owner(run);
    Card *card = some_card(run);
    if (owner && card)
        NUMBER(run, owner_card_link, owner, card);
}

static void replace_card(run *run)
{
    Owner *owner = some_owner(run);
    if (owner)
        BLOCK(run, Card, show_card, owner_card_replace, owner, .id = any_id(run), .text = PICK(run, titles));
}

static void change_card(run *run)
{
    Owner *owner = some_owner(run);
    if (owner && CHANCE(run, 2))
        NUMBER(run, owner_card_update, owner, card_text_set(PICK(run, titles)));
    else if (owner)
        NUMBER(run, owner_card_delete, owner);
}

/* --- deletes --- */

static void delete_owner(run *run)
{
    Owner *owner = some_owner(run);
    if (owner)
        NUMBER(run, owner_delete, owner);
}

static void delete_owner_by_key(run *run)
{
    switch (roll(&run->dice, 4)) {
    case 0:
        NUMBER(run, owner_delete_by_id, any_id(run));
        break;
    case 1:
        BLOCK(run, Owner, show_owner, owner_delete_by_id_returning, any_id(run));
        break;
    case 2:
        NUMBER(run, owner_delete_by_email, PICK(run, emails));
        break;
    default:
        BLOCK(run, Owner, show_owner, owner_delete_by_nick_returning, "x");
    }
}

static void delete_item(run *run)
{
    switch (roll(&run->dice, 3)) {
    case 0:
        NUMBER(run, item_delete_by_id, any_item_id(run));
        break;
    case 1:
        BLOCK(run, Item, show_item, item_delete_by_id_returning, any_item_id(run));
        break;
    default:
        NUMBER(run, note_delete_by_item_id_and_number, any_item_id(run), PICK(run, small));
    }
}

static void delete_items_of_owner(run *run)
{
    Owner *owner = some_owner(run);
    if (owner && CHANCE(run, 2))
        NUMBER(run, owner_items_delete, owner);
    else if (owner)
        NUMBER(run, owner_reviews_delete, owner);
}

/* --- reads --- */

static void read_owner(run *run)
{
    if (CHANCE(run, 2))
        BLOCK(run, Owner, show_owner, owner_get_by_id, any_id(run), .include = {owner_with_items()});
    else
        BLOCK(run, Owner, show_owner, owner_get_by_email, PICK(run, emails));
}

static void read_items(run *run)
{
    int64_t owner = any_id(run);
    switch (roll(&run->dice, 4)) {
    case 0:
        BLOCK(run, ItemList, show_items, item_by_owner_id, owner, .limit = 2);
        break;
    case 1:
        BLOCK(run, ItemList, show_items, item_by_owner_id_and_title_ge, owner, PICK(run, titles));
        break;
    case 2:
        BLOCK(run, ItemList, show_items, item_by_reviewer_id, owner, .include = {item_with_notes()});
        break;
    default:
        NUMBER(run, item_count_by_owner_id, owner);
    }
}

/* Of one owner, by their titles: a page, the next one, and back again. */
static void read_pages(run *run)
{
    int64_t owner = any_id(run);
    uint32_t size = 1 + (uint32_t)roll(&run->dice, 3);
    BLOCK(run, ItemPage, show_item_page, item_page_by_owner_id, owner, .per_page = size,
          .include = {item_with_notes()});
    const ItemPage *first = run->answers[run->answer_count - 1].block;
    if (!first || !first->has_next)
        return;
    BLOCK(run, ItemPage, show_item_page, item_page_next, first);
    const ItemPage *second = run->answers[run->answer_count - 1].block;
    if (second)
        BLOCK(run, ItemPage, show_item_page, item_page_previous, second);
}

static void read_several(run *run)
{
    int64_t ids[8], last = any_item_id(run);
    size_t count = roll(&run->dice, 9);
    for (size_t i = 0; i < count; i++)
        ids[i] = last = CHANCE(run, 3) ? last : any_item_id(run);
    /* Without an order a list by key has none that is promised: one row at most, or a number. */
    if (CHANCE(run, 2))
        BLOCK(run, NoteList, show_notes, note_by_item_id_and_number_between, last, -1, INT32_MAX, .limit = 2);
    else
        BLOCK(run, ItemList, show_items, item_by_id_in, ids, count > 1 && CHANCE(run, 2) ? 1 : 0);
}

const act acts[] = {
    {.name = "create_owner", .run = create_owner, .weight = 30},
    {.name = "create_owner_with_items", .run = create_owner_with_items, .weight = 15},
    {.name = "create_owners", .run = create_owners, .weight = 10},
    {.name = "create_item", .run = create_item, .weight = 40},
    {.name = "create_many_items", .run = create_many_items, .weight = 4, .alone = true},
    {.name = "create_card", .run = create_card, .weight = 8},
    {.name = "create_note", .run = create_note, .weight = 15},
    {.name = "update_owner_by_id", .run = update_owner_by_id, .weight = 20},
    {.name = "update_owner_by_id_returning",
     .run = update_owner_by_id_returning,
     .weight = 20,
     .looks = true},
    {.name = "update_owner_by_email", .run = update_owner_by_email, .weight = 15, .looks = true},
    {.name = "update_owner_by_nick_returning",
     .run = update_owner_by_nick_returning,
     .weight = 15,
     .looks = true},
    {.name = "update_owner", .run = update_owner, .weight = 20},
    {.name = "update_stale_owner", .run = update_stale_owner, .weight = 20, .alone = true, .looks = true},
    {.name = "update_item", .run = update_item, .weight = 20, .looks = true},
    {.name = "update_item_record", .run = update_item_record, .weight = 15, .looks = true},
    {.name = "update_stale_item", .run = update_stale_item, .weight = 15, .alone = true, .looks = true},
    {.name = "update_items_of_owner", .run = update_items_of_owner, .weight = 15, .looks = true},
    {.name = "update_note", .run = update_note, .weight = 8},
    {.name = "upsert_owner", .run = upsert_owner, .weight = 25, .upserts_unique = true, .looks = true},
    {.name = "upsert_note", .run = upsert_note, .weight = 8, .looks = true},
    {.name = "link_item", .run = link_item, .weight = 15, .looks = true},
    {.name = "link_card", .run = link_card, .weight = 8, .looks = true},
    {.name = "replace_card", .run = replace_card, .weight = 8, .looks = true},
    {.name = "change_card", .run = change_card, .weight = 8, .looks = true},
    {.name = "delete_owner", .run = delete_owner, .weight = 6, .looks = true},
    {.name = "delete_owner_by_key", .run = delete_owner_by_key, .weight = 10, .looks = true},
    {.name = "delete_item", .run = delete_item, .weight = 10, .looks = true},
    {.name = "delete_items_of_owner", .run = delete_items_of_owner, .weight = 5, .looks = true},
    {.name = "read_owner", .run = read_owner, .weight = 10, .looks = true},
    {.name = "read_items", .run = read_items, .weight = 10, .looks = true},
    {.name = "read_pages", .run = read_pages, .weight = 10, .alone = true, .looks = true},
    {.name = "read_several", .run = read_several, .weight = 5, .looks = true},
};
const size_t act_count = sizeof acts / sizeof *acts;
