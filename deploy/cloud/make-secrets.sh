#!/bin/sh
# Makes the secrets of a cloud, once: what is there stays. Needs openssl.
set -eu
umask 077
cd "$(dirname "$0")"
mkdir -p secrets
for name in db-password gateway-password electric-password electric-secret; do
  [ -s "secrets/$name" ] || openssl rand -hex 32 > "secrets/$name"
done
[ -s secrets/signing-key.pem ] || openssl genpkey -algorithm ed25519 -out secrets/signing-key.pem
printf 'DATABASE_URL=postgresql://lockerhub_electric:%s@db:5432/lockerhub\nELECTRIC_SECRET=%s\n' \
  "$(cat secrets/electric-password)" "$(cat secrets/electric-secret)" > secrets/electric.env
# The gateway's user in its container reads them through Docker's own mount.
chmod 0444 secrets/gateway-password secrets/electric-password secrets/electric-secret secrets/signing-key.pem secrets/db-password
chmod 0700 secrets
echo "made in $(pwd)/secrets; keep a copy of it where the backups are not"
