using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Devoxx.Compose;

namespace Devoxx.Orchestrator.Projects;

/// <summary>What <c>run</c> changes of a service for its one container. Pure: what is read of files comes with it.</summary>
internal sealed record OneOffService
{
    /// <summary>Empty: the service's own.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>In the form of a Compose file's string; empty: none at all; null: the service's own.</summary>
    public string? Entrypoint { get; init; }

    /// <summary><c>NAME=value</c>, or <c>NAME</c> for the value that it has here.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    public IReadOnlyList<string> EnvironmentFiles { get; init; } = [];

    public IReadOnlyList<string> Labels { get; init; } = [];

    public IReadOnlyList<string> CapAdd { get; init; } = [];

    public IReadOnlyList<string> CapDrop { get; init; } = [];

    public IReadOnlyList<string> Volumes { get; init; } = [];

    public IReadOnlyList<string> Publish { get; init; } = [];

    /// <summary>Keep the service's own ports.</summary>
    public bool ServicePorts { get; init; }

    public string? User { get; init; }

    public string? WorkingDirectory { get; init; }

    public bool Tty { get; init; }

    public bool Interactive { get; init; }

    /// <summary>The project with the service changed.</summary>
    /// <param name="directory">Where relative paths begin.</param>
    /// <param name="readFile">A text file by absolute path; null: there is none.</param>
    /// <param name="variable">A variable of this process.</param>
    /// <exception cref="CommandFailedException">A value cannot be understood; the message says which.</exception>
    public Project Apply(Project project, string name, string directory, Func<string, string?> readFile, Func<string, string?> variable)
    {
        var service = project.Services[name];
        var parsed = Parse(directory, readFile, variable);
        var volumes = parsed.Volumes;
        var changed = service with
        {
            Command = Command.Count > 0 ? [.. Command] : Entrypoint is null ? service.Command : [],
            Entrypoint = Entrypoint is null ? service.Entrypoint : parsed.Entrypoint ?? [],
            Environment = EnvironmentOf(service.Environment.SetItems(parsed.Environment), variable),
            Labels = service.Labels.SetItems(Labels.Select(label => Pair(label))),
            CapAdd = service.CapAdd.AddRange(CapAdd.Except(service.CapAdd)),
            CapDrop = service.CapDrop.AddRange(CapDrop.Except(service.CapDrop)),
            Volumes = [.. service.Volumes.Where(volume => !volumes.Any(given => given.Target == volume.Target)), .. volumes],
            Ports = Publish.Count > 0 ? parsed.Ports : ServicePorts ? service.Ports : [],
            User = User ?? service.User,
            WorkingDir = WorkingDirectory ?? service.WorkingDir,
            Tty = Tty,
            StdinOpen = Interactive,
            ContainerName = null,
            Scale = null,
            Restart = null,
            Deploy = service.Deploy is { } deploy ? deploy with { RestartPolicy = null } : null,
        };

        // A name that the files do not declare is a volume's on this machine.
        var undeclared = volumes.Where(volume => volume.Type == "volume" && volume.Source is { Length: > 0 } source && !project.Volumes.ContainsKey(source))
            .Select(volume => KeyValuePair.Create(volume.Source!, new Volume { Name = volume.Source })).DistinctBy(volume => volume.Key);
        return project with { Services = project.Services.SetItem(name, changed), Volumes = project.Volumes.AddRange(undeclared) };
    }

    /// <summary>What has a syntax of its own is read by the loader, as if it stood in a file.</summary>
    private Service Parse(string directory, Func<string, string?> readFile, Func<string, string?> variable)
    {
        var result = ComposeLoader.Load(new LoadRequest
        {
            Files = [new ComposeFile(directory + "/-", File())],
            WorkingDirectory = directory,
            ProjectName = "run",
            Environment = ImmutableDictionary<string, string>.Empty,
            ReadFile = readFile,
            Interpolate = false,
            CheckConsistency = false,
        });
        return result.Project?.Services.GetValueOrDefault("run") ?? throw new CommandFailedException(string.Join(
            '\n', result.Diagnostics.Where(each => each.Severity == Severity.Error).Select(each => each.ToString().Replace($"{directory}/-:", "", StringComparison.Ordinal))));
    }

    private string File()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("services");
            json.WriteStartObject("run");
            json.WriteString("image", "run");
            List("volumes", Volumes);
            List("ports", Publish);
            List("env_file", EnvironmentFiles);
            if (Entrypoint is { Length: > 0 })
            {
                json.WriteString("entrypoint", Entrypoint);
            }

            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();

            void List(string key, IReadOnlyList<string> values)
            {
                if (values.Count > 0)
                {
                    json.WriteStartArray(key);
                    foreach (var value in values)
                    {
                        json.WriteStringValue(value);
                    }

                    json.WriteEndArray();
                }
            }
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private ImmutableSortedDictionary<string, string?> EnvironmentOf(ImmutableSortedDictionary<string, string?> service, Func<string, string?> variable)
    {
        foreach (var entry in Environment)
        {
            var equals = entry.IndexOf('=');
            var (name, value) = equals < 0 ? (entry, variable(entry)) : (entry[..equals], entry[(equals + 1)..]);
            service = service.SetItem(name.Length > 0 ? name : throw new CommandFailedException($"invalid environment variable: {entry}"), value);
        }

        return service;
    }

    private static KeyValuePair<string, string> Pair(string label)
    {
        var equals = label.IndexOf('=');
        return equals < 0 ? KeyValuePair.Create(label, "") : KeyValuePair.Create(label[..equals], label[(equals + 1)..]);
    }
}
