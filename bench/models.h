/* The models that every workload runs on; the contenders in raw C and in Rust have the same tables.
 *
 * Users, posts and comments have keys that the database counts up. Authors, articles and remarks are the same graph with keys
 * that the client makes. */
#pragma once
#include <toasty/model.h>

toasty_model(User) {
    toasty(key, auto)            uint64_t     id;
                                 const char  *name;
    toasty(null)                 const char  *hair_color;
    toasty_has_many(Post, posts);
};

toasty_model(Post) {
    toasty(key, auto)            uint64_t     id;
    toasty(index)                uint64_t     user_id;
    toasty_belongs_to(User, user);
                                 const char  *title;
    toasty_has_many(Comment, comments);
};

toasty_model(Comment) {
    toasty(key, auto)            uint64_t     id;
    toasty(index)                uint64_t     post_id;
    toasty_belongs_to(Post, post);
                                 const char  *text;
};

toasty_model(Author) {
    toasty(key, auto)            toasty_uuid  id;
                                 const char  *name;
    toasty(null)                 const char  *hair_color;
    toasty_has_many(Article, articles);
};

toasty_model(Article) {
    toasty(key, auto)            toasty_uuid  id;
    toasty(index)                toasty_uuid  author_id;
    toasty_belongs_to(Author, author);
                                 const char  *title;
    toasty_has_many(Remark, remarks);
};

toasty_model(Remark) {
    toasty(key, auto)            toasty_uuid  id;
    toasty(index)                toasty_uuid  article_id;
    toasty_belongs_to(Article, article);
                                 const char  *text;
};
