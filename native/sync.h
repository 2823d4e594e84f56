/*
 * Sees to it that what was written reaches the disk soon, so that a machine that loses its power loses little.
 *
 * A thread of its own does it, because a disk may take seconds. Still, whoever writes to a file system that is being
 * brought to the disk may have to wait for it, while packets gather in the kernel's buffer. So it is done only while
 * they come slowly enough for that, and at the end; at higher rates the system brings them there in its own time.
 * Devices and pipes are left alone.
 */
#ifndef TAPLINE_SYNC_H
#define TAPLINE_SYNC_H

#include <stdint.h>

/*
 * Starts the thread, which goes to the disk every `every` milliseconds, on a slow disk more rarely, and not while more
 * than `calm` bytes are written in a second. Returns 0 or an errno.
 */
int sync_start(unsigned every, uint64_t calm);
/* A new file: its entry in the folder, and from now on its bytes. The one before must have been given to sync_closed. */
void sync_begun(int fd, const char *path);
/* The file has grown. */
void sync_written(uint64_t bytes);
/* The file is complete. It goes to the disk once more. */
void sync_closed(void);
/* A file is about to be removed: its room is free then, even if it still waits here. */
void sync_removed(const char *path);
/* errno of what could not be brought to the disk, 0 for none; told once. */
int sync_error(void);
/* Brings everything to the disk and waits for that, at most `most` milliseconds. */
void sync_end(unsigned most);

#endif
