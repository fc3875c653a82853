# Makes a cluster in the folder $1 with the programs of the folder $2, and runs its server for as long as xtask lives. Xtask
# holds the other end of our standard input: a line with the port starts the server, and its end, which comes however xtask
# ends, stops it and removes the folder. Xtask reads from files how far we are: `made`, `ended`.
trap '' HUP INT TERM
cd "$1" || exit 1
exec 3<&0 </dev/null >>server.log 2>&1

finish() {
    cd /
    rm -rf "$1"
    exit
}

make() {
    # Makes the certificate; see there.
    sh -c "$3" || return
    # Unsynced, since what is empty can be lost; what is written later is synced.
    "$2/initdb" --pgdata data --username cosmic --auth trust --encoding UTF8 --locale C --no-sync \
        >/dev/null
}

if make "$@"; then : >made; else echo "$?" >ended; fi
# None comes where the cluster was not made, or xtask is gone already.
if ! read -r port <&3; then finish "$1"; fi

# Those that tests rely on are said here even where they are the default.
"$2/postgres" -D data -c port="$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories="$1" \
    -c max_connections=100 -c fsync=on -c synchronous_commit=on -c full_page_writes=on \
    -c ssl=on -c ssl_cert_file="$1/server.pem" -c ssl_key_file="$1/server.key" 3<&- &
server=$!
{
    cat <&3 >/dev/null
    # At once, as `pg_ctl stop -m immediate`: nobody needs what is in there.
    if [ ! -e ended ]; then kill -QUIT "$server"; fi
} &

wait "$server"
echo "$?" >ended
wait
finish "$1"
