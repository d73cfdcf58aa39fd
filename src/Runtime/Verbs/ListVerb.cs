using System.Text;
using Devoxx.Runtime.CommandLine;
using Devoxx.Runtime.Containers;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Verbs;

/// <summary><c>list [--quiet] [--format table|json]</c>.</summary>
internal static class ListVerb
{
    public static int Run(GlobalOptions options, ReadOnlySpan<string> args)
    {
        var parsed = Arguments.Parse(args, ["f=format"], ["q=quiet"]);
        var containers = All(options);
        var format = parsed.Value("format") ?? "table";
        if (parsed.Has("quiet"))
        {
            foreach (var container in containers)
            {
                Failure.Write(1, container.State.Id + "\n");
            }
        }
        else if (format == "json")
        {
            Failure.Write(1, Encoding.UTF8.GetString(JsonText.Write(writer =>
            {
                writer.WriteStartArray();
                foreach (var container in containers)
                {
                    StateVerb.Write(writer, container.State, container.Status);
                }

                writer.WriteEndArray();
            })) + "\n");
        }
        else if (format == "table")
        {
            List<string[]> rows = [["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"]];
            foreach (var container in containers)
            {
                var status = container.Status;
                rows.Add([container.State.Id, status == ContainerStatus.Stopped ? "0" : container.State.Pid.ToString(), status, container.State.Bundle, container.State.Created, "root"]);
            }

            Table.Write(rows);
        }
        else
        {
            throw new UsageException("invalid format option");
        }

        return 0;
    }

    private static List<Container> All(GlobalOptions options)
    {
        var containers = new List<Container>();
        if (!Directory.Exists(options.Root))
        {
            return options.HasRoot ? throw new SetupException($"there is no directory {options.Root}") : containers;
        }

        var directories = Directory.GetDirectories(options.Root);
        Array.Sort(directories, StringComparer.Ordinal);
        foreach (var path in directories)
        {
            var directory = new StateDirectory(options.Root, Path.GetFileName(path));
            if (StateFile.Read(directory) is { } state)
            {
                containers.Add(new Container(directory, state));
            }
        }

        return containers;
    }
}
