/* The tables of models.h, as generated code would have them. */
#include "engine/models.h"

#define NO TOASTY_NO_OFFSET
#define PLAIN(model, member, TYPE, ...)                                                                      \
    {                                                                                                        \
        .name = #member, .column = #member, .type = TOASTY_TYPE_##TYPE, .embed = TOASTY_NO_EMBED,            \
        .offset = offsetof(model, member), .set_offset = NO, .new_offset = offsetof(model##New, member),     \
        .new_set_offset = NO, __VA_ARGS__                                                                    \
    }
/* Not in …New. */
#define MADE(model, member, TYPE, ...)                                                                       \
    {                                                                                                        \
        .name = #member, .column = #member, .type = TOASTY_TYPE_##TYPE, .embed = TOASTY_NO_EMBED,            \
        .offset = offsetof(model, member), .set_offset = NO, .new_offset = NO, .new_set_offset = NO,         \
        __VA_ARGS__                                                                                          \
    }
/* Optional in …New only. */
#define CHOSEN(model, member, TYPE, ...)                                                                     \
    {                                                                                                        \
        .name = #member, .column = #member, .type = TOASTY_TYPE_##TYPE, .embed = TOASTY_NO_EMBED,            \
        .offset = offsetof(model, member), .set_offset = NO,                                                 \
        .new_offset = offsetof(model##New, member.value),                                                    \
        .new_set_offset = offsetof(model##New, member.set), __VA_ARGS__                                      \
    }
#define OPTIONAL(model, member, TYPE, FLAGS)                                                                 \
    {                                                                                                        \
        .name = #member, .column = #member, .type = TOASTY_TYPE_##TYPE, .embed = TOASTY_NO_EMBED,            \
        .offset = offsetof(model, member.value), .set_offset = offsetof(model, member.set),                  \
        .new_offset = offsetof(model##New, member.value),                                                    \
        .new_set_offset = offsetof(model##New, member.set),                                                  \
        .flags = TOASTY_FIELD_NULLABLE | TOASTY_FIELD_NULL_COLUMN | (FLAGS)                                  \
    }
#define KEY .flags = TOASTY_FIELD_KEY
#define REQUIRED .flags = 0
#define REFERENCE .flags = TOASTY_FIELD_REFERENCE

#define ADDRESS(member, TYPE)                                                                                \
    {                                                                                                        \
        .name = "address." #member, .column = "address_" #member, .type = TOASTY_TYPE_##TYPE, .embed = 0,    \
        .flags = TOASTY_FIELD_NULL_COLUMN, .offset = offsetof(User, address.value.member), .set_offset = NO, \
        .new_offset = offsetof(UserNew, address.value.member), .new_set_offset = NO                          \
    }

static const toasty_field user_fields[] = {
    MADE(User, id, UUID, KEY, .on_create = TOASTY_SOURCE_UUID_V7),
    PLAIN(User, name, TEXT, REQUIRED),
    PLAIN(User, email, TEXT, REQUIRED),
    PLAIN(User, bio, TEXT, .flags = TOASTY_FIELD_NULLABLE | TOASTY_FIELD_NULL_COLUMN),
    OPTIONAL(User, age, I32, 0),
    CHOSEN(User, logins, I64, .on_create = TOASTY_SOURCE_VALUE,
           .create_value = {.kind = TOASTY_VALUE_INT, .as.integer = 5}),
    ADDRESS(street, TEXT),
    ADDRESS(number, I32),
    ADDRESS(floor, I32),
    MADE(User, created_at, TIMESTAMP, .on_create = TOASTY_SOURCE_NOW),
    MADE(User, updated_at, TIMESTAMP, .on_create = TOASTY_SOURCE_NOW, .on_update = TOASTY_SOURCE_NOW),
};
static const toasty_embed user_embeds[] = {{.name = "address",
                                            .set_offset = offsetof(User, address.set),
                                            .new_set_offset = offsetof(UserNew, address.set),
                                            .parent = TOASTY_NO_EMBED,
                                            .first_field = USER_ADDRESS_STREET,
                                            .field_count = 3}};

static const toasty_field category_fields[] = {
    MADE(Category, id, UUID, KEY, .on_create = TOASTY_SOURCE_UUID_V7),
    PLAIN(Category, label, TEXT, REQUIRED),
};

static const int64_t priority_values[] = {PRIORITY_LOW, PRIORITY_HIGH};
static const char *const priority_labels[] = {"low", "high"};
static const toasty_enum priority = {.name = "priority",
                                     .labels = priority_labels,
                                     .values = priority_values,
                                     .count = 2,
                                     .size = sizeof(Priority)};

static const toasty_field todo_fields[] = {
    PLAIN(Todo, user_id, UUID, .flags = TOASTY_FIELD_KEY | TOASTY_FIELD_REFERENCE),
    CHOSEN(Todo, number, I32, .flags = TOASTY_FIELD_KEY | TOASTY_FIELD_EXPLICIT),
    OPTIONAL(Todo, category_id, UUID, TOASTY_FIELD_REFERENCE),
    PLAIN(Todo, title, TEXT, REQUIRED),
    PLAIN(Todo, priority, ENUM, .labels = &priority),
};

static const toasty_field profile_fields[] = {
    MADE(Profile, id, UUID, KEY, .on_create = TOASTY_SOURCE_UUID_V7),
    PLAIN(Profile, user_id, UUID, REFERENCE),
    PLAIN(Profile, picture, TEXT, REQUIRED),
    PLAIN(Profile, views, U64, REQUIRED),
};

static const toasty_field invoice_fields[] = {
    MADE(Invoice, id, UUID, KEY, .on_create = TOASTY_SOURCE_UUID_V7),
    PLAIN(Invoice, user_id, UUID, REFERENCE),
};

static const toasty_field node_fields[] = {
    MADE(Node, id, UUID, KEY, .on_create = TOASTY_SOURCE_UUID_V7),
    PLAIN(Node, label, TEXT, REQUIRED),
    OPTIONAL(Node, parent_id, UUID, TOASTY_FIELD_REFERENCE),
};

static const toasty_field account_fields[] = {
    MADE(Account, id, U64, KEY, .on_create = TOASTY_SOURCE_SEQUENCE),
    PLAIN(Account, owner, TEXT, REQUIRED),
    OPTIONAL(Account, rank, I32, 0),
};

static const toasty_field entry_fields[] = {
    MADE(Entry, id, U64, KEY, .on_create = TOASTY_SOURCE_SEQUENCE),
    PLAIN(Entry, account_id, U64, REFERENCE),
    PLAIN(Entry, memo, TEXT, REQUIRED),
};

/* --- indexes --- */

#define INDEX(name_, fields_, ...)                                                                           \
    {                                                                                                        \
        .name = name_, .fields = fields_, .field_count = sizeof(fields_) / sizeof(fields_[0]), __VA_ARGS__   \
    }
#define PRIMARY(name_, fields_) INDEX(name_, fields_, .partition_count = 1, .primary = true, .unique = true)

static const uint16_t field_0[] = {0}, field_1[] = {1}, field_2[] = {2}, user_email[] = {USER_EMAIL},
                      user_age_name[] = {USER_AGE, USER_NAME}, todo_key[] = {TODO_USER_ID, TODO_NUMBER};

static const toasty_index user_indexes[] = {
    PRIMARY("users_pkey", field_0),
    INDEX("users_email_key", user_email, .partition_count = 1, .unique = true),
    INDEX("users_age_name_idx", user_age_name, .partition_count = 1),
};
static const toasty_index category_indexes[] = {
    PRIMARY("categories_pkey", field_0),
    INDEX("categories_label_key", field_1, .partition_count = 1, .unique = true),
};
static const toasty_index todo_indexes[] = {
    PRIMARY("todos_pkey", todo_key),
    INDEX("todos_category_id_idx", field_2, .partition_count = 1),
};
static const toasty_index profile_indexes[] = {
    PRIMARY("profiles_pkey", field_0),
    INDEX("profiles_user_id_key", field_1, .partition_count = 1, .unique = true),
};
static const toasty_index invoice_indexes[] = {
    PRIMARY("invoices_pkey", field_0),
    INDEX("invoices_user_id_idx", field_1, .partition_count = 1),
};
static const toasty_index node_indexes[] = {
    PRIMARY("nodes_pkey", field_0),
    INDEX("nodes_parent_id_idx", field_2, .partition_count = 1),
};
static const toasty_index account_indexes[] = {PRIMARY("accounts_pkey", field_0)};
static const toasty_index entry_indexes[] = {
    PRIMARY("entries_pkey", field_0),
    INDEX("entries_account_id_idx", field_1, .partition_count = 1),
};

/* --- relations --- */

#define HAS(Model, member, KIND, target_, pair_, rule)                                                       \
    .name = #member, .target = &target_##_model, .pair = &pair_, .own_fields = field_0, .field_count = 1,    \
    .kind = TOASTY_HAS_##KIND, .on_delete = TOASTY_ON_DELETE_##rule, .offset = offsetof(Model, member),      \
    .new_offset = offsetof(Model##New, member), .new_create_offset = NO
#define BELONGS(Model, member, target_, own, rule)                                                           \
    .name = #member, .target = &target_##_model, .own_fields = own, .their_fields = field_0,                 \
    .field_count = 1, .kind = TOASTY_BELONGS_TO, .on_delete = TOASTY_ON_DELETE_##rule,                       \
    .offset = offsetof(Model, member), .loaded_offset = offsetof(Model, member##_loaded),                    \
    .new_offset = offsetof(Model##New, member), .new_create_offset = offsetof(Model##New, new_##member)

static const toasty_relation user_relations[2], category_relations[1], todo_relations[2],
    profile_relations[1], node_relations[2], account_relations[1], entry_relations[1];

static const toasty_relation user_relations[2] = {
    {.owner = &user_model,
     HAS(User, todos, MANY, todo, todo_relations[TODO_USER], CASCADE),
     .their_fields = field_0,
     .required = true,
     .loaded_offset = offsetof(User, todos.loaded)},
    {.owner = &user_model,
     HAS(User, profile, ONE, profile, profile_relations[PROFILE_USER], CASCADE),
     .their_fields = field_1,
     .required = true,
     .loaded_offset = offsetof(User, profile_loaded)},
};
static const toasty_relation category_relations[1] = {
    {.owner = &category_model,
     HAS(Category, todos, MANY, todo, todo_relations[TODO_CATEGORY], SET_NULL),
     .their_fields = field_2,
     .loaded_offset = offsetof(Category, todos.loaded)},
};
static const toasty_relation todo_relations[2] = {
    {.owner = &todo_model,
     BELONGS(Todo, user, user, field_0, CASCADE),
     .pair = &user_relations[USER_TODOS],
     .required = true,
     .constraint = "todos_user_id_fkey"},
    {.owner = &todo_model,
     BELONGS(Todo, category, category, field_2, SET_NULL),
     .pair = &category_relations[CATEGORY_TODOS],
     .constraint = "todos_category_id_fkey"},
};
static const toasty_relation profile_relations[1] = {
    {.owner = &profile_model,
     BELONGS(Profile, user, user, field_1, CASCADE),
     .pair = &user_relations[USER_PROFILE],
     .required = true,
     .constraint = "profiles_user_id_fkey"},
};
static const toasty_relation invoice_relations[] = {
    {.owner = &invoice_model,
     BELONGS(Invoice, user, user, field_1, RESTRICT),
     .required = true,
     .constraint = "invoices_user_id_fkey"},
};
static const toasty_relation node_relations[2] = {
    {.owner = &node_model,
     BELONGS(Node, parent, node, field_2, CASCADE),
     .pair = &node_relations[NODE_CHILDREN],
     .constraint = "nodes_parent_id_fkey"},
    {.owner = &node_model,
     HAS(Node, children, MANY, node, node_relations[NODE_PARENT], CASCADE),
     .their_fields = field_2,
     .loaded_offset = offsetof(Node, children.loaded)},
};
static const toasty_relation account_relations[1] = {
    {.owner = &account_model,
     HAS(Account, entries, MANY, entry, entry_relations[ENTRY_ACCOUNT], CASCADE),
     .their_fields = field_1,
     .required = true,
     .loaded_offset = offsetof(Account, entries.loaded)},
};
static const toasty_relation entry_relations[1] = {
    {.owner = &entry_model,
     BELONGS(Entry, account, account, field_1, CASCADE),
     .pair = &account_relations[ACCOUNT_ENTRIES],
     .required = true,
     .constraint = "entries_account_id_fkey"},
};

/* --- models --- */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MODEL(Type, lower, plural, number, ...)                                                              \
    const toasty_model lower##_model = {.name = #Type,                                                       \
                                        .table = #plural,                                                    \
                                        .fields = lower##_fields,                                            \
                                        .field_count = COUNT(lower##_fields),                                \
                                        .indexes = lower##_indexes,                                          \
                                        .index_count = COUNT(lower##_indexes),                               \
                                        .relations = lower##_relations,                                      \
                                        .relation_count = COUNT(lower##_relations),                          \
                                        .ordinal = number,                                                   \
                                        .size = sizeof(Type),                                                \
                                        .new_size = sizeof(Type##New),                                       \
                                        .new_end_offset = offsetof(Type##New, end_),                         \
                                        __VA_ARGS__}

MODEL(User, user, users, 0, .embeds = user_embeds, .embed_count = 1);
MODEL(Category, category, categories, 1, .embeds = NULL);
MODEL(Todo, todo, todos, 2, .embeds = NULL);
MODEL(Profile, profile, profiles, 3, .embeds = NULL);
MODEL(Invoice, invoice, invoices, 4, .embeds = NULL);
MODEL(Node, node, nodes, 5, .embeds = NULL);
MODEL(Account, account, accounts, 6, .embeds = NULL);
MODEL(Entry, entry, entries, 7, .embeds = NULL);

static const toasty_model *const models[] = {&user_model,    &category_model, &todo_model,    &profile_model,
                                             &invoice_model, &node_model,     &account_model, &entry_model};
const toasty_schema engine_schema = {
    .abi = TOASTY_ABI, .name = "engine", .models = models, .model_count = COUNT(models)};
