/*
 * Sees to it that what was written reaches the disk soon, so that a machine that loses its power loses little.
 *
 * A thread of its own does it, because a disk may take seconds: capturing never waits for it. Devices and pipes are
 * left alone.
 */
#ifndef TAPLINE_SYNC_H
#define TAPLINE_SYNC_H

/* Starts the thread, which goes to the disk every `every` milliseconds. Returns 0 or an errno. */
int sync_start(unsigned every);
/* A new file: its entry in the folder, and from now on its bytes. The one before must have been given to sync_closed. */
void sync_begun(int fd, const char *path);
/* The file has grown. */
void sync_written(void);
/* The file is complete. It goes to the disk once more at once. */
void sync_closed(void);
/* A file is about to be removed: its room is free then, even if it still waits here. */
void sync_removed(const char *path);
/* errno of what could not be brought to the disk, 0 for none; told once. */
int sync_error(void);
/* Waits for what is under way, at most `most` milliseconds. */
void sync_end(unsigned most);

#endif
