#!/bin/sh
# Runs as root after the deb is removed, and before an upgrade unpacks the next one.
set -e

executable='${executable}'
profile="/etc/apparmor.d/$executable"

case "$1" in
  remove | purge)
    rm -f "/usr/bin/$executable"
    if [ -f "$profile" ]; then
      if command -v apparmor_parser >/dev/null; then apparmor_parser --remove "$profile" || true; fi
      rm -f "$profile"
    fi
    ;;
esac
# The group stays on removal, so that its members need not be added again; a purge takes it away.
if [ "$1" = purge ] && getent group tapline >/dev/null; then groupdel tapline || true; fi
