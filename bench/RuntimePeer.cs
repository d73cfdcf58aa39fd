using System.Text.Json.Nodes;
using Devoxx.Native;
using Devoxx.Native.Mounts;
using Devoxx.Native.Namespaces;

namespace Devoxx.Bench;

/// <summary>An OCI runtime to measure, with a bundle that its own <c>spec</c> describes, and what it takes to have it run here.</summary>
internal sealed class RuntimePeer
{
    private readonly string path;
    private readonly string root;
    private readonly bool withoutCgroups;

    private RuntimePeer(string path, string root, bool withoutCgroups) => (this.path, this.root, this.withoutCgroups) = (path, root, withoutCgroups);

    /// <summary>What tables call it.</summary>
    public string Name => Path.GetFileName(path) + (withoutCgroups ? ", making no cgroup" : "");

    /// <summary>Null when it cannot be measured here; standard error says why.</summary>
    public static RuntimePeer? Open(Workplace place, string path)
    {
        var name = Path.GetFileName(path);
        var bundle = Directory.CreateDirectory($"{place.Directory}/bundle-{name}").FullName;
        Directory.CreateDirectory(bundle + "/rootfs");
        File.Copy($"{place.Clone}/out/bench/stamp", bundle + "/rootfs/stamp", overwrite: true);
        Directory.SetCurrentDirectory(bundle);
        File.Delete("config.json");
        if (Timed.Run([path, "spec"]).ExitCode != 0)
        {
            return null;
        }

        var config = JsonNode.Parse(File.ReadAllText("config.json"))!;
        config["process"]!["args"] = new JsonArray("/stamp");
        config["process"]!["terminal"] = false;
        config["process"]!.AsObject().Remove("rlimits");
        File.WriteAllText("config.json", config.ToJsonString());

        // crun refuses a host whose cgroups are hybrid: there it is measured where only version 2 is to be seen, and told to leave cgroups alone.
        foreach (var withoutCgroups in (bool[])[false, true])
        {
            var peer = new RuntimePeer(path, $"{place.Directory}/run-{name}", withoutCgroups);
            var run = peer.Inside(() => Timed.Run(peer.Command("run", "--bundle", bundle, $"bench-{name}-first")));
            if (run.ExitCode == 0)
            {
                return peer;
            }

            Console.Error.WriteLine($"{peer.Name}: {run.Output.Trim()}");
        }

        return null;
    }

    /// <summary>The command line of a verb. Its bundle is the working directory once <see cref="Enter"/> was called.</summary>
    public string[] Command(params string[] verb) => [path, "--root", root, .. withoutCgroups ? new[] { "--cgroup-manager=disabled" } : [], .. verb];

    public void Enter() => Directory.SetCurrentDirectory(Path.Join(Path.GetDirectoryName(root), "bundle-" + Path.GetFileName(path)));

    /// <summary>Does something where the runtime runs.</summary>
    public T Inside<T>(Func<T> measure)
    {
        if (!withoutCgroups)
        {
            return measure();
        }

        T? result = default;
        using var mounts = PrivateMounts.Make(() =>
        {
            Mount.Make("cgroup2", "/sys/fs/cgroup", "cgroup2", MountFlags.None);
            result = measure();
        });
        return result!;
    }
}
