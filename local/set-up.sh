#!/bin/sh
# Create .venv for the Makefile and install the project's packages into it. A failed `environment`
# removes .venv; after a failed `packages`, the next run installs every package again.
#
#   set-up.sh environment UV_VERSION FOLDER    a virtual environment of Python 3.13, with uv in it
#   set-up.sh packages FOLDER                  the packages of requirements-dev.txt, and the project
set -u

say() {
    echo "$*" >&2
}

fail() {
    say "$*"
    exit 1
}

# Set `python` to a command that runs Python 3.13, or `found` to the version that exists instead. A
# command on PATH may be a broken shim, so each one is run.
find_python() {
    python= found="none was found"
    for each in python3.13 python3 python; do
        version=$("$each" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
        if [ "$version" = 3.13 ]; then
            python=$each
            return
        fi
        [ "$found" != "none was found" ] || found="$each is $version"
    done
}

environment() {
    trap 'rm -rf "$folder"' EXIT
    trap 'exit 130' HUP INT TERM
    rm -rf "$folder" 2>/dev/null
    mkdir "$folder" 2>/dev/null || fail "$folder cannot be created: this folder is not writable."
    if uv --version >/dev/null 2>&1 && uv venv --quiet --clear --python 3.13 "$folder"; then
        pip="uv pip install --quiet --python $folder/bin/python"
    else
        find_python
        [ "$python" ] || fail "Python 3.13 is needed; $found. Install it (https://www.python.org/downloads)" \
            "or uv (https://docs.astral.sh/uv), and run the same command again."
        "$python" -m venv "$folder" >&2 || fail "$python cannot create a virtual environment." \
            "On Debian and Ubuntu, install the package python3.13-venv."
        pip="$folder/bin/python -m pip install -qq --disable-pip-version-check"
    fi
    $pip "uv==$1" >&2 || fail "uv $1 could not be installed. Is there a network?"
    trap - EXIT
}

packages() {
    say "Installing the packages of requirements-dev.txt."
    # The file exists only while packages are installed; an interrupted installation may look complete.
    again=
    [ ! -e "$folder/.installing" ] || again=--reinstall
    touch "$folder/.installing"
    pip="$folder/bin/uv pip install --quiet --python $folder/bin/python"
    # Compiled once here, and not by each process where Python may not write what it compiles.
    $pip $again --compile-bytecode --require-hashes -r requirements-dev.txt || fail "The packages could not be installed."
    $pip --no-deps --no-build-isolation -e . || fail "The project could not be installed."
    rm "$folder/.installing"
    touch "$folder/.installed"
}

case $1 in
    environment)
        say "Installing Python packages into .venv; this takes a minute, and only the first time."
        folder=$3
        environment "$2"
        ;;
    packages)
        folder=$2
        packages
        ;;
esac
