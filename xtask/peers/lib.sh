# lib.sh: what the peer scripts share; sourced, never run by itself.
#
# Invariant: a process is signalled only while its pid still names the process that was started. The pid file
# holds "PID START_TIME" (field 22 of /proc/PID/stat), so a pid that the kernel gave away again is left alone.
# shellcheck shell=sh

die() {
    echo "$(basename "$0"): $*" >&2
    exit 1
}

# absolute DIR: creates DIR and prints its absolute path.
absolute() {
    mkdir -p "$1"
    (cd "$1" && pwd)
}

start_time() {
    # The command name may hold spaces and ")", so everything up to the last ")" goes first.
    sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20
}

# launch PID_FILE LOG COMMAND...: starts COMMAND in the background, detached from the caller's pipes.
launch() {
    pid_file=$1 log=$2
    shift 2
    "$@" </dev/null >"$log" 2>&1 &
    echo "$! $(start_time $!)" >"$pid_file"
}

# alive PID_FILE: is the process that was recorded there still running?
alive() {
    [ -s "$1" ] || return 1
    read -r pid started <"$1" || return 1
    [ -n "$started" ] && [ "$(start_time "$pid")" = "$started" ] || return 1
    # A zombie has ended; only its parent has not asked yet.
    ! grep -q '^State:[[:space:]]*Z' "/proc/$pid/status" 2>/dev/null
}

# end PID_FILE SECONDS: asks the process to end, insists after SECONDS, returns when it is gone.
end() {
    if alive "$1"; then
        kill -TERM "$pid" 2>/dev/null || true
        tries=$(($2 * 10))
        while alive "$1"; do
            tries=$((tries - 1))
            [ "$tries" -ne 0 ] || kill -KILL "$pid" 2>/dev/null || true
            [ "$tries" -gt -50 ] || die "process $pid does not end"
            sleep 0.1
        done
    fi
    rm -f "$1"
}

# installed CACHE_DIR: checks that install.sh has been here.
installed() {
    [ -x "$1/venv/bin/python" ] || die "$1 holds no peers: run install.sh $1"
}

# undo FUNCTION: called if the script ends before `started`, for whatever reason.
undo() {
    # shellcheck disable=SC2064 # The name is meant to be expanded now.
    trap "$1" EXIT
    trap 'exit 1' HUP INT TERM
}

started() { trap - EXIT HUP INT TERM; }

# describe ARGUMENT...: see describe.py. Leaves no bytecode beside the scripts.
# shellcheck disable=SC2154 # The script that sources this has set both.
describe() { "$cache/venv/bin/python" -B "$here/describe.py" "$@"; }

# await_peer PID_FILE LOG SECONDS COMMAND...: repeats COMMAND until it succeeds, and prints its output.
await_peer() {
    await_pid=$1 await_log=$2 await_until=$(($(date +%s) + $3))
    shift 3
    until answer=$("$@" 2>/dev/null); do
        alive "$await_pid" || { tail -n 20 "$await_log" >&2; die "the peer ended while it started"; }
        [ "$(date +%s)" -le "$await_until" ] || { tail -n 20 "$await_log" >&2; die "the peer does not get ready"; }
        sleep 0.2
    done
    printf '%s\n' "$answer"
}
