namespace Devoxx.Compose.Loading;

/// <summary>
/// A walk through dependencies, each before what needs it. Without recursion: a chain may be as long as a file can say.
/// </summary>
internal static class DependencyOrder
{
    /// <summary>All names in order; names that are no services are passed over.</summary>
    /// <param name="services">The services and what they need.</param>
    /// <param name="cycle">The services of a cycle in their order, the first not repeated; empty if there is none.</param>
    internal static List<string> Of(IReadOnlyDictionary<string, Service> services, out List<string> cycle)
    {
        cycle = [];
        var ordered = new List<string>(services.Count);
        var done = new HashSet<string>(StringComparer.Ordinal);
        var open = new HashSet<string>(StringComparer.Ordinal);
        var path = new Stack<(string Name, IEnumerator<string> Needs)>();
        foreach (var start in services.Keys)
        {
            Enter(start);
            while (path.TryPeek(out var top))
            {
                if (!top.Needs.MoveNext())
                {
                    path.Pop();
                    open.Remove(top.Name);
                    done.Add(top.Name);
                    ordered.Add(top.Name);
                }
                else if (open.Contains(top.Needs.Current) && cycle.Count == 0)
                {
                    var names = path.Reverse().Select(static p => p.Name).ToList();
                    cycle = names[names.IndexOf(top.Needs.Current)..];
                }
                else Enter(top.Needs.Current);
            }
        }
        return ordered;

        void Enter(string name)
        {
            if (!services.TryGetValue(name, out var service) || done.Contains(name) || !open.Add(name)) return;
            path.Push((name, service.DependsOn.Keys.GetEnumerator()));
        }
    }
}
