/* What stalls sell: rows that are counted, summed up and grouped. */
#pragma once
#include <toasty/model.h>

toasty_model(Stall) {
    toasty(key, auto)            uint64_t     id;
                                 const char  *name;
    toasty(null)                 const char  *city;
    toasty_has_many(Sale, sales);
};

toasty_model(Sale) {
    toasty(key, auto)            uint64_t     id;
                                 uint64_t     stall_id;
    toasty_belongs_to(Stall, stall);
    toasty(null)                 const char  *product;
                                 int64_t      cents;
    toasty_opt(double)                        rating;
                                 bool         refunded;
                                 toasty_timestamp sold_at;
    toasty_opt(toasty_date)                   due_on;
    toasty(default = 0)          int64_t      paid;
};

/* A stall, and what its sales come to. */
toasty_view(StallCard, of = Stall) {
                                     uint64_t     id;
                                     const char  *name;
    toasty(exists = sales)           bool         sells;
    toasty(count = sales)            int64_t      sale_count;
    toasty(count_distinct = sales.product) int64_t products;
    toasty(min = sales.sold_at)      toasty_opt(toasty_timestamp) first_sale;
};

/* A sale, and how many its stall has. */
toasty_view(SaleCard, of = Sale) {
                                     int64_t      cents;
    toasty(path = day(sold_at))      toasty_timestamp day;
    toasty(count = stall.sales)       int64_t      of_stall;
};

/* A group of sales by what one field of theirs, one of another model, and a time have in common. */
toasty_view(SalesByDay, of = Sale, group_by = (stall.name, day(sold_at), stall_id)) {
    toasty(path = stall.name)         const char  *stall;
    toasty(path = day(sold_at))      toasty_timestamp day;
    toasty(count)                    int64_t      sales;
    toasty(sum = cents)              toasty_opt(int64_t) cents;
    toasty(avg = cents)              toasty_opt(double) average;
    toasty(min = cents)              toasty_opt(int64_t) least;
    toasty(max = sold_at)            toasty_opt(toasty_timestamp) last;
    toasty(count_distinct = product) int64_t      products;
};

/* NULLs are a group, and do not count. */
toasty_view(SalesByProduct, of = Sale, group_by = (product)) {
    toasty(null)                     const char  *product;
    toasty(count)                    int64_t      sales;
    toasty(count_distinct = rating)  int64_t      ratings;
    toasty(sum = rating)             toasty_opt(double) rating;
    toasty(avg = rating)             toasty_opt(double) average;
    toasty(sum = cents)              toasty_opt(int64_t) cents;
};

toasty_view(SalesByHour, of = Sale, group_by = (hour(sold_at))) {
    toasty(path = hour(sold_at))     toasty_timestamp hour;
    toasty(count)                    int64_t      sales;
};

toasty_view(SalesByMonth, of = Sale, group_by = (month(due_on), year(sold_at))) {
    toasty(path = month(due_on))     toasty_opt(toasty_date) month;
    toasty(path = year(sold_at))     toasty_timestamp year;
    toasty(count)                    int64_t      sales;
};

/* Which products are sold in which cities. */
toasty_view(Offer, of = Sale, distinct) {
    toasty(null)                     const char  *product;
    toasty(path = stall.city, null)   const char  *city;
};
