/* azure-uamqp-c: frames and values, logins in memory and over loopback. Built from the sources of its Python package.
 *
 * `codec decode|encode NAME OCTETS`, `login MECHANISM OCTETS…` with what a server says, one read each, and
 * `connect MECHANISM PORT [PEM_FILE]`; frames go through its codecs and typed getters, logins through saslclientio.
 * It has no SCRAM. The system's certificates, which it would load for each connection, are out of its sight. */
#define _GNU_SOURCE
#include "outside.h"

#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

#include "azure_c_shared_utility/platform.h"
#include "azure_c_shared_utility/shared_util_options.h"
#include "azure_c_shared_utility/socketio.h"
#include "azure_c_shared_utility/tlsio.h"
#include "azure_c_shared_utility/tlsio_openssl.h"
#include "azure_c_shared_utility/xio.h"
#include "azure_uamqp_c/amqp_definitions.h"
#include "azure_uamqp_c/amqpvalue.h"
#include "azure_uamqp_c/frame_codec.h"
#include "azure_uamqp_c/sasl_anonymous.h"
#include "azure_uamqp_c/sasl_frame_codec.h"
#include "azure_uamqp_c/sasl_plain.h"
#include "azure_uamqp_c/saslclientio.h"

static const char *name;
static char *octets;
static size_t length;
static bool is_broken;

/* ---- frames and values */

static const char *ONE[] = {"PLAIN"};
static const char *EIGHT[] = {"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-512", "EXTERNAL",
                              "PLAIN", "ANONYMOUS", "GSSAPI", "XOAUTH2"};
static char challenge[200];
static FRAME_CODEC_HANDLE frames;
static SASL_FRAME_CODEC_HANDLE sasl_frames;
static AMQPVALUE_DECODER_HANDLE decoder;
static AMQP_VALUE value;
static long decoded;

static bool is(const char *word) { return strncmp(name, word, strlen(word)) == 0; }

static bool is_value(void) { return is("map") || is("list") || is("binary"); }

static void broke(void *context)
{
    (void)context;
    is_broken = true;
}

static void see_mechanisms(AMQP_VALUE frame)
{
    SASL_MECHANISMS_HANDLE mechanisms;
    AMQP_VALUE names;
    uint32_t count;
    if (amqpvalue_get_sasl_mechanisms(frame, &mechanisms)) return broke(NULL);
    if (sasl_mechanisms_get_sasl_server_mechanisms(mechanisms, &names) || amqpvalue_get_array_item_count(names, &count))
        return broke(NULL);
    for (uint32_t at = 0; at < count; at++) {
        const char *symbol;
        AMQP_VALUE item = amqpvalue_get_array_item(names, at);
        if (amqpvalue_get_symbol(item, &symbol)) return broke(NULL);
        look(symbol);
        amqpvalue_destroy(item);
    }
    sasl_mechanisms_destroy(mechanisms);
}

static void see_init(AMQP_VALUE frame)
{
    SASL_INIT_HANDLE init;
    const char *mechanism, *hostname;
    amqp_binary response;
    if (amqpvalue_get_sasl_init(frame, &init) || sasl_init_get_mechanism(init, &mechanism) ||
        sasl_init_get_initial_response(init, &response) || sasl_init_get_hostname(init, &hostname))
        return broke(NULL);
    look(hostname);
    sasl_init_destroy(init);
}

static void see_challenge(AMQP_VALUE frame)
{
    SASL_CHALLENGE_HANDLE handle;
    amqp_binary binary;
    if (amqpvalue_get_sasl_challenge(frame, &handle) || sasl_challenge_get_challenge(handle, &binary)) return broke(NULL);
    look(binary.bytes);
    sasl_challenge_destroy(handle);
}

static void see_outcome(AMQP_VALUE frame)
{
    SASL_OUTCOME_HANDLE outcome;
    sasl_code code;
    if (amqpvalue_get_sasl_outcome(frame, &outcome) || sasl_outcome_get_code(outcome, &code)) return broke(NULL);
    look(&code);
    sasl_outcome_destroy(outcome);
}

static void see_frame(void *context, AMQP_VALUE frame)
{
    (void)context;
    AMQP_VALUE descriptor = amqpvalue_get_inplace_descriptor(frame);
    if (is_sasl_mechanisms_type_by_descriptor(descriptor)) see_mechanisms(frame);
    else if (is_sasl_init_type_by_descriptor(descriptor)) see_init(frame);
    else if (is_sasl_challenge_type_by_descriptor(descriptor)) see_challenge(frame);
    else if (is_sasl_outcome_type_by_descriptor(descriptor)) see_outcome(frame);
    decoded++;
}

static void see_value(void *context, AMQP_VALUE seen)
{
    (void)context;
    look(seen);
    if (!value) value = amqpvalue_clone(seen);
    decoded++;
}

static void take_octets(void *context, const unsigned char *bytes, size_t count, bool is_complete)
{
    size_t *at = context;
    (void)is_complete;
    memcpy(octets + *at, bytes, count);
    *at += count;
}

static int put_octets(void *context, const unsigned char *bytes, size_t count)
{
    take_octets(context, bytes, count, false);
    return 0;
}

static long long decode(long count)
{
    decoded = 0;
    long long start = now();
    for (long at = 0; at < count; at++) {
        const unsigned char *bytes = (const unsigned char *)octets;
        int failed = is_value() ? amqpvalue_decode_bytes(decoder, bytes, length) : frame_codec_receive_bytes(frames, bytes, length);
        if (failed || is_broken) return -1;
    }
    long long spent = now() - start;
    return decoded == count ? spent : -1;
}

static AMQP_VALUE offer(const char **names, int count)
{
    AMQP_VALUE array = amqpvalue_create_array();
    for (int at = 0; at < count; at++) {
        AMQP_VALUE symbol = amqpvalue_create_symbol(names[at]);
        amqpvalue_add_array_item(array, symbol);
        amqpvalue_destroy(symbol);
    }
    /* It takes the array over. */
    SASL_MECHANISMS_HANDLE mechanisms = sasl_mechanisms_create(array);
    AMQP_VALUE frame = amqpvalue_create_sasl_mechanisms(mechanisms);
    sasl_mechanisms_destroy(mechanisms);
    return frame;
}

/* The frame of that name, from plain strings and octets. */
static AMQP_VALUE build(void)
{
    AMQP_VALUE frame;
    if (is("mechanisms 1")) return offer(ONE, 1);
    if (is("mechanisms 8")) return offer(EIGHT, 8);
    if (is("init")) {
        SASL_INIT_HANDLE init = sasl_init_create("PLAIN");
        sasl_init_set_initial_response(init, (amqp_binary){"\0user\0password", 14});
        sasl_init_set_hostname(init, "broker.example.org");
        frame = amqpvalue_create_sasl_init(init);
        sasl_init_destroy(init);
    } else if (is("challenge")) {
        SASL_CHALLENGE_HANDLE handle = sasl_challenge_create((amqp_binary){challenge, sizeof challenge});
        frame = amqpvalue_create_sasl_challenge(handle);
        sasl_challenge_destroy(handle);
    } else {
        SASL_OUTCOME_HANDLE outcome = sasl_outcome_create(sasl_code_ok);
        frame = amqpvalue_create_sasl_outcome(outcome);
        sasl_outcome_destroy(outcome);
    }
    return frame;
}

static long long encode(long count)
{
    long long start = now();
    while (count--) {
        size_t at = 0;
        if (is_value()) {
            if (amqpvalue_encode(value, put_octets, &at)) return -1;
        } else {
            AMQP_VALUE frame = build();
            if (sasl_frame_codec_encode_frame(sasl_frames, frame, take_octets, &at)) return -1;
            amqpvalue_destroy(frame);
        }
        look(octets);
    }
    return now() - start;
}

static deed *prepare_codec(int count, char **fields)
{
    if (count < 4) return NULL;
    name = fields[2];
    length = unhex(fields[3]);
    /* Its own encoding may be longer. */
    octets = malloc(2 * length + 1024);
    memcpy(octets, fields[3], length);
    memset(challenge, 0x5A, sizeof challenge);
    frames = frame_codec_create(broke, NULL);
    sasl_frames = sasl_frame_codec_create(frames, see_frame, broke, NULL);
    decoder = amqpvalue_decoder_create(see_value, NULL);
    if (is_value() && amqpvalue_decode_bytes(decoder, (const unsigned char *)octets, length)) return NULL;
    return strcmp(fields[1], "decode") ? encode : decode;
}

/* ---- logins in memory: an IO that gives a piece for each call, and swallows what is sent */

static const char *mechanism_name;
static char **said;
static size_t lengths[MOST];
static int reads, given;
static bool is_in;
static ON_BYTES_RECEIVED on_bytes;
static void *on_bytes_context;

static CONCRETE_IO_HANDLE fake_create(void *parameters)
{
    (void)parameters;
    return malloc(1);
}

static int fake_open(CONCRETE_IO_HANDLE io, ON_IO_OPEN_COMPLETE on_open, void *open_context, ON_BYTES_RECEIVED on_received,
                     void *received_context, ON_IO_ERROR on_error, void *error_context)
{
    (void)io, (void)on_error, (void)error_context;
    on_bytes = on_received;
    on_bytes_context = received_context;
    given = 0;
    on_open(open_context, IO_OPEN_OK);
    return 0;
}

static int fake_close(CONCRETE_IO_HANDLE io, ON_IO_CLOSE_COMPLETE on_close, void *context)
{
    (void)io;
    if (on_close) on_close(context);
    return 0;
}

static int fake_send(CONCRETE_IO_HANDLE io, const void *buffer, size_t size, ON_SEND_COMPLETE on_sent, void *context)
{
    (void)io, (void)size;
    look(buffer);
    if (on_sent) on_sent(context, IO_SEND_OK);
    return 0;
}

static void fake_dowork(CONCRETE_IO_HANDLE io)
{
    (void)io;
    if (given < reads) {
        int at = given++;
        on_bytes(on_bytes_context, (const unsigned char *)said[at], lengths[at]);
    }
}

static int fake_option(CONCRETE_IO_HANDLE io, const char *option, const void *setting)
{
    (void)io, (void)option, (void)setting;
    return 0;
}

static OPTIONHANDLER_HANDLE fake_options(CONCRETE_IO_HANDLE io)
{
    (void)io;
    return NULL;
}

static const IO_INTERFACE_DESCRIPTION FAKE = {fake_options, fake_create, free,        fake_open,
                                              fake_close,   fake_send,   fake_dowork, fake_option};

static void opened(void *context, IO_OPEN_RESULT result)
{
    (void)context;
    is_in = result == IO_OPEN_OK;
    is_broken = !is_in;
}

static void received(void *context, const unsigned char *bytes, size_t count)
{
    (void)context, (void)count;
    look(bytes);
}

/* Logs in over `below`, which it destroys; `wire` is polled for octets unless it is less than 0. */
static bool log_in(XIO_HANDLE below, int wire)
{
    SASL_PLAIN_CONFIG plain = {"user", "password", NULL};
    bool is_plain = !strcmp(mechanism_name, "PLAIN");
    SASL_MECHANISM_HANDLE mechanism = is_plain ? saslmechanism_create(saslplain_get_interface(), &plain)
                                               : saslmechanism_create(saslanonymous_get_interface(), NULL);
    SASLCLIENTIO_CONFIG config = {below, mechanism};
    XIO_HANDLE sasl = xio_create(saslclientio_get_interface_description(), &config);
    is_in = is_broken = false;
    if (!sasl || xio_open(sasl, opened, NULL, received, NULL, broke, NULL)) return false;
    for (int turns = 0; !is_in && !is_broken && turns < 1000; turns++) {
        xio_dowork(sasl);
        if (wire >= 0 && !is_in && !is_broken) {
            struct pollfd one = {wire, POLLIN, 0};
            poll(&one, 1, 20);
        }
    }
    bool was_in = is_in;
    xio_close(sasl, NULL, NULL);
    xio_destroy(sasl);
    saslmechanism_destroy(mechanism);
    xio_destroy(below);
    return was_in;
}

static bool log_in_here(void) { return log_in(xio_create(&FAKE, NULL), -1); }

static long long log_in_all(long count) { return repeat(log_in_here, count); }

/* ---- logins over loopback */

static int port;
static char *certificate;

static XIO_HANDLE transport(void)
{
    SOCKETIO_CONFIG socket = {"127.0.0.1", port, NULL};
    if (!certificate) return xio_create(socketio_get_interface_description(), &socket);
    TLSIO_CONFIG tls = {"127.0.0.1", port, socketio_get_interface_description(), &socket, false};
    XIO_HANDLE xio = xio_create(tlsio_openssl_get_interface_description(), &tls);
    if (xio) xio_setoption(xio, OPTION_TRUSTED_CERT, certificate);
    return xio;
}

static bool connect_once(void)
{
    /* The number of the socket to come: the library tells nobody. */
    int next = open("/dev/null", O_RDONLY);
    close(next);
    return log_in(transport(), next);
}

static long long connect_all(long count) { return repeat(connect_once, count); }

static deed *prepare_connect(int count, char **fields)
{
    if (!strncmp(mechanism_name, "SCRAM", 5)) return fault = "it has no SCRAM", NULL;
    port = atoi(fields[2]);
    if (count > 3) {
        FILE *file = fopen(fields[3], "r");
        size_t room = 0;
        if (!file || getdelim(&certificate, &room, 0, file) <= 0) return fault = "there is no certificate", NULL;
        fclose(file);
    }
    return connect_all;
}

static deed *prepare(int count, char **fields)
{
    if (!strcmp(fields[0], "codec")) return prepare_codec(count, fields);
    if (count < 3 || platform_init()) return NULL;
    mechanism_name = fields[1];
    if (!strcmp(fields[0], "connect")) return prepare_connect(count, fields);
    said = fields + 2;
    reads = count - 2;
    for (int at = 0; at < reads; at++) lengths[at] = unhex(said[at]);
    return log_in_all;
}

int main(void) { return serve(prepare); }
