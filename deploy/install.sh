#!/bin/sh
# Installs Lockerhub from the folder that this file lies in: a hub, or an agent beside a bank of lockers. Needs no
# internet, name server or time server. Doing it twice changes nothing; doing it with a newer release puts that beside
# the old one: a hub or an agent is updated with it, and goes back by itself if that does not run (deploy/update/SPEC.md).
#
#   sudo ./install.sh                     asks what it has to know
#   sudo ./install.sh --help              each question has a flag
set -eu

usage() {
  cat <<'USAGE'
usage: sudo ./install.sh [hub|agent] [flags]

  --yes                    ask nothing; what is missing gets its default or stops the installation
  --time "Y-M-D H:M"       the time, where the clock is wrong and no server tells it
  --modbus-interface IF    the network port of the controllers: nobody reaches this machine through it, nothing is routed
  --no-firewall            leave the firewall alone
  --port N                 of the hub's pages (8080)
  --name NAME              of the building, such as "Linden Court"
  --building ID            its short name: a-z, 0-9, dashes (made from the name)
  --time-zone ZONE         such as Europe/Berlin (this machine's)
  --language CODE          en, es or ar (en)
  --login LOGIN            of the first manager
  --manager NAME           the first manager's name
  --manager-email ADDRESS  where the first manager is told by mail, if anywhere
  --password-file FILE     with the first manager's password (one is made without it, and shown once)
  --cloud URL --cloud-code CODE  of a hub: the cloud that the building belongs to, and the one-time code of its operator
  --join CODE [--hub HOST] of an agent: the code from the page "Banks", and where the hub is if it can't be found
  --bank-file FILE         of an agent: the bank's file
  --root DIR               install into the system in that folder; nothing is started
  --uninstall              take the programs away; data, keys and settings stay
  --purge                  with --uninstall: those as well. Parcels in the lockers are then on no record
USAGE
}

# --- what was asked for ---------------------------------------------------------------------------------------------

ROLE='' YES='' TIME='' MODBUS_IF='' FIREWALL=yes PORT=8080 NAME='' BUILDING='' ZONE='' BUILDING_LANGUAGE=en
LOGIN='' MANAGER='' EMAIL='' PASSWORD_FILE='' CLOUD='' CLOUD_CODE='' JOIN='' HUB='' BANK_FILE='' ROOT='' UNINSTALL='' PURGE=''

stop() { echo "install: $*" >&2; exit 1; }
say() { echo "install: $*"; }

while [ $# -gt 0 ]; do
  value() { [ $# -ge 2 ] && [ -n "$2" ] || stop "$1 needs a value; --help lists the flags"; }
  case "$1" in
    hub|agent) ROLE=$1; shift; continue ;;
    --yes) YES=1; shift; continue ;;
    --no-firewall) FIREWALL=no; shift; continue ;;
    --uninstall) UNINSTALL=1; shift; continue ;;
    --purge) PURGE=1; shift; continue ;;
    --help|-h) usage; exit 0 ;;
  esac
  value "$@"
  case "$1" in
    --time) TIME=$2 ;;
    --modbus-interface) MODBUS_IF=$2 ;;
    --port) PORT=$2 ;;
    --name) NAME=$2 ;;
    --building) BUILDING=$2 ;;
    --time-zone) ZONE=$2 ;;
    --language) BUILDING_LANGUAGE=$2 ;;
    --login) LOGIN=$2 ;;
    --manager) MANAGER=$2 ;;
    --manager-email) EMAIL=$2 ;;
    --password-file) PASSWORD_FILE=$2 ;;
    --cloud) CLOUD=$2 ;;
    --cloud-code) CLOUD_CODE=$2 ;;
    --join) JOIN=$2 ;;
    --hub) HUB=$2 ;;
    --bank-file) BANK_FILE=$2 ;;
    --root) ROOT=${2%/} ;;
    *) stop "no flag $1; --help lists them" ;;
  esac
  shift 2
done

HERE=$(cd "$(dirname "$0")" && pwd)
OPT=$ROOT/opt/lockerhub
ETC=$ROOT/etc/lockerhub
DATA=$ROOT/var/lib/lockerhub
UNITS=$ROOT/etc/systemd/system

# ask VARIABLE QUESTION DEFAULT: keeps what a flag said; with --yes the default, and without one it stops.
ask() {
  eval "given=\$$1"
  [ -z "$given" ] || return 0
  if [ -n "$YES" ] || [ ! -t 0 ]; then
    [ -n "$3" ] || stop "$2: say it by a flag; --help lists them"
    eval "$1=\$3"
    return 0
  fi
  printf '%s%s: ' "$2" "${3:+ [$3]}"
  read -r answer
  [ -n "${answer:-$3}" ] || stop "$2: nothing was said"
  eval "$1=\${answer:-\$3}"
}

# inside PROGRAM…: runs it in the system that is installed to.
inside() { if [ -n "$ROOT" ]; then chroot "$ROOT" "$@"; else "$@"; fi; }
is_live() { [ -z "$ROOT" ] && [ -d /run/systemd/system ]; }

# --- taking it away -------------------------------------------------------------------------------------------------

uninstall() {
  all=$(for kind in hub agent firewall; do units_for "$kind"; done)
  # The updater's first, which would begin again what is taken away.
  for unit in update.path update.service $all hub.service agent.service firewall.service; do
    [ -e "$UNITS/lockerhub-$unit" ] || continue
    if is_live; then systemctl disable --now "lockerhub-$unit" || true; fi
    rm -f "$UNITS/lockerhub-$unit" "$UNITS/multi-user.target.wants/lockerhub-$unit"
  done
  if is_live; then systemctl daemon-reload; fi
  rm -f "$ROOT/usr/local/bin/lockerhub"
  rm -rf "$OPT"
  if [ -z "$PURGE" ]; then
    say "the programs are gone; $DATA and $ETC stay (--purge takes them away)"
    return 0
  fi
  if [ -z "$YES" ] && [ -t 0 ]; then
    printf 'All records of parcels, and the keys of this building, are destroyed. Type PURGE: '
    read -r answer
    [ "$answer" = PURGE ] || stop 'nothing more was taken away'
  fi
  rm -rf "$DATA" "$DATA-update" "$ETC" "$ROOT/var/cache/lockerhub"
  if inside id lockerhub > /dev/null 2>&1; then inside userdel lockerhub; fi
  say 'programs, data, keys and settings are gone'
}

# --- is this a machine for it? --------------------------------------------------------------------------------------

kb_free() { df -Pk "$1" | awk 'NR == 2 { print $4 }'; }

check_machine() {
  [ "$(id -u)" -eq 0 ] || stop 'run it as root: sudo ./install.sh'
  [ -r "$HERE/release.json" ] && [ -r "$HERE/files.tar.gz" ] ||
    stop "no release lies beside it; unpack the whole file: tar xf lockerhub-….tar"
  MACHINE=$(sed -n 's/.*"machine": "\(.*\)".*/\1/p' "$HERE/release.json")
  case "$(uname -m)" in x86_64) mine=x64 ;; aarch64) mine=arm64 ;; *) mine=$(uname -m) ;; esac
  [ "$MACHINE" = "$mine" ] || stop "this release is for $MACHINE and this machine is $mine; take the other file"
  # In a shell of its own: that file sets names that are used here too. Raspberry Pi OS (64-bit) calls itself debian.
  # shellcheck disable=SC1091
  system=$(. "$ROOT/etc/os-release" && echo "${ID:-}-${VERSION_ID:-}")
  case "$system" in
    debian-12|debian-13) ;;
    raspbian-*) stop "this is Raspberry Pi OS of 32 bits, also where its kernel has 64; put the 64-bit one on the card" ;;
    *) stop "it is made for Debian 12 and 13 and Raspberry Pi OS (64-bit); this is $system" ;;
  esac
  for program in tar gzip sha256sum systemctl useradd; do
    command -v "$program" > /dev/null || stop "$program is missing; install it from Debian's disk"
  done
  mkdir -p "$ROOT/opt" "$ROOT/var/lib"
  # Two versions of the programs (0.5 GB each), and a building's store for years.
  [ "$(kb_free "$ROOT/opt")" -ge 1500000 ] || stop "less than 1.5 GB are free at $ROOT/opt"
  [ "$(kb_free "$ROOT/var/lib")" -ge 1500000 ] || stop "less than 1.5 GB are free at $ROOT/var/lib"
  needed=400000
  [ "$ROLE" != hub ] || needed=900000
  total=$(awk '/^MemTotal:/ { print $2 }' /proc/meminfo)
  [ "$total" -ge "$needed" ] || stop "this machine has $((total / 1000)) MB of memory; a $ROLE needs $((needed / 1000))"
}

has_clock() { [ -e /dev/rtc0 ]; }
is_told_the_time() { [ "$(timedatectl show --property=NTPSynchronized --value 2> /dev/null || true)" = yes ]; }

# A clock before the day of the release is wrong for certain. Without a time server somebody has to say what it is.
check_clock() {
  released=$(date -d "$(sed -n 's/.*"at": "\(.*\)".*/\1/p' "$HERE/release.json")" +%s)
  if [ -n "$TIME" ]; then
    told=$(date -d "$TIME" +%s) || stop "--time \"$TIME\" is no time; write it like 2026-11-26 14:05"
  elif [ "$(date +%s)" -lt "$released" ]; then
    say "the clock of this machine says $(date '+%F %H:%M'), which can't be"
    [ -z "$YES" ] && [ -t 0 ] || stop 'say the time by --time "2026-11-26 14:05"'
    ask TIME 'The time, like 2026-11-26 14:05' ''
    told=$(date -d "$TIME" +%s) || stop "\"$TIME\" is no time"
  elif is_live && ! has_clock && ! is_told_the_time; then
    # As a Raspberry Pi: it begins where it was switched off, or where its image was made, which looks well and is not.
    now=$(date '+%F %H:%M')
    say "this machine has no clock that runs without power, and no time server has told it the time; it says $now"
    ask TIME 'The time' "$now"
    [ "$TIME" != "$now" ] || return 0
    told=$(date -d "$TIME" +%s) || stop "\"$TIME\" is no time"
  else
    return 0
  fi
  [ "$told" -ge "$released" ] || stop "this release is younger than $TIME"
  is_live || return 0
  date -s "@$told" > /dev/null
  if command -v hwclock > /dev/null; then hwclock --systohc || say 'this machine has no clock that runs without power'; fi
}

port_is_free() {
  ! awk -v port="$(printf '%04X' "$1")" '$4 == "0A" && $2 ~ ":" port "$" { found = 1 } END { exit !found }' \
    /proc/net/tcp /proc/net/tcp6 2> /dev/null
}

check_ports() {
  is_live || return 0
  if systemctl is-active --quiet "lockerhub-$ROLE.service"; then return 0; fi
  ports=8081
  [ "$ROLE" != hub ] || ports="$PORT 8883 1883"
  for port in $ports; do
    port_is_free "$port" || stop "port $port is taken by another program; stop that, or choose another by --port"
  done
}

# --- is it the release that its maker made? -------------------------------------------------------------------------

check_release() {
  (cd "$HERE" && sha256sum --check --quiet SHA256SUMS) || stop 'the files of this release are damaged; copy it again'
  if [ -e "$ETC/release.pub" ] && ! cmp -s "$ETC/release.pub" "$HERE/release.pub"; then
    stop "it is signed by another key than what is installed here ($ETC/release.pub); ask whoever gave it to you"
  fi
  if command -v openssl > /dev/null; then
    signature=$(mktemp)
    base64 -d < "$HERE/SHA256SUMS.sig" > "$signature"
    openssl pkeyutl -verify -pubin -inkey "$HERE/release.pub" -rawin -in "$HERE/SHA256SUMS" -sigfile "$signature" \
      > /dev/null 2>&1 || { rm -f "$signature"; stop 'its signature does not fit: do not install it'; }
    rm -f "$signature"
  else
    say 'openssl is missing here: the signature was not looked at, the checksums were'
  fi
  say "signed by the key $(sed '/-----/d' "$HERE/release.pub" | base64 -d | sha256sum | cut -c 1-16); compare it with its maker's"
}

# --- putting it there -----------------------------------------------------------------------------------------------

# put FILE MODE: writes what comes in, if it is not there like that already; whole or not at all.
put() {
  umask 077
  cat > "$1.new"
  if cmp -s "$1.new" "$1" 2> /dev/null; then rm "$1.new"; else chmod "$2" "$1.new"; mv "$1.new" "$1"; CHANGED=1; fi
  umask 022
}

name_release() {
  version=$(sed -n 's/.*"version": "\(.*\)".*/\1/p' "$HERE/release.json")
  commit=$(sed -n 's/.*"commit": "\(.\{12\}\).*".*/\1/p' "$HERE/release.json")
  RELEASE=$version-$commit
}

# A hub or an agent that runs is brought to another release by its own updater, which waits until no door is open and can
# go back. Agents of releases before had none.
update_running() {
  is_live && [ -e "$UNITS/lockerhub-update.service" ] && [ -e "$OPT/current/deploy/update/main.ts" ] || return 0
  case "$ROLE" in
    hub) [ -d "$DATA/hub/store" ] || return 0 ;;
    # Of a machine with both it is the hub that is updated.
    agent) [ -e "$DATA/agent/identity.json" ] && [ ! -e "$UNITS/lockerhub-hub.service" ] || return 0 ;;
  esac
  [ "$(readlink "$OPT/current")" != "versions/$RELEASE" ] || return 0
  "$OPT/current/node_modules/.bin/node" "$OPT/current/deploy/update/main.ts" "$HERE" || stop 'it was not updated; why stands above'
  CHANGED=
}

put_programs() {
  folder=$OPT/versions/$RELEASE
  mkdir -p "$OPT/versions"
  if [ ! -d "$folder" ]; then
    say 'unpacking (a minute on a slow card)'
    rm -rf "$folder.new"
    mkdir "$folder.new"
    tar --extract --gzip --file "$HERE/files.tar.gz" --directory "$folder.new" --no-same-owner
    sync
    mv "$folder.new" "$folder"
    CHANGED=1
  fi
  if [ "$(readlink "$OPT/current" 2> /dev/null)" != "versions/$RELEASE" ]; then
    for link in current updater; do
      ln -sfn "versions/$RELEASE" "$OPT/$link.new"
      mv -T "$OPT/$link.new" "$OPT/$link"
    done
    CHANGED=1
  fi
  mkdir -p "$ROOT/usr/local/bin"
  put "$ROOT/usr/local/bin/lockerhub" 755 <<'COMMAND'
#!/bin/sh
# What belongs to the hub is read and written as the hub's own user; what its service printed, as one who may read that.
here=/opt/lockerhub/current
node=$here/node_modules/.bin/node
if [ "${1:-}" = update ]; then
  shift
  exec "$node" "$here/deploy/update/main.ts" "$@"
fi
if [ "$(id -u)" -eq 0 ]; then
  exec setpriv --reuid lockerhub --regid lockerhub --groups lockerhub,systemd-journal \
    "$node" "$here/hub/lockerhub/main.ts" "$@"
fi
exec "$node" "$here/hub/lockerhub/main.ts" "$@"
COMMAND
}

put_user_and_folders() {
  inside id lockerhub > /dev/null 2>&1 ||
    inside useradd --system --user-group --home-dir /var/lib/lockerhub --shell /usr/sbin/nologin lockerhub
  mkdir -p "$ETC" "$DATA/hub" "$DATA-update" "$ROOT/var/cache/lockerhub"
  chmod 711 "$DATA-update"
  inside chown lockerhub:lockerhub /var/lib/lockerhub /var/lib/lockerhub/hub /var/cache/lockerhub
  inside chown root:lockerhub /etc/lockerhub
  chmod 700 "$DATA" "$DATA/hub"
  chmod 750 "$ETC"
  put "$ETC/release.pub" 644 < "$HERE/release.pub"
}

put_settings() {
  if [ "$ROLE" = hub ] && [ ! -e "$ETC/hub.env" ]; then
    put "$ETC/hub.env" 640 <<SETTINGS
# What the hub is told at its start; \`/opt/lockerhub/current/hub/main.ts --help\` lists all of it.
LOCKERHUB_HOST=0.0.0.0
LOCKERHUB_PORT=$PORT
SETTINGS
  fi
  if [ "$ROLE" = agent ]; then
    [ -e "$ETC/agent.env" ] || put "$ETC/agent.env" 640 < /dev/null
    [ -z "$BANK_FILE" ] || put "$ETC/bank.yaml" 640 < "$BANK_FILE"
    [ -e "$ETC/agent.yaml" ] || put "$ETC/agent.yaml" 640 <<SETTINGS
bankFile: /etc/lockerhub/bank.yaml
folder: /var/lib/lockerhub/agent
kiosk: { host: 0.0.0.0, port: 8081 }
SETTINGS
  fi
  inside find /etc/lockerhub -type f -exec chown root:lockerhub {} +
}

put_firewall() {
  [ "$FIREWALL" = yes ] || return 0
  # What was said once holds: without a word about the interface the rules stay.
  if [ -e "$ETC/firewall.nft" ] && [ -z "$MODBUS_IF" ]; then return 0; fi
  [ -x "$ROOT/usr/sbin/nft" ] || { say 'nftables is not installed: the firewall was left alone'; return 0; }
  sh "$OPT/current/deploy/firewall.sh" "$ROLE" "$PORT" "$MODBUS_IF" > "$ETC/firewall.nft.made"
  put "$ETC/firewall.nft" 640 < "$ETC/firewall.nft.made"
  rm "$ETC/firewall.nft.made"
  for unit in $(units_for firewall); do
    put "$UNITS/lockerhub-$unit" 644 < "$OPT/current/deploy/systemd/lockerhub-$unit"
    switch_on "$unit"
  done
}

switch_on() {
  mkdir -p "$UNITS/multi-user.target.wants"
  ln -sfn "../lockerhub-$1" "$UNITS/multi-user.target.wants/lockerhub-$1"
}

# units_for KIND: of a machine of that kind (hub, agent, firewall), as the units say themselves: what the updater goes by too
# (deploy/update/release-units.ts).
units_for() {
  for unit in "$OPT"/current/deploy/systemd/lockerhub-*; do
    name=${unit##*/}
    printf '%s\n' "$name" | LC_ALL=C grep -Eqx 'lockerhub-[a-z0-9-]+\.(service|path|timer|socket|target)' || continue
    if awk -v kind="$1" '
      /^\[/ { below = $0 == "[X-Lockerhub]" }
      below && /^Machines=/ {
        count = split(substr($0, 10), kinds, / /)
        for (i = 1; i <= count; i++) if (kinds[i] == kind) found = 1
        exit
      }
      END { exit !found }' "$unit"; then echo "${name#lockerhub-}"; fi
  done
}

put_units() {
  mkdir -p "$UNITS"
  for unit in $(units_for "$ROLE"); do
    put "$UNITS/lockerhub-$unit" 644 < "$OPT/current/deploy/systemd/lockerhub-$unit"
    switch_on "$unit"
  done
}

# --- what the program itself has to know ----------------------------------------------------------------------------

as_lockerhub() {
  inside setpriv --reuid lockerhub --regid lockerhub --init-groups /opt/lockerhub/current/node_modules/.bin/node "$@"
}

slug() { printf %s "$1" | tr '[:upper:]' '[:lower:]' | tr -cs 'a-z0-9' '-' | sed 's/^-*//' | cut -c 1-40 | sed 's/-*$//'; }

plain() { printf %s "$1" | tr -d '\000-\037'; }
# JSON is YAML, and a JSON text can hold whatever a person is called.
json() { plain "$1" | sed 's/\\/\\\\/g; s/"/\\"/g'; }

# is_long LEAST MOST TEXT: it has so many characters, whatever they are.
is_long() {
  length=$(plain "$3" | LC_ALL=C.UTF-8 wc -m)
  [ "$length" -ge "$1" ] && [ "$length" -le "$2" ]
}
is_name() { is_long 1 "$1" "$(plain "$2" | sed 's/^ *//; s/ *$//')"; }
# is_shaped PATTERN TEXT: all of it, in one line.
is_shaped() { [ "$(plain "$2")" = "$2" ] && printf '%s\n' "$2" | LC_ALL=C grep -Eqx "$1"; }

# Nothing is an answer too: then nobody is told by mail before an address is set on the page.
ask_email() {
  if [ -z "$EMAIL" ] && [ -z "$YES" ] && [ -t 0 ]; then
    printf 'E-mail address at which the first manager is told that a backup fails, an update was put back, a password was reset (none): '
    read -r EMAIL
  fi
}

# What the hub would not take (hub/provision/plan.ts) of what was said so far: before anything is written.
check_answers() {
  [ -z "$BUILDING" ] || is_shaped '[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?' "$BUILDING" ||
    stop "\"$BUILDING\" is no short name: a-z, 0-9 and dashes inside, 40 at most"
  [ -z "$MANAGER" ] || is_name 120 "$MANAGER" || stop "the first manager's name has to have 1 to 120 characters"
  [ -z "$LOGIN" ] || is_name 80 "$LOGIN" || stop "the first manager's sign-in has to have 1 to 80 characters"
  if [ -n "$EMAIL" ]; then
    is_long 1 254 "$EMAIL" &&
      is_shaped "([A-Za-z0-9_'+-]+\.)*[A-Za-z0-9_'+-]*[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9-]*\.)+[A-Za-z]{2,}" "$EMAIL" ||
      stop "\"$EMAIL\" is no e-mail address like ada@example.org"
  fi
  [ -n "$PASSWORD_FILE" ] || return 0
  [ -r "$PASSWORD_FILE" ] || stop "$PASSWORD_FILE, with the first manager's password, can't be read"
  is_long 10 200 "$(head -n 1 "$PASSWORD_FILE")" ||
    stop "the first manager's password, the first line of $PASSWORD_FILE, has to have 10 to 200 characters"
}

ask_building() {
  [ "$ROLE" = hub ] && [ ! -d "$DATA/hub/store" ] || return 0
  ask NAME 'Name of the building, such as Linden Court' ''
  ask BUILDING 'Short name of the building' "$(slug "$NAME")"
  ask ZONE 'Time zone' "$(cat "$ROOT/etc/timezone" 2> /dev/null || echo Etc/UTC)"
  ask MANAGER 'Name of the first manager' ''
  ask LOGIN 'Sign-in of the first manager' "$(slug "$MANAGER")"
  ask_email
  check_answers
}

set_up_building() {
  [ ! -d "$DATA/hub/store" ] || return 0
  password=''
  email=''
  [ -z "$EMAIL" ] || email=", \"email\": \"$(json "$EMAIL")\""
  [ -z "$PASSWORD_FILE" ] || password=", \"password\": \"$(json "$(head -n 1 "$PASSWORD_FILE")")\""
  plan=$DATA/plan.json
  umask 077
  cat > "$plan" <<PLAN
{ "building": { "building": "$(json "$BUILDING")", "name": "$(json "$NAME")", "timeZone": "$(json "$ZONE")", "language": "$(json "$BUILDING_LANGUAGE")" },
  "staff": [{ "login": "$(json "$LOGIN")", "name": "$(json "$MANAGER")", "role": "manager"$email$password }] }
PLAN
  inside chown lockerhub:lockerhub /var/lib/lockerhub/plan.json
  # What it prints holds secrets that are shown once, to whoever stands here; nothing of it is kept on this machine.
  made=$(as_lockerhub /opt/lockerhub/current/hub/main.ts provision --data /var/lib/lockerhub/hub --file /var/lib/lockerhub/plan.json) ||
    { rm -f "$plan"; stop 'the building could not be set up; what is wrong stands above'; }
  rm -f "$plan"
  umask 022
  RECOVERY_KEY=$(printf %s "$made" | sed -n 's/.*"recoveryKey":"\([^"]*\)".*/\1/p')
  [ -n "$PASSWORD_FILE" ] || PASSWORD=$(printf %s "$made" | sed -n 's/.*"staff":\[{[^]]*"password":"\([^"]*\)".*/\1/p')
  CHANGED=1
}

join_building() {
  [ ! -e "$DATA/agent/identity.json" ] || return 0
  [ -e "$ETC/bank.yaml" ] || stop "the bank's file is missing: --bank-file FILE"
  ask JOIN 'Code from the page "Banks"' ''
  as_lockerhub /opt/lockerhub/current/edge-agent/main.ts join "$JOIN" --folder /var/lib/lockerhub/agent ${HUB:+--hub "$HUB"} ||
    stop 'it could not join; what is wrong stands above. Nothing is lost: run this again'
  CHANGED=1
}

start() {
  is_live || { say "installed${ROOT:+ into $ROOT}; no systemd runs there, so nothing was started"; return 0; }
  systemctl daemon-reload
  if [ -e "$UNITS/lockerhub-firewall.service" ]; then
    systemctl restart lockerhub-firewall.service || stop 'the firewall takes no rules: journalctl -u lockerhub-firewall.service'
  fi
  for unit in $(units_for "$ROLE"); do
    # The one waits for what is to be done, the other comes last.
    case "$unit" in update.service | "$ROLE.service") continue ;; esac
    systemctl start "lockerhub-$unit" || stop "$unit does not start: journalctl -u lockerhub-$unit"
  done
  if [ -n "${CHANGED:-}" ]; then systemctl restart "lockerhub-$ROLE.service"; else systemctl start "lockerhub-$ROLE.service"; fi ||
    stop "it does not start: journalctl -u lockerhub-$ROLE.service"
}

# Nothing is an answer too: a building needs no cloud. Nor does one that can't be joined end the installation, whose keys are
# still to be shown. The code goes by the input: everybody here may list what programs are called with.
join_cloud() {
  [ "$ROLE" = hub ] && [ ! -e "$DATA/hub/cloud.json" ] || return 0
  if [ -z "$CLOUD" ] && [ -n "${RECOVERY_KEY:-}" ] && [ -z "$YES" ] && [ -t 0 ]; then
    printf 'Address of the cloud that the building belongs to, such as https://cloud.example.org (none): '
    read -r CLOUD
  fi
  [ -n "$CLOUD" ] || return 0
  if [ -z "$CLOUD_CODE" ] && [ -t 0 ]; then
    printf "One-time code of the cloud's operator: "
    read -r CLOUD_CODE
  fi
  is_live && printf '%s\n' "$CLOUD_CODE" |
    as_lockerhub /opt/lockerhub/current/hub/lockerhub/main.ts enrol --data /var/lib/lockerhub/hub --url "$CLOUD" ||
    say "the cloud was not joined; everything works without it. Join it on the page Cloud"
}

last_words() {
  echo
  if [ -n "${RECOVERY_KEY:-}" ]; then
    echo 'THE RECOVERY KEY OF THIS BUILDING. Write it on paper, twice, and keep the papers in two places outside this machine.'
    echo 'With it another box can take this building over. It is shown this once and kept nowhere here:'
    echo
    echo "    $RECOVERY_KEY"
    echo
  fi
  [ -z "${PASSWORD:-}" ] || printf 'First sign-in: %s, password %s (change it on the page Your account)\n\n' "$LOGIN" "$PASSWORD"
  address=$(hostname -I 2> /dev/null | awk '{ print $1 }')
  host=$(cat "$ROOT/etc/hostname" 2> /dev/null || hostname)
  if [ "$ROLE" = hub ]; then
    say "go on at http://${address:-localhost}:$PORT/ (or http://$host.local:$PORT/): sign in, then Banks, Commission; a cloud is joined on the page Cloud"
  elif ! grep -q kiosk "$ETC/agent.yaml"; then
    say 'the agent runs; its bank has no kiosk page (agent.yaml). What is wrong, if anything, says: sudo lockerhub doctor'
  else
    say "the bank's kiosk is at http://${address:-localhost}:8081/; pair it on the hub's page Terminals"
  fi
}

# --- in this order --------------------------------------------------------------------------------------------------

if [ -n "$UNINSTALL" ]; then
  [ "$(id -u)" -eq 0 ] || stop 'run it as root: sudo ./install.sh --uninstall'
  uninstall
  exit 0
fi
ask ROLE 'Is this the hub of the building, or an agent beside a bank of lockers (hub, agent)' hub
case "$ROLE" in hub|agent) ;; *) stop "neither hub nor agent: $ROLE" ;; esac
if [ -e "$ETC/hub.env" ]; then PORT=$(sed -n 's/^LOCKERHUB_PORT=//p' "$ETC/hub.env"); fi
case "$PORT" in *[!0-9]*|'') stop "\"$PORT\" is no port" ;; esac
check_answers
if [ -n "$CLOUD" ] && [ -z "$CLOUD_CODE" ] && { [ -n "$YES" ] || [ ! -t 0 ]; }; then stop 'a cloud is joined by a code: --cloud-code CODE'; fi
check_machine
check_clock
check_ports
check_release
name_release
update_running
ask_building
put_user_and_folders
put_programs
put_settings
if [ "$ROLE" = hub ]; then set_up_building; else join_building; fi
put_units
put_firewall
start
join_cloud
[ -n "${CHANGED:-}" ] || say 'all of it was there already: nothing was changed'
last_words
