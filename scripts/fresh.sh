# is_fresh CLONE: no source in a clone is newer than its executables. One find(1), 3 ms: it stands before every command.
is_fresh() {
    [ -x "$1/out/devoxx-compose" ] && [ -x "$1/out/devoxx-runtime" ] && [ -e "$1/out/.built" ] &&
        [ -z "$(find "$1/global.json" "$1/Directory.Build.props" "$1/Directory.Packages.props" "$1/src" \
            \( -name bin -o -name obj \) -prune -o -newer "$1/out/.built" -type f -print -quit)" ]
}
