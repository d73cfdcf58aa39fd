namespace Devoxx.Compose.Tree;

/// <summary>
/// Rules for places in the tree: <c>services.*.ports.*</c>, where <c>*</c> is any key or list item. A phase is such a table
/// and a walk that carries its place in it (<see cref="Place"/>), so that no path is ever spelled out.
/// </summary>
internal sealed class PathRules<T> where T : class
{
    internal Place Root { get; } = new();

    internal T this[string pattern]
    {
        set
        {
            var place = Root;
            foreach (var range in pattern.AsSpan().Split('.')) place = place.Extend(pattern[range]);
            place.Rule = value;
        }
    }

    /// <summary>A step on the way to a rule.</summary>
    internal sealed class Place
    {
        private Dictionary<string, Place>? _named;
        private Place? _any;

        /// <summary>The rule for exactly this place, if there is one.</summary>
        internal T? Rule { get; set; }

        /// <summary>The place of a key below, or null if no rule is there or further down.</summary>
        internal Place? Key(string key) => _named is not null && _named.TryGetValue(key, out var place) ? place : _any;

        /// <summary>The place of every item of a list.</summary>
        internal Place? Item => _any;

        internal Place Extend(string step)
        {
            if (step == "*") return _any ??= new Place();
            _named ??= new Dictionary<string, Place>(StringComparer.Ordinal);
            if (!_named.TryGetValue(step, out var place)) _named.Add(step, place = new Place());
            return place;
        }
    }
}
