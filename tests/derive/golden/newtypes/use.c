/* Calls of each kind. */
#include "models.toasty.h"

int use(toasty_db *db);

int use(toasty_db *db)
{
    toasty_auto(User) ann = user_create(db, .email = {"ann@example.com"}, .credit = toasty_some({5}),
                                        .newsletter = toasty_some({true}));
    if (!ann)
        return -1;
    toasty_auto(Order) order = order_create(db, .member_id = ann->id, .number = 1, .price = {.net = {1250}});
    toasty_auto(User) by_id = user_get_by_id(db, (UserId){7});
    toasty_auto(User) by_email = user_get_by_email(db, (Email){"ann@example.com"});
    toasty_auto(Order) second = order_get_by_member_id_and_number(db, ann->id, 2);
    if (!order || !by_id || !by_email || !second)
        return -1;
    user_expr e = user_and(user_id_eq(ann->id), user_email_ne((Email){"x"}), user_email_starts_with((Email){"a"}),
                           user_billing_email_eq((Email){NULL}), user_credit_between((Cents){1}, (Cents){.value = 9}),
                           user_limit_ge((Cents){3}), user_limit_is_null(), user_newsletter_eq((Consent){true}),
                           user_id_in((const UserId[]){{1}, {2}}, 2), user_email_in((const Email[]){{"a"}}, 1));
    toasty_auto(UserList) some = user_all(db, .where = e, .order_by = {user_credit_desc()});
    toasty_opt(Cents) most = {0};
    toasty_opt(int64_t) sum = {0};
    if (!some || user_credit_max(db, &most, .where = e) < 0 || user_credit_sum(db, &sum) < 0)
        return -1;
    toasty_auto(UserDraft) draft = user_draft_new();
    if (user_draft_set(draft, .email = {"b"}) < 0 || user_draft_credit_set(draft, (Cents){8}) < 0 ||
        user_update(db, ann, user_credit_add((Cents){1}), user_limit_set_null(), user_email_set((Email){"c"}),
                    user_newsletter_set((Consent){false})) < 0 ||
        order_update(db, order, order_price_tax_set((Rate){0.19}), order_signature_set((Signature){{"x", 1}})) < 0 ||
        user_update_by_id(db, ann->id, user_credit_subtract((Cents){1})) < 0)
        return -1;
    toasty_auto(OrderLineList) lines = order_line_all(db, .where = order_line_net_gt((Cents){100}));
    return lines ? 0 : -1;
}
