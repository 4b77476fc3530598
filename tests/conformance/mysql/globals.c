/* What an administrator changes for a whole server, under connections that are there. */
#include "books.toasty.h"
#include "own_server.h"

/* Others have taken all statements that the server keeps. */
static void take_all_statements(toasty_db *others)
{
    check_done((int)toasty_sql(others, "SET GLOBAL max_prepared_stmt_count = 1"));
}

TOASTY_TEST(globals, a_server_that_keeps_no_more_statements_gets_room_from_ours, NEEDS(START), TIMEOUT(60),
            SLOW)
{
    server server = new_server();
    toasty_auto(toasty_db) admin = open_when_ready(&server);
    suite_watch(admin);
    {
        toasty_auto(toasty_db) db = toasty_open(server.url, &models_schema, .max_pool_size = 1);
        toasty_auto(Topic) made = topic_create(db, .label = "a", .weight = 1);
        check_some(made);
        for (int i = 0; i < 10;
             i++) { /* as many statements as it gets; now there is room for none but these */
            check_int(1, topic_count(db));
            check_int(1, topic_update_by_label(db, "a", topic_weight_set(i)));
        }
        take_all_statements(admin);
        for (int i = 0; i < 3; i++) {
            if (topic_count(db, .where = topic_weight_gt(100)) != 0)
                ck_abort_msg("%s", toasty_last_error()->message);
            check_int(1, topic_count(db, .where = topic_label_eq("a")));
            toasty_auto(Topic) other = topic_get_by_label(db, "a");
            check_some(other);
        }
        check_uint(1, toasty_count(db).connections_opened);

        toasty_auto(toasty_db) newcomer = toasty_open(server.url, &models_schema, .max_pool_size = 1);
        check_some(newcomer);
        check_int(-1, topic_count(newcomer, .where = topic_label_eq("a")));
        check_last_error(TOASTY_DATABASE_ERROR);
        check_contains(toasty_last_error()->message, "max_prepared_stmt_count");
        check_done(toasty_close(newcomer));
        check_done(toasty_close(db));
    }
    check_done((int)toasty_sql(admin, "SET GLOBAL max_prepared_stmt_count = 1000"));
    check_done(toasty_close(admin));
    end(&server, SIGTERM);
    remove_folder(&server);
}

/* The session that is reset becomes as a new one is. */
TOASTY_TEST(globals, keys_are_right_after_a_step_of_all_new_sessions, NEEDS(START), TIMEOUT(60), SLOW)
{
    server server = new_server();
    toasty_auto(toasty_db) db = open_when_ready(&server);
    suite_watch(db);
    check_done((int)toasty_sql(db, "SET GLOBAL auto_increment_increment = 5"));
    toasty_auto(AuthorList) made = author_create_many(db, {.name = "a"}, {.name = "b"});
    check_some(made);
    toasty_auto(Author) second = author_get_by_id(db, made->items[1].id);
    check_some(second);
    check_text("b", second->name);
    check_uint(5, made->items[1].id - made->items[0].id);
    check_done(toasty_close(db));
    end(&server, SIGTERM);
    remove_folder(&server);
}

TOASTY_TEST(globals, a_server_that_only_reads_says_so, NEEDS(START), TIMEOUT(60), SLOW)
{
    server server = new_server();
    toasty_auto(toasty_db) db = open_when_ready(&server);
    suite_watch(db);
    toasty_auto(Topic) kept = topic_create(db, .label = "kept");
    check_some(kept);
    check_done((int)toasty_sql(db, "CREATE USER reader@'%' IDENTIFIED BY 'secret'"));
    check_done((int)toasty_sql(db, "GRANT ALL ON test.* TO reader@'%'"));
    check_done((int)toasty_sql(db, "SET GLOBAL read_only = 1"));
    char url[256];
    snprintf(url, sizeof url, "%s://reader:secret@127.0.0.1:%s/test", server.words->target, server.port);
    {
        toasty_auto(toasty_db) reader = toasty_open(url, &models_schema, .max_pool_size = 1);
        check_some(reader);
        check_int(1, topic_count(reader));
        Topic *none[2] = {NULL};
        check_null(topic_create(reader, .label = "new"));
        check_last_error(TOASTY_DATABASE_ERROR);
        check_contains(toasty_last_error()->message, "only reads");
        check_int(-1, toasty_batch(reader, topic_create_op(&none[0], .label = "x"),
                                   topic_create_op(&none[1], .label = "y")));
        check_last_error(TOASTY_DATABASE_ERROR);
        check_int(1, topic_count(reader));
        check_uint(1, toasty_count(reader).connections_opened);
        check_done(toasty_close(reader));
    }
    check_done((int)toasty_sql(db, "SET GLOBAL read_only = 0"));
    check_done(toasty_close(db));
    end(&server, SIGTERM);
    remove_folder(&server);
}
