using System.Diagnostics;
using System.Text.Json;
using Devoxx.Native.Processes;
using Devoxx.Oci.Names;

namespace Devoxx.Runtime.Tests.World;

/// <summary>
/// A resolver as the supervisor starts it, in a network namespace that stands for the host's, and namespaces that stand for containers'. All of them
/// go with the rig; nothing of the machine's own network is touched.
/// </summary>
public sealed class ResolverRig : IDisposable
{
    private static int _number;

    private readonly List<Process> _processes = [];
    private readonly List<string> _namespaces = [];
    private readonly string _prefix = $"dxdns{Environment.ProcessId}-{Interlocked.Increment(ref _number)}-";
    private int _upstreams;

    public ResolverRig()
    {
        Directory = new NamesDirectory(System.IO.Path.Join(Published.Scratch, _prefix + "dns"));
        foreach (var path in new[] { Directory.Networks, Directory.Containers, Directory.Served })
        {
            System.IO.Directory.CreateDirectory(path);
        }

        ResolvConf = Directory.Path + "/resolv.conf";
        File.WriteAllText(ResolvConf, "");
        HostNamespace = AddNamespace("host");
    }

    public NamesDirectory Directory { get; }

    /// <summary>Of the host.</summary>
    public string ResolvConf { get; }

    public string HostNamespace { get; }

    public Process Resolver { get; private set; } = null!;

    public void StartResolver() => Resolver = Start(HostNamespace, Published.Executable, "resolver", "--directory", Directory.Path, "--resolv-conf", ResolvConf);

    public void Write(NetworkZone zone) => WriteFile(Directory.Zone(zone.Id), JsonSerializer.SerializeToUtf8Bytes(zone, NamesJson.Default.NetworkZone));

    /// <summary>A namespace with a process in it, served by the resolver.</summary>
    public RiggedContainer AddContainer(string id, params string[] networks)
    {
        var name = AddNamespace(id);
        var init = Start(name, "sleep", "infinity");
        return new RiggedContainer(this, id, name, init, networks);
    }

    /// <summary>Writes the container's file, and waits until it is served.</summary>
    public ResolverAnswer Serve(ResolverClient client)
    {
        WriteFile(Directory.Client(client.ContainerId), JsonSerializer.SerializeToUtf8Bytes(client, NamesJson.Default.ResolverClient));
        return AwaitAnswer(client);
    }

    public ResolverAnswer AwaitAnswer(ResolverClient client)
    {
        ResolverAnswer? answer = null;
        Eventually.True(
            () => File.Exists(Directory.Answer(client.ContainerId))
                && (answer = JsonSerializer.Deserialize(File.ReadAllBytes(Directory.Answer(client.ContainerId)), NamesJson.Default.ResolverAnswer))!.Run == client.Run,
            $"{client.ContainerId} is answered");
        return answer!;
    }

    /// <summary>A DNS server outside, in the host's namespace.</summary>
    public Process StartUpstream(string address, params string[] records) => StartUpstreamIn(HostNamespace, address, records);

    public Process StartUpstreamIn(string @namespace, string address, params string[] records)
    {
        var pid = $"{Directory.Path}/dnsmasq-{++_upstreams}.pid";
        var upstream = Start(
            @namespace, "dnsmasq",
            ["--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--user=root", "--bind-interfaces", "--edns-packet-max=4096",
             "--listen-address=" + address, "--except-interface=nothing", "--pid-file=" + pid, .. records]);
        Eventually.True(() => Command.Run("ip", "netns", "exec", @namespace, "dig", "+tries=1", "+time=1", "@" + address, "version.bind", "CH", "TXT").ExitCode == 0, $"dnsmasq at {address} answers");
        return upstream;
    }

    public Process Start(string @namespace, string program, params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo("ip", ["netns", "exec", @namespace, program, .. arguments]))!;
        _processes.Add(process);
        return process;
    }

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        foreach (var name in _namespaces)
        {
            Command.Run("ip", "netns", "delete", name).Succeeded();
        }
    }

    private string AddNamespace(string name)
    {
        name = _prefix + name;
        Command.Run("ip", "netns", "add", name).Succeeded();
        _namespaces.Add(name);
        Command.Run("ip", "-netns", name, "link", "set", "lo", "up").Succeeded();
        return name;
    }

    private static void WriteFile(string path, byte[] bytes)
    {
        File.WriteAllBytes(path + ".tmp", bytes);
        File.Move(path + ".tmp", path, overwrite: true);
    }
}

/// <summary>What stands for a container.</summary>
public sealed class RiggedContainer
{
    private readonly ResolverRig _rig;

    public RiggedContainer(ResolverRig rig, string id, string @namespace, Process init, string[] networks)
    {
        (_rig, Namespace, Init) = (rig, @namespace, init);
        Client = new ResolverClient
        {
            ContainerId = id, Run = "1", NamespacePath = $"/proc/{init.Id}/ns/net", Pid = init.Id, StartTime = ProcessStat.Of(init.Id)!.Value.StartTime, Networks = [.. networks],
        };

        // Until ip has become what it was asked to start, the process is still in the namespace of this one.
        var own = File.ResolveLinkTarget("/proc/self/ns/net", false)!.Name;
        Eventually.True(() => File.ResolveLinkTarget(Client.NamespacePath, false)!.Name != own, "the container's process is in its namespace");
    }

    public ResolverClient Client { get; }

    public string Namespace { get; }

    public Process Init { get; }

    public void Serve(Func<ResolverClient, ResolverClient>? change = null) => Assert.Null(_rig.Serve(change is null ? Client : change(Client)).Error);

    /// <summary>What dig says, in short: one answer on each line.</summary>
    public IReadOnlyList<string> Dig(params string[] question) => Run("dig", ["@127.0.0.11", "+short", "+tries=3", "+time=2", .. question]).Succeeded().Lines;

    /// <summary>All that dig says.</summary>
    public string DigAll(params string[] question) => Run("dig", ["@127.0.0.11", "+tries=3", "+time=2", .. question]).Succeeded().Output;

    public Command Run(string program, params string[] arguments) => Command.Run("ip", ["netns", "exec", Namespace, program, .. arguments]);
}
