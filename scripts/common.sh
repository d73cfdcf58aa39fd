# Read by the other scripts here: what they all need of the machine. POSIX sh.

# dotnet wants a home for its caches, and some service managers and containers give none.
export HOME="${HOME:-/root}"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

say() { printf '%s: %s\n' "${program:-devoxx-compose}" "$*" >&2; }

fail() { say "$*"; exit 1; }

# Installs distribution packages; each argument is PACKAGER=NAMES, and the first packager that is here counts.
install_packages() {
    for choice; do
        packager=${choice%%=*}
        packages=${choice#*=}
        command -v "$packager" >/dev/null 2>&1 || continue
        [ "$(id -u)" = 0 ] || fail "missing: $packages. Install them with $packager, or run this as root"
        say "installing $packages with $packager"
        case $packager in
            apt-get)
                # shellcheck disable=SC2086 # a list of names
                DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $packages >/dev/null 2>&1 </dev/null ||
                    { apt-get update -q >/dev/null 2>&1 && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $packages </dev/null >&2; } ;;
            dnf) dnf install -y -q $packages </dev/null >&2 ;;
            apk) apk add -q $packages </dev/null >&2 ;;
            pacman) pacman -Sy --noconfirm --needed --quiet $packages </dev/null >&2 ;;
            zypper) zypper --non-interactive --quiet install $packages </dev/null >&2 ;;
        esac || fail "$packager could not install $packages"
        return
    done
    fail "found none of the package managers apt-get, dnf, apk, pacman and zypper; install a C linker (gcc) and the zlib headers by hand"
}

# The native executables are linked by gcc against zlib.
need_linker() {
    if ! command -v gcc >/dev/null 2>&1 || ! printf '#include <zlib.h>\n' | gcc -E -x c - >/dev/null 2>&1; then
        install_packages 'apt-get=gcc libc6-dev zlib1g-dev' 'dnf=gcc glibc-devel zlib-devel' 'apk=gcc musl-dev zlib-dev' 'pacman=gcc zlib' 'zypper=gcc glibc-devel zlib-devel'
    fi
}

need_dotnet() {
    command -v dotnet >/dev/null 2>&1 || fail 'dotnet is not on the PATH: install the .NET 10 SDK, https://dotnet.microsoft.com/download/dotnet/10.0'
}
