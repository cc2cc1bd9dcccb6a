#!/bin/sh
# Makes the certificates of this folder anew: see README.md. The authorities' keys are thrown away.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
days=36500

# key NAME: a private key on curve P-256.
key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/$1.key"; }

# sign NAME SUBJECT ISSUER EXTENSIONS: a certificate for the key NAME.
sign() {
    openssl req -new -key "$work/$1.key" -subj "/CN=$2" -out "$work/$1.csr"
    printf '%s\n' "$4" "subjectKeyIdentifier=hash" "authorityKeyIdentifier=keyid" >"$work/$1.ext"
    openssl x509 -req -in "$work/$1.csr" -CA "$work/$3.pem" -CAkey "$work/$3.key" -days "$days" \
        -set_serial "0x$(openssl rand -hex 8)" -sha256 -extfile "$work/$1.ext" -out "$work/$1.pem"
}

key authority
openssl req -x509 -new -key "$work/authority.key" -subj "/CN=Millpond test authority" -days "$days" -sha256 \
    -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign" -out "$work/authority.pem"
key intermediate
sign intermediate "Millpond test intermediate" authority "basicConstraints=critical,CA:TRUE,pathlen:0
keyUsage=critical,keyCertSign"
leaf="basicConstraints=CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1"
key server
sign server "Millpond test server" intermediate "$leaf"
key renewed
sign renewed "Millpond test server, renewed" authority "$leaf"

cp "$work/authority.pem" "$work/server.key" "$work/renewed.key" "$work/renewed.pem" .
cat "$work/server.pem" "$work/intermediate.pem" >server.pem
