/* Rows as text: what is compared. */
#include "unison.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void text_add(text *text, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    size_t needed = (size_t)vsnprintf(NULL, 0, format, args) + 1;
    if (text->len + needed > text->room) {
        text->room = 2 * (text->len + needed);
        text->bytes = realloc(text->bytes, text->room);
        if (!text->bytes)
            abort();
    }
    vsnprintf(text->bytes + text->len, needed, format, again);
    text->len += needed - 1;
    va_end(again);
    va_end(args);
}

static void show_string(text *text, const char *string)
{
    text_add(text, string ? " '%s'" : " NULL", string);
}

/* --- records --- */

void show_note(text *text, const void *record)
{
    const Note *note = record;
    text_add(text, "  note %lld.%d:", (long long)note->item_id, (int)note->number);
    show_string(text, note->text);
    text_add(text, "\n");
}

void show_card(text *text, const void *record)
{
    const Card *card = record;
    text_add(text, "  card %lld: owner %lld", (long long)card->id, (long long)card->owner_id);
    show_string(text, card->text);
    text_add(text, "\n");
}

void show_item(text *text, const void *record)
{
    const Item *item = record;
    text_add(text, "  item %lld: owner %lld,", (long long)item->id, (long long)item->owner_id);
    text_add(text, item->reviewer_id.set ? " reviewer %lld," : " no reviewer,",
             (long long)item->reviewer_id.value);
    show_string(text, item->title);
    text_add(text, " rank %llu version %lld\n", (unsigned long long)item->rank, (long long)item->version);
    for (size_t i = 0; i < item->notes.len; i++)
        show_note(text, &item->notes.items[i]);
}

void show_owner(text *text, const void *record)
{
    const Owner *owner = record;
    const unsigned char *token = owner->token.data;
    text_add(text, "  owner %lld:", (long long)owner->id);
    show_string(text, owner->email);
    show_string(text, owner->nick);
    text_add(text, owner->age.set ? " age %d" : " no age", (int)owner->age.value);
    text_add(text, " visits %lld weight %.17g colour %d", (long long)owner->visits, owner->weight,
             (int)owner->colour);
    text_add(text, token ? " token " : " no token");
    for (size_t i = 0; token && i < owner->token.len; i++)
        text_add(text, "%02x", token[i]);
    text_add(text, "\n");
    for (size_t i = 0; i < owner->items.len; i++)
        show_item(text, &owner->items.items[i]);
}

/* --- lists --- */

static int order(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int order_owners(const void *a, const void *b)
{
    return order(((const Owner *)a)->id, ((const Owner *)b)->id);
}

static int order_items(const void *a, const void *b)
{
    return order(((const Item *)a)->id, ((const Item *)b)->id);
}

static int order_cards(const void *a, const void *b)
{
    return order(((const Card *)a)->id, ((const Card *)b)->id);
}

static int order_notes(const void *a, const void *b)
{
    const Note *x = a, *y = b;
    int by_item = order(x->item_id, y->item_id);
    return by_item ? by_item : order(x->number, y->number);
}

/* Without a limit, rows come in no order that is promised. */
#define SHOW_LIST(Model, model)                                                                              \
    void show_##model##s(text *text, const void *list)                                                       \
    {                                                                                                        \
        const Model##List *rows = list;                                                                      \
        if (rows->len)                                                                                       \
            qsort(rows->items, rows->len, sizeof *rows->items, order_##model##s);                            \
        for (size_t i = 0; i < rows->len; i++)                                                               \
            show_##model(text, &rows->items[i]);                                                             \
    }
SHOW_LIST(Owner, owner)
SHOW_LIST(Item, item)
SHOW_LIST(Card, card)
SHOW_LIST(Note, note)

void show_item_page(text *text, const void *page)
{
    const ItemPage *rows = page;
    for (size_t i = 0; i < rows->len; i++)
        show_item(text, &rows->items[i]);
    text_add(text, "  a page%s%s\n", rows->has_prev ? ", one before" : "",
             rows->has_next ? ", one behind" : "");
}

static int show_table(text *text, const void *list, void (*show)(struct text *text, const void *list))
{
    if (list)
        show(text, list);
    return list ? 0 : -1;
}

int show_tables(text *text, toasty_db *db)
{
    toasty_auto(OwnerList) owners = owner_scan(db);
    if (show_table(text, owners, show_owners) < 0)
        return -1;
    toasty_auto(ItemList) items = item_scan(db);
    if (show_table(text, items, show_items) < 0)
        return -1;
    toasty_auto(CardList) cards = card_scan(db);
    if (show_table(text, cards, show_cards) < 0)
        return -1;
    toasty_auto(NoteList) notes = note_scan(db);
    return show_table(text, notes, show_notes);
}
