using System.Collections.Immutable;

namespace Devoxx.Compose;

/// <summary>The empty map that every map of the model starts from: keys in ordinal order, as the canonical form prints them.</summary>
public static class Sorted<TValue>
{
    public static readonly ImmutableSortedDictionary<string, TValue> Empty =
        ImmutableSortedDictionary.Create<string, TValue>(StringComparer.Ordinal);
}
