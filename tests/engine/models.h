/* Models as `toasty derive` would describe them, for the tests of the engine: a small application with keys that the client makes
 * (User, Category, Todo, Profile, Invoice, Node) and one with keys that the database counts up (Account, Entry). */
#ifndef TESTS_ENGINE_MODELS_H
#define TESTS_ENGINE_MODELS_H

#include <toasty/codegen.h>
#include <toasty/model.h>

typedef enum { PRIORITY_LOW = 7, PRIORITY_HIGH = 2 } Priority;

typedef struct {
    const char *street;
    int32_t number, floor;
} Address;

/* --- records --- */

toasty_model(User)
{
    toasty_uuid id;
    const char *name;
    const char *email;
    const char *bio;
    toasty_opt(int32_t) age;
    int64_t logins;
    toasty_opt(Address) address;
    toasty_timestamp created_at;
    toasty_timestamp updated_at;
    toasty_has_many(Todo, todos);
    toasty_has_one(Profile, profile);
};

toasty_model(Category)
{
    toasty_uuid id;
    const char *label;
    toasty_has_many(Todo, todos);
};

/* One partition a user, sorted by number. */
toasty_model(Todo)
{
    toasty_uuid user_id;
    int32_t number;
    toasty_opt(toasty_uuid) category_id;
    const char *title;
    Priority priority;
    toasty_belongs_to(User, user);
    toasty_belongs_to(Category, category);
};

toasty_model(Profile)
{
    toasty_uuid id;
    toasty_uuid user_id;
    const char *picture;
    uint64_t views;
    toasty_belongs_to(User, user);
};

/* Restricts the deletion of its user, which does not know its invoices. */
toasty_model(Invoice)
{
    toasty_uuid id;
    toasty_uuid user_id;
    toasty_belongs_to(User, user);
};

/* A tree, or a circle: the children go with their parent. */
toasty_model(Node)
{
    toasty_uuid id;
    const char *label;
    toasty_opt(toasty_uuid) parent_id;
    toasty_belongs_to(Node, parent);
    toasty_has_many(Node, children);
};

toasty_model(Account)
{
    uint64_t id;
    const char *owner;
    toasty_opt(int32_t) rank;
    toasty_has_many(Entry, entries);
};

toasty_model(Entry)
{
    uint64_t id;
    uint64_t account_id;
    const char *memo;
    toasty_belongs_to(Account, account);
};

/* --- what creates take --- */

typedef struct UserNew {
    const char *name, *email, *bio;
    toasty_opt(int32_t) age;
    toasty_opt(int64_t) logins;
    toasty_opt(Address) address;
    const struct TodoNew *todos;
    const struct ProfileNew *profile;
    char end_;
} UserNew;

typedef struct CategoryNew {
    const char *label;
    const struct TodoNew *todos;
    char end_;
} CategoryNew;

typedef struct TodoNew {
    toasty_uuid user_id;
    toasty_opt(int32_t) number;
    toasty_opt(toasty_uuid) category_id;
    const char *title;
    Priority priority;
    const User *user;
    const UserNew *new_user;
    const Category *category;
    const CategoryNew *new_category;
    char end_;
} TodoNew;

typedef struct ProfileNew {
    toasty_uuid user_id;
    const char *picture;
    uint64_t views;
    const User *user;
    const UserNew *new_user;
    char end_;
} ProfileNew;

typedef struct InvoiceNew {
    toasty_uuid user_id;
    const User *user;
    const UserNew *new_user;
    char end_;
} InvoiceNew;

typedef struct NodeNew {
    const char *label;
    toasty_opt(toasty_uuid) parent_id;
    const Node *parent;
    const struct NodeNew *new_parent;
    const struct NodeNew *children;
    char end_;
} NodeNew;

typedef struct AccountNew {
    const char *owner;
    toasty_opt(int32_t) rank;
    const struct EntryNew *entries;
    char end_;
} AccountNew;

typedef struct EntryNew {
    uint64_t account_id;
    const char *memo;
    const Account *account;
    const AccountNew *new_account;
    char end_;
} EntryNew;

/* --- tables (models.c) --- */

enum {
    USER_ID,
    USER_NAME,
    USER_EMAIL,
    USER_BIO,
    USER_AGE,
    USER_LOGINS,
    USER_ADDRESS_STREET,
    USER_ADDRESS_NUMBER,
    USER_ADDRESS_FLOOR,
    USER_CREATED_AT,
    USER_UPDATED_AT,
    USER_FIELDS
};
enum { CATEGORY_ID, CATEGORY_LABEL, CATEGORY_FIELDS };
enum { TODO_USER_ID, TODO_NUMBER, TODO_CATEGORY_ID, TODO_TITLE, TODO_PRIORITY, TODO_FIELDS };
enum { PROFILE_ID, PROFILE_USER_ID, PROFILE_PICTURE, PROFILE_VIEWS, PROFILE_FIELDS };
enum { INVOICE_ID, INVOICE_USER_ID, INVOICE_FIELDS };
enum { NODE_ID, NODE_LABEL, NODE_PARENT_ID, NODE_FIELDS };
enum { ACCOUNT_ID, ACCOUNT_OWNER, ACCOUNT_RANK, ACCOUNT_FIELDS };
enum { ENTRY_ID, ENTRY_ACCOUNT_ID, ENTRY_MEMO, ENTRY_FIELDS };

enum { USER_TODOS, USER_PROFILE };
enum { CATEGORY_TODOS };
enum { TODO_USER, TODO_CATEGORY };
enum { PROFILE_USER };
enum { NODE_PARENT, NODE_CHILDREN };
enum { ACCOUNT_ENTRIES };
enum { ENTRY_ACCOUNT };

enum { USER_BY_EMAIL = 1, USER_BY_AGE_NAME };
enum { CATEGORY_BY_LABEL = 1 };
enum { TODO_BY_CATEGORY = 1 };
enum { PROFILE_BY_USER = 1 };
enum { INVOICE_BY_USER = 1 };
enum { NODE_BY_PARENT = 1 };

extern const toasty_model user_model, category_model, todo_model, profile_model, invoice_model, node_model, account_model,
    entry_model;
extern const toasty_schema engine_schema;

#endif
