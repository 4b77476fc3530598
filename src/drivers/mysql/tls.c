/* TLS: what all connections of a database share, and whom a certificate must be of.
 *
 * The context is made once, by the first connection that needs it, since reading a system's certificates
 * takes longer than a login. Without verification nothing is read at all. */
#include "mysql.h"

#include "base/error.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

static int fail_file(const char *what, const char *file, toasty_error *err)
{
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    toasty__fail(err, TOASTY_CONNECTION_FAILED, "the %s %s cannot be used: %s", what, file,
                 reason ? reason : "no reason was given");
    ERR_clear_error();
    return -1;
}

static int load_roots(const my_database *database, SSL_CTX *context, toasty_error *err)
{
    if (database->tls_mode < MY_TLS_VERIFY_CA)
        return 0;
    if (!database->tls_roots)
        return SSL_CTX_set_default_verify_paths(context)
                   ? 0
                   : toasty__fail(err, TOASTY_CONNECTION_FAILED, "the system's certificates cannot be read");
    if (SSL_CTX_load_verify_locations(context, database->tls_roots, NULL) > 0)
        return 0;
    return fail_file("root certificate", database->tls_roots, err);
}

static int load_own(const my_database *database, SSL_CTX *context, toasty_error *err)
{
    const char *certificate = database->tls_certificate;
    const char *key = database->tls_key ? database->tls_key : certificate;
    if (!certificate)
        return 0;
    if (SSL_CTX_use_certificate_chain_file(context, certificate) <= 0)
        return fail_file("client certificate", certificate, err);
    if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) <= 0)
        return fail_file("key", key, err);
    return 0;
}

static SSL_CTX *make_context(const my_database *database, toasty_error *err)
{
    ERR_clear_error();
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (!context) {
        ERR_clear_error();
        toasty__fail_memory(err);
        return NULL;
    }
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_verify(context, database->tls_mode >= MY_TLS_VERIFY_CA ? SSL_VERIFY_PEER : SSL_VERIFY_NONE,
                       NULL);
    if (load_roots(database, context, err) == 0 && load_own(database, context, err) == 0)
        return context;
    SSL_CTX_free(context);
    return NULL;
}

SSL_CTX *toasty__my_tls_context(my_database *database, toasty_error *err)
{
    pthread_mutex_lock(&database->lock);
    if (!database->tls)
        database->tls = make_context(database, err);
    SSL_CTX *context = database->tls;
    pthread_mutex_unlock(&database->lock);
    return context;
}

static bool is_address(const char *name)
{
    unsigned char address[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1;
}

int toasty__my_tls_expect(const my_database *database, SSL *tls, const char *host)
{
    bool address = is_address(host);
    if (!address && *host != '/' && !SSL_set_tlsext_host_name(tls, host))
        return -1;
    if (database->tls_mode < MY_TLS_VERIFY_FULL)
        return 0;
    X509_VERIFY_PARAM *wanted = SSL_get0_param(tls);
    int set =
        address ? X509_VERIFY_PARAM_set1_ip_asc(wanted, host) : X509_VERIFY_PARAM_set1_host(wanted, host, 0);
    return set ? 0 : -1;
}

void toasty__my_tls_explain(const SSL *tls, const char *host, toasty_error *err)
{
    long verdict = SSL_get_verify_result(tls);
    if (verdict == X509_V_ERR_HOSTNAME_MISMATCH || verdict == X509_V_ERR_IP_ADDRESS_MISMATCH)
        toasty__fail(err, TOASTY_CONNECTION_FAILED, "the server's certificate is not for the host \"%s\"",
                     host);
    else if (verdict != X509_V_OK)
        toasty__fail(err, TOASTY_CONNECTION_FAILED, "the server's certificate cannot be trusted: %s",
                     X509_verify_cert_error_string(verdict));
    else
        err->code = TOASTY_CONNECTION_FAILED;
}
