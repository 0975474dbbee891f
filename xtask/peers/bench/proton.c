/* Qpid Proton in C: frames and values, logins in memory and over loopback. Built from the sources of its Python package.
 *
 * `codec decode|encode NAME OCTETS data|native`: `data` is the public tree, `native` the consumers and generators that its
 * own transport uses for SASL and does not export: they look at nothing within a symbol or a string.
 * `login MECHANISM OCTETS…`: the octets are what a server says, one read each. `connect MECHANISM PORT [PEM_FILE]`.
 * Its SASL is the built-in one, which has no SCRAM; with Cyrus SASL a login takes longer. */
#define _GNU_SOURCE
#include "outside.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include <proton/codec.h>
#include <proton/connection.h>
#include <proton/logger.h>
#include <proton/sasl.h>
#include <proton/ssl.h>
#include <proton/transport.h>

#include "core/buffer.h"
#include "core/consumers.h"
#include "core/frame_consumers.h"
#include "core/frame_generators.h"
#include "core/framing.h"
#include "protocol.h"

static const char *name;
static char *octets;
static size_t length;
static pn_data_t *data;
static pn_logger_t *logger;

/* ---- frames and values */

static const char *ONE[] = {"PLAIN"};
static const char *EIGHT[] = {"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-512", "EXTERNAL",
                              "PLAIN", "ANONYMOUS", "GSSAPI", "XOAUTH2"};
static char challenge[200];

static bool is(const char *word) { return strncmp(name, word, strlen(word)) == 0; }

static bool is_value(void) { return is("map") || is("list") || is("binary"); }

/* Looks at every node. */
static void visit(void)
{
    while (pn_data_next(data)) {
        pn_type_t type = pn_data_type(data);
        look(&type);
        if (type == PN_MAP || type == PN_LIST || type == PN_ARRAY || type == PN_DESCRIBED) {
            pn_data_enter(data);
            visit();
            pn_data_exit(data);
        }
    }
}

static bool decode_tree(void)
{
    const char *body = octets;
    size_t left = length;
    if (!is_value()) {
        pn_frame_t frame;
        if (pn_read_frame(&frame, octets, length, 0, logger) <= 0) return false;
        body = frame.frame_payload0.start;
        left = frame.frame_payload0.size;
    }
    pn_data_clear(data);
    return pn_data_decode(data, body, left) > 0;
}

static long long decode_data(long count)
{
    long long start = now();
    while (count--) {
        if (!decode_tree()) return -1;
        if (!is_value()) {
            pn_data_rewind(data);
            visit();
        }
    }
    return now() - start;
}

/* As pn_do_mechanisms has it. */
static bool consume_mechanisms(pn_bytes_t payload)
{
    pn_bytes_t rest, symbol;
    pn_amqp_decode_DqERe(payload, &rest);
    pni_consumer_t consumer = make_consumer_from_bytes(rest), items;
    uint8_t type;
    uint32_t count;
    if (!consume_array(&consumer, &items, &count, &type)) return false;
    while (count--) {
        if (!(type == PNE_SYM8 ? pni_consumer_readv8(&items, &symbol) : pni_consumer_readv32(&items, &symbol))) return false;
        look(symbol.start);
    }
    return true;
}

static long long decode_native(long count)
{
    long long start = now();
    while (count--) {
        pn_frame_t frame;
        pn_bytes_t one, two;
        uint8_t code;
        if (pn_read_frame(&frame, octets, length, 0, logger) <= 0) return -1;
        if (is("mechanisms")) {
            if (!consume_mechanisms(frame.frame_payload0)) return -1;
        } else if (is("init")) {
            pn_amqp_decode_DqEsze(frame.frame_payload0, &one, &two);
            look(two.start);
        } else if (is("challenge")) {
            pn_amqp_decode_DqEze(frame.frame_payload0, &one);
        } else {
            pn_amqp_decode_DqEBze(frame.frame_payload0, &code, &two);
            one = two;
            look(&code);
        }
        look(&one);
    }
    return now() - start;
}

static long long encode_data(long count)
{
    char *room = malloc(length + 16);
    if (!decode_tree()) return -1;
    long long start = now();
    while (count--) {
        if (pn_data_encode(data, room, length + 16) < 0) return -1;
        look(room);
    }
    long long spent = now() - start;
    free(room);
    return spent;
}

static pn_bytes_t generate(pn_rwbytes_t *scratch)
{
    if (is("mechanisms 1")) return pn_amqp_encode_DLEATEjsee(scratch, SASL_MECHANISMS, PN_SYMBOL, 1, (char **)ONE);
    if (is("mechanisms 8")) return pn_amqp_encode_DLEATEjsee(scratch, SASL_MECHANISMS, PN_SYMBOL, 8, (char **)EIGHT);
    if (is("init"))
        return pn_amqp_encode_DLEszSe(scratch, SASL_INIT, pn_bytes(5, "PLAIN"), 14, "\0user\0password",
                                      pn_bytes(18, "broker.example.org"));
    if (is("challenge")) return pn_amqp_encode_DLEZe(scratch, SASL_CHALLENGE, sizeof challenge, challenge);
    return pn_amqp_encode_DLEBze(scratch, SASL_OUTCOME, 0, 0, NULL);
}

static long long encode_native(long count)
{
    pn_rwbytes_t scratch = {1024, malloc(1024)};
    pn_buffer_t *buffer = pn_buffer(1024);
    long long start = now();
    while (count--) {
        pn_buffer_clear(buffer);
        pn_frame_t frame = {.type = SASL_FRAME_TYPE, .frame_payload0 = generate(&scratch)};
        if (!pn_write_frame(buffer, frame, logger)) return -1;
        look(buffer);
    }
    long long spent = now() - start;
    pn_buffer_free(buffer);
    free(scratch.start);
    return spent;
}

static deed *prepare_codec(int count, char **fields)
{
    if (count < 5) return NULL;
    bool is_decode = !strcmp(fields[1], "decode"), is_native = !strcmp(fields[4], "native");
    name = fields[2];
    octets = fields[3];
    length = unhex(octets);
    memset(challenge, 0x5A, sizeof challenge);
    data = pn_data(16);
    logger = pn_default_logger();
    if (is_native && is_value()) return fault = "only frames", NULL;
    if (is_native) return is_decode ? decode_native : encode_native;
    if (!is_decode && !is_value()) return fault = "only values", NULL;
    return is_decode ? decode_data : encode_data;
}

/* ---- logins */

static const char *mechanism;
static char **said;
static size_t lengths[8];
static int reads;

static pn_transport_t *begin(pn_connection_t **connection)
{
    pn_transport_t *transport = pn_transport();
    *connection = pn_connection();
    pn_connection_set_container(*connection, "container");
    pn_connection_set_hostname(*connection, "127.0.0.1");
    if (strcmp(mechanism, "ANONYMOUS")) {
        pn_connection_set_user(*connection, "user");
        pn_connection_set_password(*connection, "password");
    }
    pn_sasl_t *sasl = pn_sasl(transport);
    pn_sasl_allowed_mechs(sasl, mechanism);
    pn_sasl_set_allow_insecure_mechs(sasl, true);
    return transport;
}

static void end(pn_transport_t *transport, pn_connection_t *connection)
{
    pn_transport_unbind(transport);
    pn_transport_free(transport);
    pn_connection_free(connection);
}

/* Takes what is to be written, as a socket that takes all of it. */
static void swallow(pn_transport_t *transport)
{
    ssize_t pending;
    while ((pending = pn_transport_pending(transport)) > 0) {
        look(pn_transport_head(transport));
        pn_transport_pop(transport, (size_t)pending);
    }
}

static bool log_in(void)
{
    pn_connection_t *connection;
    pn_transport_t *transport = begin(&connection);
    pn_transport_bind(transport, connection);
    swallow(transport);
    for (int at = 0; at < reads; at++) {
        pn_transport_push(transport, said[at], lengths[at]);
        swallow(transport);
    }
    bool is_in = pn_sasl_outcome(pn_sasl(transport)) == PN_SASL_OK;
    pn_transport_close_tail(transport);
    pn_transport_close_head(transport);
    end(transport, connection);
    return is_in;
}

static long long log_in_all(long count) { return repeat(log_in, count); }

static struct sockaddr_in place = {.sin_family = AF_INET};
static pn_ssl_domain_t *domain;

static bool connect_once(void)
{
    pn_connection_t *connection;
    int one = 1, wire = socket(AF_INET, SOCK_STREAM, 0);
    if (wire < 0 || connect(wire, (struct sockaddr *)&place, sizeof place)) return false;
    setsockopt(wire, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    pn_transport_t *transport = begin(&connection);
    if (domain) {
        pn_ssl_init(pn_ssl(transport), domain, NULL);
        pn_ssl_set_peer_hostname(pn_ssl(transport), "localhost");
    }
    pn_transport_bind(transport, connection);
    bool is_in = false;
    for (;;) {
        ssize_t pending = pn_transport_pending(transport);
        while (pending > 0) {
            ssize_t sent = send(wire, pn_transport_head(transport), (size_t)pending, MSG_NOSIGNAL);
            if (sent <= 0) goto over;
            pn_transport_pop(transport, (size_t)sent);
            pending = pn_transport_pending(transport);
        }
        is_in = pn_sasl_outcome(pn_sasl(transport)) == PN_SASL_OK;
        ssize_t room = pn_transport_capacity(transport);
        if (is_in || room <= 0) break;
        ssize_t got = recv(wire, pn_transport_tail(transport), (size_t)room, 0);
        if (got <= 0) break;
        pn_transport_process(transport, (size_t)got);
    }
over:
    end(transport, connection);
    close(wire);
    return is_in;
}

static long long connect_all(long count) { return repeat(connect_once, count); }

static deed *prepare_connect(int count, char **fields)
{
    place.sin_port = htons((uint16_t)atoi(fields[2]));
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (!strncmp(mechanism, "SCRAM", 5)) return fault = "it has no SCRAM without Cyrus SASL", NULL;
    if (count > 3) {
        /* One for all connections, for it takes milliseconds. */
        domain = pn_ssl_domain(PN_SSL_MODE_CLIENT);
        if (!domain || pn_ssl_domain_set_trusted_ca_db(domain, fields[3]) ||
            pn_ssl_domain_set_peer_authentication(domain, PN_SSL_VERIFY_PEER_NAME, NULL))
            return fault = "it takes no certificate", NULL;
    }
    return connect_all;
}

static deed *prepare(int count, char **fields)
{
    if (!strcmp(fields[0], "codec")) return prepare_codec(count, fields);
    if (count < 3) return NULL;
    mechanism = fields[1];
    if (!strcmp(fields[0], "connect")) return prepare_connect(count, fields);
    said = fields + 2;
    reads = count - 2;
    for (int at = 0; at < reads; at++) lengths[at] = unhex(said[at]);
    return log_in_all;
}

int main(void) { return serve(prepare); }
