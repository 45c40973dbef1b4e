#!/bin/sh
# Prints the firewall's rules: firewall.sh hub|agent PORT [INTERFACE]. PORT: of a hub's pages. INTERFACE: the controllers' network
# port. install.sh writes them down; the updater writes those of a newer release where nobody has changed them since.
set -eu
role=$1 port=$2 interface=${3:-}
pages=8081
[ "$role" != hub ] || pages="$port, 8081, 8883"
modbus=''
[ -z "$interface" ] || modbus="    iifname \"$interface\" ct state established,related accept
    iifname \"$interface\" drop
"
cat <<RULES
# Written by the installer. Controllers have no password: whoever reaches them opens every door. So nothing comes in
# from their port, and nothing is routed to or from it.
table inet lockerhub
delete table inet lockerhub
table inet lockerhub {
  chain input {
    type filter hook input priority filter; policy drop;
$modbus    ct state established,related accept
    iif lo accept
    # ICMP of both kinds; their names would need /etc/protocols.
    meta l4proto { 1, 58 } accept
    udp dport { 67, 68, 546, 5353 } accept
    tcp dport 22 accept
    tcp dport { $pages } accept
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    ${interface:+iifname "$interface" drop
    oifname "$interface" drop}
  }
}
RULES
