# What the start scripts of MySQL and MariaDB share: sourced with $dir and $password set. A fresh folder $dir, whose files the server's
# user may read, with the certificates and the statements of the first start; $become is the words before what runs as that user.
become=
user=$(id -un)
mkdir -p "$dir"
chmod 755 "$dir"
export TMPDIR="$dir" # that of whoever starts the server may be closed to it
if [ "$(id -u)" = 0 ]; then
  user=nobody
  ! id mysql > /dev/null 2>&1 || user=mysql
  become="setpriv --reuid=$user --regid=$(id -gn "$user") --init-groups --"
fi
certificate() { # NAME SUBJECT OPTION…: DIR/NAME.crt and DIR/NAME.key
  name=$1 subject=$2
  shift 2
  ( umask 077 && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=$subject" "$@" \
    -keyout "$dir/$name.key" -out "$dir/$name.crt" 2> /dev/null )
  chmod 644 "$dir/$name.crt"
}
if [ ! -e "$dir/server.crt" ]; then
  certificate server localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1
  certificate client certified
  certificate other nobody
  ( umask 077 && cat > "$dir/first.sql" ) <<STATEMENTS
CREATE DATABASE IF NOT EXISTS test;
CREATE USER IF NOT EXISTS toasty@'%' IDENTIFIED BY '$password';
GRANT ALL ON *.* TO toasty@'%' WITH GRANT OPTION;
STATEMENTS
  [ -z "$become" ] || chown -R "$user" "$dir"
fi

# How much of a server a test needs: nothing is kept, so nothing is synced.
options="--innodb-log-file-size=8M --innodb-data-file-path=ibdata1:5M:autoextend --innodb-flush-log-at-trx-commit=0
  --innodb-flush-method=nosync --innodb-doublewrite=OFF --innodb-buffer-pool-size=64M --skip-log-bin --performance-schema=OFF
  --skip-name-resolve --max-connections=200 --init-file=$dir/first.sql --bind-address=127.0.0.1
  --ssl-ca=$dir/client.crt --ssl-cert=$dir/server.crt --ssl-key=$dir/server.key"
