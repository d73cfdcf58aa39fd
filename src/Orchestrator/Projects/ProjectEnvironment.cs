using System.Collections.Immutable;
using Devoxx.Compose;

namespace Devoxx.Orchestrator.Projects;

/// <summary>Until the Compose room reads env files.</summary>
internal static class ProjectEnvironment
{
    public static ImmutableDictionary<string, string> Combine(ImmutableDictionary<string, string> shell, ImmutableArray<ComposeFile> files)
    {
        foreach (var line in files.SelectMany(file => file.Text.Split('\n')))
        {
            var equals = line.IndexOf('=');
            if (equals > 0 && line[0] != '#' && !shell.ContainsKey(line[..equals]))
            {
                shell = shell.Add(line[..equals], line[(equals + 1)..]);
            }
        }

        return shell;
    }
}
