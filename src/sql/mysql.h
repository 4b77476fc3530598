/* What statements and schemas of MySQL and MariaDB share: how text is compared.
 *
 * By code points, which is by bytes, with no padding: `a` and `a ` are two keys. */
#ifndef TOASTY_SQL_MYSQL_H
#define TOASTY_SQL_MYSQL_H

#define TOASTY__MYSQL_COLLATION "utf8mb4_0900_bin"
#define TOASTY__MARIADB_COLLATION "utf8mb4_nopad_bin"

#endif
