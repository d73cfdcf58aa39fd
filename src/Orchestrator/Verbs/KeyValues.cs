using System.Collections.Immutable;
using Devoxx.Orchestrator.Arguments;

namespace Devoxx.Orchestrator.Verbs;

/// <summary>Options that are given as <c>KEY=VALUE</c>, any number of times.</summary>
internal static class KeyValues
{
    /// <summary>A key without a value has an empty one, as a label may.</summary>
    public static ImmutableSortedDictionary<string, string> Of(ParsedArguments arguments, ListFlag flag)
    {
        var result = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var pair in arguments.Values(flag))
        {
            var equals = pair.IndexOf('=');
            result[equals < 0 ? pair : pair[..equals]] = equals < 0 ? "" : pair[(equals + 1)..];
        }

        return result.ToImmutable();
    }
}
