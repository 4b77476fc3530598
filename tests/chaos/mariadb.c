/* Chaos on MariaDB: see mysql.c. */
#define SERVER "mariadb"
#define READ_ONLY "@@tx_read_only"
#include "mysql.c"
