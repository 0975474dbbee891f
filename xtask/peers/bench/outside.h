/* A peer of Xiom's benchmarks in C, told by lines on its standard input; benches/peers/src/outside.rs has the other end.
 *
 * A program includes this once, and gives `serve` what prepares a case. */
#ifndef OUTSIDE_H
#define OUTSIDE_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Does something so many times; nanoseconds of CPU time, or less than 0 with a `fault`. */
typedef long long deed(long count);

/* Fields of a line, at most. */
enum { MOST = 8 };

/* What went wrong last. */
static const char *fault = "it fails";

/* CPU time of this thread, in nanoseconds. */
static inline long long now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
    return at.tv_sec * 1000000000LL + at.tv_nsec;
}

/* Keeps the compiler from seeing that nobody looks at a value. */
static inline void look(const void *value) { __asm__ volatile("" : : "r"(value) : "memory"); }

/* Turns hexadecimal digits into octets where they lie; their number. */
static inline size_t unhex(char *text)
{
    size_t length = strlen(text) / 2;
    for (size_t at = 0; at < length; at++) {
        char pair[3] = {text[2 * at], text[2 * at + 1], 0};
        text[at] = (char)strtol(pair, NULL, 16);
    }
    return length;
}

/* Does `once` so many times, unless it fails. */
static inline long long repeat(bool (*once)(void), long count)
{
    long long start = now();
    while (count--) {
        if (!once()) return fault = "it is not let in", -1;
    }
    return now() - start;
}

/* Answers every line: `prepare` takes the fields of a case, which live on, and gives the deed, or NULL with a `fault`. */
static inline int serve(deed *(*prepare)(int count, char **fields))
{
    char *line = NULL;
    size_t room = 0;
    deed *prepared = NULL;
    while (getline(&line, &room, stdin) > 0) {
        char **fields = calloc(MOST, sizeof *fields);
        int count = 0;
        line[strcspn(line, "\n")] = 0;
        char *rest = line;
        for (char *field; count < MOST && (field = strsep(&rest, "\t")) != NULL;) fields[count++] = field;
        if (strcmp(fields[0], "run") != 0) {
            prepared = prepare(count, fields);
            if (prepared) puts("ready");
            else printf("no\t%s\n", fault);
            /* What the case holds lies in this line, and in its fields. */
            line = NULL;
            fields = NULL;
            room = 0;
        } else {
            long long spent = prepared && count > 1 ? prepared(atol(fields[1])) : -1;
            if (spent < 0) printf("no\t%s\n", fault);
            else printf("spent\t%lld\n", spent);
        }
        free(fields);
        fflush(stdout);
    }
    return 0;
}

#endif
