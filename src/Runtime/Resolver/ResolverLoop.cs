using System.Text.Json;
using Devoxx.Native.Files;
using Devoxx.Oci.Names;
using Devoxx.Runtime.Launch;
using Devoxx.Runtime.Monitor;
using Devoxx.Runtime.Resolver.Forwarding;
using Devoxx.Runtime.Resolver.Serving;
using Devoxx.Runtime.Resolver.Sockets;
using Devoxx.Runtime.Resolver.Zones;

namespace Devoxx.Runtime.Resolver;

/// <summary>
/// The life of a resolver: one thread that waits for queries, for answers from outside, and for the supervisor to write another zone or
/// another container. It keeps nothing: whoever takes its place reads the same files.
/// </summary>
internal sealed class ResolverLoop : ISource, IDisposable
{
    private const InotifyMask Changes = InotifyMask.MovedTo | InotifyMask.Delete;

    private readonly NamesDirectory _directory;
    private readonly Inotify _inotify = new();
    private readonly Sources _sources = new();
    private readonly Desk _desk;
    private readonly int _networks;
    private readonly int _containers;
    private readonly Dictionary<string, Zone> _zones = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ServedContainer> _served = new(StringComparer.Ordinal);

    public ResolverLoop(NamesDirectory directory, string resolvConf)
    {
        _directory = directory;
        foreach (var path in (ReadOnlySpan<string>)[directory.Networks, directory.Containers, directory.Served])
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        _desk = new Desk(_sources, new Forwarder(_sources, new HostServers(resolvConf)));
        _networks = _inotify.Watch(directory.Networks, Changes);
        _containers = _inotify.Watch(directory.Containers, Changes);
        _sources.Add(FileDescriptor.Duplicate((int)_inotify.DangerousGetHandle()), this);
    }

    /// <summary>Serves until the process is killed.</summary>
    public void Run()
    {
        ReadAll();
        Memory.GiveBack();
        while (true)
        {
            _sources.Turn(_desk.Forwarder.Patience);
            _desk.Forwarder.Expire();
        }
    }

    public void OnReady(uint events)
    {
        var changed = false;
        foreach (var happened in _inotify.Read())
        {
            if ((happened.Mask & InotifyMask.Overflow) != 0)
            {
                ReadAll();
                return;
            }

            if (!happened.Name.EndsWith(NamesDirectory.Extension, StringComparison.Ordinal))
            {
                continue;
            }

            var id = happened.Name[..^NamesDirectory.Extension.Length];
            if (happened.Watch == _networks)
            {
                ReadZone(id);
                changed = true;
            }
            else if (happened.Watch == _containers)
            {
                Show(changed);
                changed = false;
                ReadContainer(id);
            }
        }

        Show(changed);
    }

    public void Dispose()
    {
        foreach (var container in _served.Values)
        {
            container.Dispose();
        }

        _inotify.Dispose();
        _sources.Dispose();
    }

    private void ReadAll()
    {
        foreach (var id in Ids(_directory.Networks).Union(_zones.Keys).ToList())
        {
            ReadZone(id);
        }

        Show(changed: true);
        foreach (var id in Ids(_directory.Containers).Union(_served.Keys).ToList())
        {
            ReadContainer(id);
        }
    }

    private static IEnumerable<string> Ids(string directory) => Directory.GetFiles(directory, "*" + NamesDirectory.Extension).Select(path => Path.GetFileNameWithoutExtension(path)!);

    private void Show(bool changed)
    {
        if (changed)
        {
            foreach (var container in _served.Values)
            {
                container.Look(_zones.Values);
            }
        }
    }

    private void ReadZone(string id)
    {
        try
        {
            if (Read(_directory.Zone(id)) is { } bytes)
            {
                _zones[id] = new Zone(JsonSerializer.Deserialize(bytes, NamesJson.Default.NetworkZone) ?? throw new JsonException("it says nothing"));
            }
            else
            {
                _zones.Remove(id);
            }
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            // What was known of it before is the better answer.
            Say($"{_directory.Zone(id)}: {e.Message}");
        }
    }

    private void ReadContainer(string id)
    {
        ResolverClient? client = null;
        try
        {
            client = Read(_directory.Client(id)) is { } bytes ? JsonSerializer.Deserialize(bytes, NamesJson.Default.ResolverClient) : null;
            if (client is null)
            {
                Forget(id);
                File.Delete(_directory.Answer(id));
                return;
            }

            if (_served.TryGetValue(id, out var served) && served.Run == client.Run)
            {
                served.Update(client, _ => Forget(id));
            }
            else
            {
                Forget(id);
                served = ServedContainer.Open(_desk, client, _ => Forget(id));
                _served.Add(id, served);
            }

            served.Look(_zones.Values);
            Reply(id, new ResolverAnswer(client.Run));
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            Say($"{_directory.Client(id)}: {e.Message}");
            Reply(id, new ResolverAnswer(client?.Run ?? "", e.Message));
        }
    }

    private void Forget(string id)
    {
        if (_served.Remove(id, out var served))
        {
            served.Dispose();
        }
    }

    private void Reply(string id, ResolverAnswer answer) =>
        AtomicFile.Write(_directory.Answer(id), JsonSerializer.SerializeToUtf8Bytes(answer, NamesJson.Default.ResolverAnswer), durable: false);

    private static byte[]? Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Standard error is a file beside the zones.</summary>
    private static void Say(string what) => CommandLine.Failure.Write(2, $"{DateTimeOffset.UtcNow:O} {what}\n");
}
