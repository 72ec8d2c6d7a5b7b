#!/bin/sh
# Installs the unpacked folder for this user, or below another place: ./install.sh [/usr/local]
# ./install.sh --remove [/usr/local] takes it away again.
set -eu
cd "$(dirname "$0")"
remove=
[ "${1:-}" != --remove ] || { remove=1; shift; }
to=${1:-$HOME/.local}
find bin share -type f | while read -r file; do
    if [ -n "$remove" ]; then rm -f "$to/$file"; else install -D -m "$(stat -c %a "$file")" "$file" "$to/$file"; fi
done
[ -n "$remove" ] || sed -i "s|^Exec=cadenza|Exec=$to/bin/cadenza|; s|^TryExec=cadenza|TryExec=$to/bin/cadenza|" \
    "$to/share/applications/cadenza.desktop"
update-mime-database "$to/share/mime" 2>/dev/null || true
update-desktop-database "$to/share/applications" 2>/dev/null || true
[ -n "$remove" ] && echo "Cadenza is removed from $to." || echo "Cadenza is in $to/bin/cadenza, and among the programs of the desktop."
