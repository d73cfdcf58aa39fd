using System.Text.Json;
using Devoxx.Native.Processes;
using Devoxx.Supervisor;
using Devoxx.Supervisor.Cgroups;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Networks;
using Devoxx.Supervisor.Networks.Names;
using Devoxx.Supervisor.Projects;
using Devoxx.Supervisor.Volumes;
using Microsoft.Data.Sqlite;

namespace Devoxx.Scenarios.Recovery;

/// <summary>What the journal's file says there should be, by the product's own <c>Apply</c>, and nothing else of the product.</summary>
public sealed class JournalModel(string path)
{
    private readonly Dictionary<string, ContainerState> containers = [];
    private readonly Dictionary<string, CgroupState> cgroups = [];
    private readonly Dictionary<string, VolumeState> volumes = [];
    private readonly Dictionary<string, ProjectState> projects = [];
    private readonly Dictionary<string, NetworkState> networks = [];
    private readonly List<(long Ordering, string What)> happenings = [];
    private ResolverState resolver = ResolverState.Initial;

    /// <summary>The process that answers for names; null: none runs.</summary>
    public ProcessIdentity? Resolver => resolver.Process;

    /// <summary>Ordering of the newest event that was taken in.</summary>
    public long Newest { get; private set; }

    /// <summary>Events that were taken in.</summary>
    public int Events { get; private set; }

    /// <summary>By id, those that are there or half there.</summary>
    public IEnumerable<(string Id, ContainerState State)> Containers =>
        containers.Where(c => c.Value.Phase is not (ContainerPhase.None or ContainerPhase.Removed)).Select(c => (c.Key, c.Value));

    public IEnumerable<(string Id, CgroupState State)> Cgroups => cgroups.Select(c => (c.Key, c.Value));

    /// <summary>By name, the shared ones (<c>volume-</c>) that are there or half there.</summary>
    public IEnumerable<(string Name, VolumeState State)> Volumes =>
        volumes.Where(v => v.Key.StartsWith("volume-", StringComparison.Ordinal) && v.Value.Phase is not (VolumePhase.Absent or VolumePhase.Removed))
            .Select(v => (v.Key["volume-".Length..], v.Value));

    /// <summary>By container id, the directories of its own.</summary>
    public IEnumerable<(string Id, VolumeState State)> Roots =>
        volumes.Where(v => v.Key.StartsWith("root-", StringComparison.Ordinal) && v.Value.Phase is not (VolumePhase.Absent or VolumePhase.Removed))
            .Select(v => (v.Key["root-".Length..], v.Value));

    /// <summary>Those that are there or half there.</summary>
    public IEnumerable<NetworkState> Networks => networks.Values.Where(n => n.Phase is not (NetworkPhase.Absent or NetworkPhase.Removed));

    /// <summary>Ids of all containers that a project calls its own.</summary>
    public IEnumerable<string> Members => projects.Values.SelectMany(p => p.Containers.Keys);

    public IReadOnlyList<ContainerState> Of(string service) =>
        [.. Containers.Select(c => c.State).Where(c => c.Spec?.Service == service)];

    /// <summary>What happened after that one, e.g. <c>volume.removed.v1 of volume-data</c>.</summary>
    public IEnumerable<string> Since(long ordering) => happenings.Where(each => each.Ordering > ordering).Select(each => each.What);

    /// <summary>Takes in what has been committed since the last time.</summary>
    public JournalModel Update()
    {
        if (!File.Exists(path))
        {
            return this;
        }

        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT ordering, persistence_id, manifest, payload FROM event_journal WHERE ordering > $after ORDER BY ordering";
        command.Parameters.AddWithValue("$after", Newest);
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            Newest = row.GetInt64(0);
            Events++;
            happenings.Add((Newest, $"{row.GetString(2)} of {row.GetString(1)}"));
            Take(row.GetString(1), row.GetString(2), row.GetFieldValue<byte[]>(3));
        }

        return this;
    }

    private void Take(string actor, string manifest, byte[] payload)
    {
        if (!EventCatalog.Types.TryFind(manifest, out var type))
        {
            throw new InvalidOperationException($"{manifest} in the journal is no event");
        }

        var happened = type.Upgrade(JsonSerializer.Deserialize(payload, type.Json)!);
        switch (happened)
        {
            case IContainerEvent e:
                containers[Id(actor)] = containers.GetValueOrDefault(Id(actor), ContainerState.Initial).Apply(e);
                break;
            case ICgroupEvent e:
                cgroups[Id(actor)] = cgroups.GetValueOrDefault(Id(actor), CgroupState.Initial).Apply(e);
                break;
            case IVolumeEvent e:
                volumes[actor] = volumes.GetValueOrDefault(actor, VolumeState.Initial).Apply(e);
                break;
            case INetworkEvent e:
                networks[actor] = networks.GetValueOrDefault(actor, NetworkState.Initial).Apply(e);
                break;
            case IResolverEvent e:
                resolver = resolver.Apply(e);
                break;
            case IProjectEvent e:
                projects[actor] = projects.GetValueOrDefault(actor, ProjectState.Initial).Apply(e);
                break;
        }
    }

    private static string Id(string actor) => actor[(actor.IndexOf('-') + 1)..];
}
