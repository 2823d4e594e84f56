#include "privileges.h"

#include <stddef.h>
#include <sys/types.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/capability.h>
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
#else
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
