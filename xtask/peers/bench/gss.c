/* The limit of GSSAPI: gss_wrap into a socket, and gss_unwrap out of it, of the library that Xiom loads as well.
 *
 * `data GSSAPI auth-int|auth-conf OCTETS`; each end is a thread, and a token has 4 octets of length before it. */
#define _GNU_SOURCE
#include "outside.h"

#include <arpa/inet.h>
#include <gssapi/gssapi.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static gss_ctx_id_t client, server;
static int confidential, up, down;
static size_t size;
static char *message;

/* Both ends, by passing tokens until neither has one; 0, or -1 with a fault. */
static int establish(void)
{
    OM_uint32 minor, status = GSS_S_CONTINUE_NEEDED;
    gss_buffer_desc text = {sizeof "hive@localhost" - 1, "hive@localhost"}, there = {0}, back = {0};
    gss_name_t target;
    if (gss_import_name(&minor, &text, GSS_C_NT_HOSTBASED_SERVICE, &target)) return -1;
    while (status == GSS_S_CONTINUE_NEEDED) {
        OM_uint32 flags = GSS_C_MUTUAL_FLAG | GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG | GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG;
        status = gss_init_sec_context(&minor, GSS_C_NO_CREDENTIAL, &client, target, GSS_C_NO_OID, flags, 0,
                                      GSS_C_NO_CHANNEL_BINDINGS, &back, NULL, &there, NULL, NULL);
        if (GSS_ERROR(status)) return -1;
        if (!there.length) break;
        gss_release_buffer(&minor, &back);
        OM_uint32 accepted = gss_accept_sec_context(&minor, &server, GSS_C_NO_CREDENTIAL, &there,
                                                    GSS_C_NO_CHANNEL_BINDINGS, NULL, NULL, &back, NULL, NULL, NULL);
        if (GSS_ERROR(accepted)) return -1;
        gss_release_buffer(&minor, &there);
    }
    gss_release_name(&minor, &target);
    return 0;
}

static int join_sockets(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof at;
    int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    up = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&at, sizeof at) || listen(listener, 1) ||
        getsockname(listener, (struct sockaddr *)&at, &length) || connect(up, (struct sockaddr *)&at, sizeof at))
        return -1;
    down = accept(listener, NULL, NULL);
    close(listener);
    setsockopt(up, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return down < 0 ? -1 : 0;
}

/* Octets of the longest token, about. */
static size_t longest(void) { return size + 1024; }

/* Takes tokens, and tells the CPU time; less than 0 for a fault. */
static void *take(void *count)
{
    long left = *(long *)count;
    size_t have = 0, room = 64 << 10;
    if (room < longest()) room = longest();
    char *octets = malloc(room);
    long long start = now(), *spent = malloc(sizeof *spent);
    *spent = -1;
    while (left > 0) {
        ssize_t got = read(down, octets + have, room - have);
        if (got <= 0) return spent;
        have += (size_t)got;
        size_t used = 0;
        uint32_t length;
        while (have - used >= 4 && (memcpy(&length, octets + used, 4), length = ntohl(length)) <= have - used - 4) {
            gss_buffer_desc token = {length, octets + used + 4}, plain = {0};
            OM_uint32 minor;
            if (gss_unwrap(&minor, server, &token, &plain, NULL, NULL)) return spent;
            look(plain.value);
            gss_release_buffer(&minor, &plain);
            used += 4 + length;
            left--;
        }
        memmove(octets, octets + used, have -= used);
    }
    *spent = now() - start;
    free(octets);
    return spent;
}

static int give(long count)
{
    for (; count > 0; count--) {
        gss_buffer_desc plain = {size, message}, token = {0};
        OM_uint32 minor;
        if (gss_wrap(&minor, client, confidential, GSS_C_QOP_DEFAULT, &plain, NULL, &token)) return -1;
        uint32_t head = htonl((uint32_t)token.length);
        struct iovec parts[2] = {{&head, 4}, {token.value, token.length}};
        size_t left = 4 + token.length;
        while (left) {
            ssize_t sent = writev(up, parts, 2);
            if (sent < 0) return -1;
            left -= (size_t)sent;
            for (int part = 0; part < 2; part++) {
                size_t share = (size_t)sent < parts[part].iov_len ? (size_t)sent : parts[part].iov_len;
                parts[part].iov_base = (char *)parts[part].iov_base + share;
                parts[part].iov_len -= share;
                sent -= (ssize_t)share;
            }
        }
        gss_release_buffer(&minor, &token);
    }
    return 0;
}

static long long move(long count)
{
    pthread_t reader;
    void *theirs;
    if (pthread_create(&reader, NULL, take, &count)) return -1;
    long long start = now();
    if (give(count)) return -1;
    long long spent = now() - start;
    pthread_join(reader, &theirs);
    long long taken = *(long long *)theirs;
    free(theirs);
    return taken < 0 ? -1 : spent + taken;
}

static deed *prepare(int count, char **fields)
{
    if (count < 4 || strcmp(fields[0], "data")) return fault = "it has only data", NULL;
    confidential = !strcmp(fields[2], "auth-conf");
    size = (size_t)atol(fields[3]);
    message = calloc(1, size);
    if (establish()) return fault = "there is no context: no realm, or no ticket", NULL;
    if (join_sockets()) return fault = "there are no sockets", NULL;
    return move;
}

int main(void) { return serve(prepare); }
