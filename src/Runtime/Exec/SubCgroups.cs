using Devoxx.Runtime.CommandLine;

namespace Devoxx.Runtime.Exec;

/// <summary>
/// What <c>exec --cgroup</c> asks for: <c>PATH</c> below the container's cgroup in every hierarchy, or <c>CONTROLLER[,CONTROLLER…]:PATH</c> in those of some controllers.
/// </summary>
internal sealed class SubCgroups
{
    private readonly Dictionary<string, string> _byController = [];
    private string _elsewhere = "";

    /// <summary>Null when nothing is asked for.</summary>
    public static SubCgroups? Parse(IReadOnlyList<string> texts)
    {
        if (texts.Count == 0)
        {
            return null;
        }

        var parsed = new SubCgroups();
        foreach (var text in texts)
        {
            var colon = text.IndexOf(':');
            var path = PathOf(text[(colon + 1)..]);
            if (colon < 0)
            {
                parsed._elsewhere = path;
                continue;
            }

            foreach (var controller in text[..colon].Split(','))
            {
                parsed._byController[controller] = path;
            }
        }

        return parsed;
    }

    /// <summary>The path to join in the hierarchy of these controllers, beginning with a slash, or empty.</summary>
    public string Of(IReadOnlyList<string> controllers)
    {
        foreach (var controller in controllers)
        {
            if (_byController.TryGetValue(controller, out var path))
            {
                return path;
            }
        }

        return _elsewhere;
    }

    /// <summary>Throws for a controller that none of these hierarchies has.</summary>
    public void RequireKnown(IEnumerable<string> controllers)
    {
        foreach (var name in _byController.Keys)
        {
            if (!controllers.Contains(name))
            {
                throw new UsageException($"--cgroup: unknown controller {name}");
            }
        }
    }

    private static string PathOf(string text)
    {
        var path = "";
        foreach (var part in text.Split('/'))
        {
            if (part == "..")
            {
                throw new UsageException($"--cgroup: bad sub cgroup path: {text}");
            }

            path += part is "" or "." ? "" : "/" + part;
        }

        return path;
    }
}
