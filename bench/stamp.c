/* Prints CLOCK_MONOTONIC in nanoseconds at its first instruction (as near as C comes to it), and ends. */
#include <stdio.h>
#include <time.h>

int main(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    printf("stamp %lld\n", now.tv_sec * 1000000000LL + now.tv_nsec);
    return 0;
}
