/* The privileges that opening a capture device needs, and giving them up once it is open. */
#ifndef TAPLINE_PRIVILEGES_H
#define TAPLINE_PRIVILEGES_H

#include <stdbool.h>

/*
 * Gives up every privilege for good: capabilities, set-user-ID, and the way to gain new ones.
 * `keep_net_admin` keeps that one capability: monitor mode is undone with it when the device is closed.
 * Under the real root user CAP_DAC_OVERRIDE stays as well, so that it can still write where it could before.
 * Returns NULL, or what could not be given up.
 */
const char *drop_privileges(bool keep_net_admin);

/* The capability whose lack explains that a device could not be opened, or NULL when none is missing. */
const char *missing_capability(bool monitor);

/*
 * Makes the kernel refuse what a capture never does from here on: running programs, tracing and reading other
 * processes, and, unless `keep_sockets`, making sockets. Returns whether it does; only Linux on x86-64 and arm64 can.
 */
bool confine(bool keep_sockets);

#endif
