/* The largest size that this program had in memory. Not getrusage's: that begins with what its parent had. */
#include "harness.h"

#include <stdio.h>

long bench_peak_kib(void)
{
    char line[256];
    long kib = -1;
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
        if (sscanf(line, "VmHWM: %ld", &kib) == 1)
            break;
    if (status)
        fclose(status);
    return kib;
}
