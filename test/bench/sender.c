/*
 * Sends Ethernet frames with UDP datagrams at a steady rate: sender INTERFACE COUNT RATE SIZE
 * SIZE is that of the whole frame, 60 bytes at least. Each payload begins with the frame's number (64 bits, big-endian).
 * Prints {"sent": N, "seconds": S, "refused": N}; refused are those the interface would not take at the first try.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define BATCH 64
#define HEADERS 42
#define LARGEST 9000

static unsigned char frames[BATCH][LARGEST];

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void put16(unsigned char *at, unsigned value) {
  at[0] = (unsigned char)(value >> 8);
  at[1] = (unsigned char)value;
}

static unsigned header_sum(const unsigned char *ip) {
  unsigned sum = 0;
  for (int i = 0; i < 20; i += 2) sum += ((unsigned)ip[i] << 8) | ip[i + 1];
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}

static void make_frame(unsigned char *frame, unsigned size) {
  /* To nobody there: the other end answers nothing. */
  static const unsigned char ethernet[14] = {2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 1, 8, 0};
  static const unsigned char ip[20] = {0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 17, 0, 0, 10, 77, 0, 1, 10, 77, 0, 2};
  memcpy(frame, ethernet, sizeof ethernet);
  memcpy(frame + 14, ip, sizeof ip);
  put16(frame + 16, size - 14);
  put16(frame + 24, header_sum(frame + 14));
  put16(frame + 34, 4444);
  put16(frame + 36, 9999);
  put16(frame + 38, size - 34);
  memset(frame + HEADERS, 0x5a, size - HEADERS);
}

int main(int argc, char **argv) {
  if (argc != 5) {
    fprintf(stderr, "usage: sender INTERFACE COUNT RATE SIZE\n");
    return 1;
  }
  long long count = atoll(argv[2]);
  double rate = atof(argv[3]);
  unsigned size = (unsigned)atoi(argv[4]);
  if (count < 1 || rate < 1 || size < 60 || size > LARGEST) {
    fprintf(stderr, "sender: the numbers are out of range\n");
    return 1;
  }
  struct sockaddr_ll place = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP)};
  place.sll_ifindex = (int)if_nametoindex(argv[1]);
  /* Protocol 0: nothing is received. */
  int fd = socket(AF_PACKET, SOCK_RAW, 0);
  if (place.sll_ifindex == 0 || fd < 0 || bind(fd, (struct sockaddr *)&place, sizeof place) != 0) {
    perror("sender");
    return 1;
  }
  struct mmsghdr messages[BATCH];
  struct iovec parts[BATCH];
  memset(messages, 0, sizeof messages);
  for (int i = 0; i < BATCH; i++) {
    make_frame(frames[i], size);
    parts[i] = (struct iovec){frames[i], size};
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  long long sent = 0;
  long long refused = 0;
  double start = now();
  while (sent < count) {
    double late = now() - start;
    long long due = (long long)(late * rate) + 1;
    if (due > count) due = count;
    if (sent >= due) {
      double wait = (double)(sent + 1) / rate - late;
      if (wait < 100e-6) wait = 100e-6;
      struct timespec rest = {0, (long)(wait < 0.01 ? wait * 1e9 : 1e7)};
      nanosleep(&rest, NULL);
      continue;
    }
    int batch = (int)(due - sent < BATCH ? due - sent : BATCH);
    for (int i = 0; i < batch; i++) {
      uint64_t number = (uint64_t)(sent + i);
      for (int b = 0; b < 8; b++) frames[i][HEADERS + b] = (unsigned char)(number >> (56 - 8 * b));
    }
    int done = sendmmsg(fd, messages, (unsigned)batch, 0);
    if (done < 0 && errno != ENOBUFS && errno != EAGAIN && errno != EINTR) {
      perror("sender");
      return 1;
    }
    if (done < batch) refused += batch - (done < 0 ? 0 : done);
    if (done > 0) sent += done;
  }
  printf("{\"sent\": %lld, \"seconds\": %.3f, \"refused\": %lld}\n", sent, now() - start, refused);
  return 0;
}
