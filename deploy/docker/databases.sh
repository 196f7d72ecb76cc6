#!/bin/bash
# A database and a role for each service, as on the laptop; run at every start, it only adds what is missing.
set -eu
for service in intake routing notifications; do
  password=LOKET_${service^^}_PASSWORD
  psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --dbname postgres --set name="$service" --set password="${!password}" \
    --file "$(dirname "$0")/database.sql"
  echo "database $service is there"
done
