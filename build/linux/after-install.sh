#!/bin/sh
# Runs as root after the deb is unpacked. electron-builder fills in the two names in braces.
set -e

app='/opt/${sanitizedProductName}'
executable='${executable}'
helper="$app/resources/app/native/build/tapline-capture"

ln -sf "$app/$executable" "/usr/bin/$executable"

# Whoever may run the helper can read all traffic of this machine. So it is not for every account: members of
# the group tapline may, as members of wireshark may run dumpcap on Debian. The administrator who installs
# with sudo joins it at once, which gives him nothing he could not take.
getent group tapline >/dev/null || groupadd --system tapline
if [ -f "$helper" ]; then
  chown root:tapline "$helper"
  chmod 0750 "$helper"
  if ! setcap cap_net_raw,cap_net_admin+eip "$helper"; then
    echo "tapline: this file system keeps no capabilities; only root can capture" >&2
  fi
fi
if [ -n "$SUDO_USER" ] && [ "$SUDO_USER" != root ]; then
  usermod -a -G tapline "$SUDO_USER"
  echo "tapline: $SUDO_USER may capture after the next login; for others: sudo usermod -aG tapline USER"
else
  echo "tapline: to let someone capture: sudo usermod -aG tapline USER (from their next login)"
fi

# Chromium's sandbox uses user namespaces, and its set-user-id helper where these are switched off.
if unshare --user true 2>/dev/null; then
  chmod 0755 "$app/chrome-sandbox"
else
  chmod 4755 "$app/chrome-sandbox"
fi
# Ubuntu 24.04 and later allow user namespaces only to programs with an AppArmor profile.
profile="/etc/apparmor.d/$executable"
if command -v apparmor_parser >/dev/null && apparmor_status --enabled 2>/dev/null; then
  if apparmor_parser --skip-kernel-load "$app/resources/apparmor-profile" >/dev/null 2>&1; then
    cp -f "$app/resources/apparmor-profile" "$profile"
    apparmor_parser --replace --write-cache --skip-read-cache "$profile" || true
  fi
fi

if command -v update-mime-database >/dev/null; then update-mime-database /usr/share/mime || true; fi
if command -v update-desktop-database >/dev/null; then update-desktop-database /usr/share/applications || true; fi
