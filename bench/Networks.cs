using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Devoxx.Native.Processes;
using Devoxx.Oci.Names;

namespace Devoxx.Bench;

/// <summary>What a network costs a start, how fast names are answered, and what comes through a published port.</summary>
internal static partial class Networks
{
    public static void Measure(Workplace place)
    {
        Attach(place);
        AttachMany(place);
        Resolve(place);
        Publish(place);
    }

    /// <summary>The same stack with and without a network: the difference is what a network costs.</summary>
    private static void Attach(Workplace place)
    {
        const int Rounds = 11;
        var table = new Table("Start of one container with and without a network, warm", "", "up -d", "to no network", "attach, by the journal");
        TimeSpan? without = null;
        foreach (var (what, mode) in new[] { ("network_mode: none", "network_mode: none, "), ("one bridge network", "") })
        {
            var stack = place.Write("net.yaml", $"name: net\nservices:\n  s: {{image: 'busybox:1.36', {mode}stop_signal: SIGKILL, command: sleep 1000000}}\n");
            place.Devoxx.Run("-f", stack, "create");
            var times = new List<TimeSpan>();
            for (var round = 0; round < Rounds; round++)
            {
                times.Add(place.Devoxx.Run("-f", stack, "up", "-d").Took);
                place.Devoxx.Run("-f", stack, "stop", "-t", "0");
            }

            var attach = AttachTimes(place);
            place.Devoxx.Run("-f", stack, "down");
            var median = Timed.Median(times);
            table.Add(what, Table.Time(median), without is { } none ? "+" + Table.Time(median - none) : "–", mode.Length > 0 || attach.Count == 0 ? "–" : Table.Time(Timed.Median(attach)));
            without ??= median;
        }

        table.Print();
    }

    /// <summary>Fifty services, each on a network of its own, all made at once; beside the same without any.</summary>
    private static void AttachMany(Workplace place)
    {
        const int Services = 50, Rounds = 5;
        var table = new Table("up -d of 50 services at once, warm", "", "up -d, all new", "up -d, again started", "attach, by the journal: median", "longest");
        foreach (var (what, mode) in new[] { ("network_mode: none", "network_mode: none"), ("50 bridge networks, one service on each", "networks: [n{0}]") })
        {
            var text = new StringBuilder("name: many\nservices:\n");
            for (var n = 1; n <= Services; n++)
            {
                text.Append(CultureInfo.InvariantCulture, $"  s{n}: {{image: 'busybox:1.36', {string.Format(CultureInfo.InvariantCulture, mode, n)}, stop_signal: SIGKILL, command: sleep 1000000}}\n");
            }

            text.Append("networks:\n").AppendJoin('\n', Enumerable.Range(1, Services).Select(n => $"  n{n}: {{}}")).Append('\n');
            var stack = place.Write("many.yaml", text.ToString());
            var (made, started) = (new List<TimeSpan>(), new List<TimeSpan>());
            var before = AttachTimes(place).Count;
            for (var round = 0; round < Rounds; round++)
            {
                made.Add(place.Devoxx.Run("-f", stack, "up", "-d").Took);
                place.Devoxx.Run("-f", stack, "stop", "-t", "0");
                started.Add(place.Devoxx.Run("-f", stack, "up", "-d").Took);
                place.Devoxx.Run("-f", stack, "down", "-t", "0");
            }

            var attach = AttachTimes(place)[before..];
            table.Add(
                what, Table.Time(Timed.Median(made)), Table.Time(Timed.Median(started)), attach.Count == 0 ? "–" : Table.Time(Timed.Median(attach)), attach.Count == 0 ? "–" : Table.Time(attach.Max()));
        }

        table.Print();
    }

    /// <summary>From network.attach-requested to network.attached, both as they were decided.</summary>
    private static List<TimeSpan> AttachTimes(Workplace place)
    {
        var times = new List<TimeSpan>();
        var requested = new Dictionary<(string?, string?), DateTimeOffset>();
        foreach (var line in place.Devoxx.Run("events", "-a", "--json").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var happened = JsonElement.Parse(line);
            var (type, network) = (happened.GetProperty("type").GetString(), happened.GetProperty("network").GetString());
            if (type is not ("network.attach-requested" or "network.attached"))
            {
                continue;
            }

            var payload = happened.GetProperty("payload");
            var time = payload.GetProperty("at").GetDateTimeOffset();
            if (type == "network.attach-requested")
            {
                requested[(network, payload.GetProperty("lease").GetProperty("containerId").GetString())] = time;
            }
            else if (requested.Remove((network, payload.GetProperty("containerId").GetString()), out var from))
            {
                times.Add(time - from);
            }
        }

        return times;
    }

    /// <summary>The resolver by itself and dnsmasq, one after the other, each asked by dnsperf in a namespace of its own for the same names.</summary>
    private static void Resolve(Workplace place)
    {
        if (Timed.Which("dnsperf") is null || Timed.Which("dnsmasq") is null)
        {
            Console.WriteLine("\nNames: dnsperf and dnsmasq-base are not installed: not measured");
            return;
        }

        const int Hosts = 100;
        var names = Enumerable.Range(1, Hosts).Select(i => $"shop-web-{i}").ToList();
        var queries = place.Write("queries", string.Concat(names.Select(name => $"{name}.shop_default A\n")));
        var records = names.Select((name, i) => $"--host-record={name}.shop_default,172.18.1.{i + 1}").ToList();
        var ours = Enumerable.Range(0, 3).Select(_ => OfResolver(place, names, queries)).Max();
        var peer = Enumerable.Range(0, 3).Select(_ => OfDnsmasq(place, records, queries)).Max();
        var table = new Table("Names: A records of 100 hosts, asked by dnsperf over loopback (best of 3)", "", "queries a second", "devoxx to it");
        table.Add("devoxx-runtime resolver", $"{ours:0}", "1");
        table.Add("dnsmasq", $"{peer:0}", $"{ours / peer:0.0} ×");
        table.Print();
    }

    private static double OfResolver(Workplace place, List<string> names, string queries)
    {
        var directory = new NamesDirectory(Directory.CreateTempSubdirectory("devoxx-bench-dns-").FullName);
        using var space = new NetworkSpace();
        using var init = space.Start("sleep", "1000000");
        Directory.CreateDirectory(directory.Networks);
        Directory.CreateDirectory(directory.Containers);
        var zone = new NetworkZone
        {
            Id = "n", Name = "shop_default", Members = [.. names.Select((name, i) => new ZoneMember { ContainerId = $"{i:x64}", Name = name, Ipv4 = $"172.18.1.{i + 1}" })],
        };
        File.WriteAllBytes(directory.Zone("n"), JsonSerializer.SerializeToUtf8Bytes(zone, NamesJson.Default.NetworkZone));
        var client = new ResolverClient
        {
            ContainerId = "c", Run = "1", NamespacePath = $"/run/netns/{space.Name}", Pid = init.Id, StartTime = ProcessStat.Of(init.Id)!.Value.StartTime, Networks = ["shop_default"],
        };
        File.WriteAllBytes(directory.Client("c"), JsonSerializer.SerializeToUtf8Bytes(client, NamesJson.Default.ResolverClient));
        using var resolver = Process.Start($"{place.Clone}/out/devoxx-runtime", ["resolver", "--directory", directory.Path]);
        try
        {
            while (!File.Exists(directory.Answer("c")))
            {
                Thread.Sleep(5);
            }

            return Ask(space, "127.0.0.11", queries);
        }
        finally
        {
            resolver.Kill();
            init.Kill();
            Directory.Delete(directory.Path, recursive: true);
        }
    }

    private static double OfDnsmasq(Workplace place, List<string> records, string queries)
    {
        using var space = new NetworkSpace();
        using var peer = space.Start(
            "dnsmasq", ["--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--user=root", $"--pid-file={place.Directory}/dnsmasq.pid", "--bind-interfaces", "--listen-address=127.0.0.11", .. records]);
        try
        {
            while (Timed.Run(["ip", "netns", "exec", space.Name, "bash", "-c", "ss -Hlun 'sport = 53' | grep -q 53"]).ExitCode != 0)
            {
                Thread.Sleep(20);
            }

            return Ask(space, "127.0.0.11", queries);
        }
        finally
        {
            peer.Kill();
        }
    }

    private static double Ask(NetworkSpace space, string server, string queries)
    {
        var output = Timed.Must(["ip", "netns", "exec", space.Name, "dnsperf", "-s", server, "-d", queries, "-l", "3", "-c", "4", "-q", "100"]).Output;
        return double.Parse(QueriesPerSecond().Match(output).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>iperf3 in a container, asked over loopback within it, and over a published port of the host's loopback.</summary>
    private static void Publish(Workplace place)
    {
        if (Timed.Which("iperf3") is not { } iperf)
        {
            Console.WriteLine("\nPublished ports: iperf3 is not installed: not measured");
            return;
        }

        using var space = new NetworkSpace();
        var stack = place.Write("iperf.yaml", $$"""
            name: iperf
            services:
              s:
                image: busybox:1.36
                command: {{iperf}} -s
                stop_signal: SIGKILL
                ports: ["127.0.0.1:35201:5201"]
                volumes: ["/usr:/usr:ro", "/lib:/lib:ro", "/lib64:/lib64:ro"]
            """);
        using var loopback = space.Start("iperf3", "-s");
        place.Devoxx.Run("-f", stack, "up", "-d");
        try
        {
            var direct = Throughput(["ip", "netns", "exec", space.Name, "iperf3", "-c", "127.0.0.1", "-t", "3", "-J"]);
            var published = Throughput(["iperf3", "-c", "127.0.0.1", "-p", "35201", "-t", "3", "-J"]);
            var table = new Table("Throughput of TCP, one stream", "", "Gbit/s", "to loopback");
            table.Add("loopback of a namespace", $"{direct / 1e9:0.0}", "1");
            table.Add("published port, from the host", $"{published / 1e9:0.0}", $"{published / direct:0.00} ×");
            table.Print();
        }
        finally
        {
            loopback.Kill();
            place.Devoxx.Run("-f", stack, "down");
        }
    }

    private static double Throughput(IReadOnlyList<string> client)
    {
        for (var attempt = 0; ; attempt++)
        {
            var run = Timed.Run(client);
            if (run.ExitCode == 0)
            {
                return JsonElement.Parse(run.Output).GetProperty("end").GetProperty("sum_received").GetProperty("bits_per_second").GetDouble();
            }

            if (attempt == 10)
            {
                throw new InvalidOperationException(run.Output);
            }

            Thread.Sleep(200);
        }
    }

    [GeneratedRegex(@"Queries per second:\s+([0-9.]+)")]
    private static partial Regex QueriesPerSecond();
}

/// <summary>A network namespace with nothing but loopback, by ip(8).</summary>
internal sealed class NetworkSpace : IDisposable
{
    private static int _number;

    public NetworkSpace()
    {
        Name = $"dxbench{Environment.ProcessId}-{++_number}";
        Timed.Must(["ip", "netns", "add", Name]);
        Timed.Must(["ip", "-netns", Name, "link", "set", "lo", "up"]);
    }

    public string Name { get; }

    public Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo("ip", ["netns", "exec", Name, program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    public void Dispose() => Timed.Must(["ip", "netns", "delete", Name]);
}
