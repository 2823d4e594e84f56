#include "privileges.h"

#include <stddef.h>
#include <sys/types.h>
#include <unistd.h>

#ifdef __linux__
#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static struct __user_cap_header_struct header(void) {
  struct __user_cap_header_struct h = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  return h;
}

const char *missing_capability(bool monitor) {
  struct __user_cap_header_struct h = header();
  struct __user_cap_data_struct d[2] = {{0, 0, 0}, {0, 0, 0}};
  if (syscall(SYS_capget, &h, d) != 0) return NULL;
  if (!(d[0].effective & (1U << CAP_NET_RAW))) return "cap_net_raw";
  if (monitor && !(d[0].effective & (1U << CAP_NET_ADMIN))) return "cap_net_admin";
  return NULL;
}

static const char *drop_capabilities(bool keep_net_admin) {
  struct __user_cap_header_struct h = header();
  struct __user_cap_data_struct d[2] = {{0, 0, 0}, {0, 0, 0}};
  uint32_t keep = 0;
  if (syscall(SYS_capget, &h, d) != 0) return "capget";
  if (keep_net_admin) keep |= 1U << CAP_NET_ADMIN;
  if (getuid() == 0) keep |= 1U << CAP_DAC_OVERRIDE;
  keep &= d[0].permitted;
  (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  d[0].effective = d[0].permitted = keep;
  d[0].inheritable = 0;
  d[1].effective = d[1].permitted = d[1].inheritable = 0;
  if (syscall(SYS_capset, &h, d) != 0) return "capset";
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return "no_new_privs";
  return NULL;
}

#if defined __x86_64__
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#ifdef ARCHITECTURE
bool confine(bool keep_sockets) {
  static const unsigned refused[] = {SYS_execve, SYS_execveat, SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev,
                                     SYS_socket, SYS_connect,  SYS_bind};
  size_t count = sizeof refused / sizeof *refused - (keep_sockets ? 3 : 0);
  struct sock_filter program[16];
  unsigned short n = 0;
  program[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
  /* Calls by another architecture's numbers are refused too. */
  program[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
  program[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
  program[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
  /* Above are x32's numbers, of which the helper uses none. */
  program[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000U, (uint8_t)(count + 1), 0);
  for (size_t k = 0; k < count; k++) {
    program[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, refused[k], (uint8_t)(count - k), 0);
  }
  program[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  program[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
  struct sock_fprog all = {.len = n, .filter = program};
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &all) == 0;
}
#else
bool confine(bool keep_sockets) {
  (void)keep_sockets;
  return false;
}
#endif
#else
bool confine(bool keep_sockets) {
  (void)keep_sockets;
  return false;
}

const char *missing_capability(bool monitor) {
  (void)monitor;
  return NULL;
}

static const char *drop_capabilities(bool keep_net_admin) {
  (void)keep_net_admin;
  return NULL;
}
#endif

const char *drop_privileges(bool keep_net_admin) {
  uid_t user = getuid();
  gid_t group = getgid();
  if (getegid() != group && setregid(group, group) != 0) return "set-group-ID";
  if (geteuid() != user && setreuid(user, user) != 0) return "set-user-ID";
  return drop_capabilities(keep_net_admin);
}
