/* lines N: N numbered lines of 100 bytes each, newline included, in writes of 64 KB; then, on standard error, how long it took. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    static char buffer[65500];
    long count = argc > 1 ? atol(argv[1]) : 1000;
    size_t used = 0;
    double start = now();
    for (long n = 0; n < count; n++) {
        char *line = buffer + used;
        int length = sprintf(line, "%012ld ", n);
        memset(line + length, 'x', 99 - length);
        line[99] = '\n';
        used += 100;
        if (used + 100 > sizeof buffer || n + 1 == count) {
            for (size_t done = 0; done < used;) {
                ssize_t put = write(1, buffer + done, used - done);
                if (put < 0)
                    return 1;
                done += put;
            }
            used = 0;
        }
    }
    fprintf(stderr, "wrote %ld in %.3f\n", count, now() - start);
    return 0;
}
