# SPDX-FileCopyrightText: 2026 the Baldwin authors
# SPDX-License-Identifier: MIT
# shellcheck shell=bash

# Shared by the scripts: packages, configuring, building. Speaks on stderr only.

# what a build of the programs needs; add a package here and in README.md
build_packages=(g++ cmake ninja-build git ca-certificates
    libeigen3-dev libtbb-dev libxtensor-dev xtl-dev nlohmann-json3-dev
    zlib1g-dev libpng-dev libboost-program-options-dev libsfml-dev libbox2d-dev libmujoco-dev fonts-dejavu-core
    xvfb xauth dataset-fashion-mnist)

jobs=${BALDWIN_JOBS:-$(nproc)}

say() { printf '%s\n' "$*" >&2; }

# Runs a command with its output in a log that is shown only when it fails.
quietly() {
    local log status=0
    log=$(mktemp)
    "$@" >"$log" 2>&1 </dev/null || status=$?
    if [ "$status" != 0 ]; then
        cat "$log" >&2
        say "failed ($status): $*"
    fi
    rm -f "$log"
    return "$status"
}

is_installed() {
    dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed
}

# Installs those of the named packages that are missing; asks for nothing when all are there.
need_packages() {
    [ -z "${BALDWIN_NO_PACKAGES:-}" ] || return 0
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        say "no apt here: install what these Debian packages hold, set BALDWIN_NO_PACKAGES=1, try again:"
        say "  $*"
        exit 2
    fi
    local package missing=() sudo=()
    for package; do
        is_installed "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ]; then
        if ! command -v sudo >/dev/null; then
            say "missing packages, and neither root nor sudo: apt-get install ${missing[*]}"
            exit 2
        fi
        sudo=(sudo)
    fi
    say "installing ${missing[*]}"
    local install=(env DEBIAN_FRONTEND=noninteractive
        apt-get install -y -qq --no-install-recommends "${missing[@]}")
    # the package lists may be absent or old
    "${sudo[@]}" "${install[@]}" >/dev/null 2>&1 </dev/null && return 0
    quietly "${sudo[@]}" apt-get update -qq && quietly "${sudo[@]}" "${install[@]}" || {
        say "could not install ${missing[*]}"
        exit 1
    }
}

# configure PRESET [-D...]
configure() {
    quietly cmake --preset "$@"
}

# build PRESET [TARGET...]
build() {
    local preset=$1
    shift
    cmake --build --preset "$preset" -j "$jobs" ${1:+--target "$@"} >&2
}
