# Makes what TLS needs in the folder that it is run in: authority.pem, which clients trust, and server.key with server.pem,
# which it signed. Two certificates, because clients on rustls refuse an authority that is a server as well.
set -eu
umask 077

# All that is wanted stands here, so that the machine's own openssl.cnf plays no part.
cat >openssl.cnf <<'END'
[req]
distinguished_name = name
prompt = no
[name]
CN = cosmic-ai tests
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = IP:127.0.0.1, DNS:localhost
END

new_key="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -config openssl.cnf"
# shellcheck disable=SC2086 # words on purpose
openssl req -x509 $new_key -extensions authority -days 30 -keyout authority.key -out authority.pem
# shellcheck disable=SC2086
openssl req -new $new_key -subj /CN=localhost -keyout server.key -out server.csr
openssl x509 -req -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 30 \
    -extfile openssl.cnf -extensions server -out server.pem
