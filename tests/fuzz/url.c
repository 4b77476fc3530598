/* URLs of databases: any text is a URL or an error, and no error shows a piece of what stands before the '@'.
 */
#include "core/url.h"
#include "base/error.h"

#include <toasty/driver/driver.h>

#include <stdlib.h>
#include <string.h>

extern const toasty_driver toasty_sqlite_driver, toasty_postgresql_driver, toasty_keyvalue_driver;
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void open_with(const toasty_driver *driver, const toasty_url *url, toasty_error *err)
{
    toasty_database database = {0};
    if (driver->open(url, &database, err) < 0)
        return;
    toasty__url_check(url, (const char *const[]){"max_pool_size", "table_prefix", NULL}, err);
    driver->close(&database);
}

static void read_it(const char *text, const toasty_driver *driver, toasty_error *err)
{
    toasty_url url;
    if (toasty__url_parse(&url, text, err) < 0)
        return;
    uint32_t number;
    if (toasty__url_number(&url, "max_pool_size", &number, err) == 0)
        open_with(driver, &url, err);
    toasty__url_done(&url);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const toasty_driver *const drivers[] = {&toasty_sqlite_driver, &toasty_postgresql_driver,
                                                   &toasty_keyvalue_driver};
    char *text = malloc(length + 1);
    if (!text)
        return 0;
    memcpy(text, bytes, length);
    text[length] = '\0';
    for (size_t i = 0; i < sizeof drivers / sizeof *drivers; i++) {
        toasty_error error = {0};
        read_it(text, drivers[i], &error);
    }
    free(text);
    return 0;
}
