-- One database and its own role (psql variables: name, password); running it again changes nothing but the password.
-- Roles may wait and hold only so long: a forgotten transaction would bloat every queue table.
SELECT format('CREATE ROLE %I LOGIN', :'name')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'name') \gexec
ALTER ROLE :"name" PASSWORD :'password';
ALTER ROLE :"name" SET statement_timeout = '30s';
ALTER ROLE :"name" SET idle_in_transaction_session_timeout = '60s';
SELECT format('CREATE DATABASE %I OWNER %I', :'name', :'name')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
REVOKE CONNECT ON DATABASE :"name" FROM PUBLIC;
