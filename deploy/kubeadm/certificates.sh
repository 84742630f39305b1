#!/bin/sh
# Creates an authority, tine's certificate and the API server's client certificate under kubeadm's
# names: certificates.sh FOLDER HOST... See docs/guides/kubeadm.md.
set -eu
umask 077

if [ $# -lt 2 ]; then
  echo 'usage: certificates.sh FOLDER HOST...' >&2
  exit 2
fi
folder=$1
shift
names=DNS:localhost,IP:127.0.0.1
for host; do
  case $host in
    *:*) names=$names,IP:$host ;;
    *[!0-9.]*) names=$names,DNS:$host ;;
    *) names=$names,IP:$host ;;
  esac
done

mkdir -p "$folder/etcd"
cd "$folder"
if [ -e etcd/ca.key ]; then
  echo "$folder/etcd/ca.key exists; give another folder, or remove it" >&2
  exit 1
fi

new_key='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'

# issue NAME COMMON-NAME EXTENSION...
issue() {
  name=$1 common_name=$2
  shift 2
  # shellcheck disable=SC2086
  openssl req $new_key -subj "/CN=$common_name" -keyout "$name.key" -out "$name.csr" 2> /dev/null
  printf '%s\n' "$@" |
    openssl x509 -req -in "$name.csr" -CA etcd/ca.crt -CAkey etcd/ca.key -CAcreateserial -days 365 \
      -extfile /dev/stdin -out "$name.crt" 2> /dev/null
  rm "$name.csr"
  echo "$folder/$name.crt"
}

# shellcheck disable=SC2086
openssl req -x509 $new_key -days 3650 -subj /CN=etcd-ca -keyout etcd/ca.key -out etcd/ca.crt 2> /dev/null
echo "$folder/etcd/ca.crt"
issue etcd/server tine "subjectAltName = $names" 'extendedKeyUsage = serverAuth'
issue apiserver-etcd-client kube-apiserver-etcd-client 'extendedKeyUsage = clientAuth'
