using Devoxx.Compose.Diagnosis;
using Devoxx.Compose.Tree;

namespace Devoxx.Compose.Dotenv;

/// <summary>`format: raw`: KEY=VALUE lines taken as they are, as `docker run --env-file` does.</summary>
internal static class RawEnv
{
    /// <exception cref="ComposeException">A line has no name, or a name with white space.</exception>
    internal static void Parse(string file, string text, IDictionary<string, string> variables, Func<string, string?> lookup)
    {
        var number = 0;
        foreach (var range in text.AsSpan().TrimStart('﻿').Split('\n'))
        {
            number++;
            var line = text.AsSpan().TrimStart('﻿')[range].TrimEnd('\r').TrimStart();
            if (line.IsEmpty || line[0] == '#') continue;
            var cut = line.IndexOf('=');
            var key = (cut < 0 ? line : line[..cut]).ToString();
            if (key.Length == 0) throw new ComposeException(new Position(file, number, 1), "this line has no name before `=`; write NAME=VALUE");
            if (key.AsSpan().ContainsAny(" \t")) throw new ComposeException(new Position(file, number, 1), $"`{key}` has white space in it; a variable's name has none");
            if (cut >= 0) variables[key] = line[(cut + 1)..].ToString();
            else if (lookup(key) is { } value) variables[key] = value;
        }
    }
}
