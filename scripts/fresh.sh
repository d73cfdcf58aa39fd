# is_fresh CLONE: no source in a clone is newer than its executables. Builtins of the shell only: it stands before every command.
is_fresh() {
    [ -x "$1/out/devoxx-compose" ] && [ -x "$1/out/devoxx-runtime" ] || return 1
    for file in "$1"/global.json "$1"/Directory.*.props "$1"/src/*.props "$1"/src/*/*.csproj "$1"/src/*/*.cs \
        "$1"/src/*/[!bo]*/*.cs "$1"/src/*/[!bo]*/*/*.cs "$1"/src/*/[!bo]*/*/*/*.cs; do
        [ "$file" -nt "$1/out/.built" ] && return 1
    done
    return 0
}
