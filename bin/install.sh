# Read by bin/serve, bin/test and bin/check: a .venv with exactly what the lock files name.

say() { printf '%s\n' "$*" >&2; }

# Root's own words, or sudo's when it asks for no password; "no" when neither.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo -n "$@"
    else return 1; fi
}

# apt NAME…: install Debian's packages, silently unless that fails.
apt_install() {
    command -v apt-get >/dev/null || return 1
    as_root true || return 1
    say "Installing $* …"
    local log; log=$(mktemp)
    if { as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@"; } >"$log" 2>&1
    then rm -f "$log"
    else cat "$log" >&2; rm -f "$log"; return 1; fi
}

find_python() {
    local name
    for name in python3.14 python3.13 python3.12 python3.11 python3; do
        if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    say "Backchannel needs Python 3.11 or newer, and there is none on this machine."
    return 1
}

make_venv() {
    local python version
    python=$(find_python) || exit 1
    if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        if ! apt_install "python$version-venv" && ! apt_install python3-venv; then
            say "Python's venv module is missing; install it with: sudo apt-get install python3-venv"
            exit 1
        fi
    fi
    say "Making .venv …"
    rm -rf .venv
    "$python" -m venv .venv
}

# install LOCK…: once, and again whenever one of these files has changed.
install() {
    local lock stamp wanted log
    [ -x .venv/bin/python ] && .venv/bin/python -c '' 2>/dev/null || make_venv
    for lock in "$@"; do
        stamp=.venv/installed-$lock
        wanted=$(.venv/bin/python -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$lock")
        if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then continue; fi
        say "Installing what $lock names …"
        log=$(mktemp)
        if ! .venv/bin/python -m pip install --disable-pip-version-check --no-input --require-hashes -r "$lock" >"$log" 2>&1; then
            cat "$log" >&2; rm -f "$log"
            say "Installing $lock failed; what pip said stands above."
            exit 1
        fi
        rm -f "$log"
        printf '%s\n' "$wanted" >"$stamp"
    done
}
