namespace Devoxx.Bench;

/// <summary>Something that runs stacks: devoxx-compose, or docker compose.</summary>
internal sealed record Engine(string Name, IReadOnlyList<string> Command, IReadOnlyDictionary<string, string> Environment)
{
    public static Engine Devoxx(string clone, string root) =>
        new("devoxx-compose", [Path.Join(clone, "out/devoxx-compose")], new Dictionary<string, string> { ["DEVOXX_ROOT"] = root });

    /// <summary>Null when no daemon answers or its client has no compose.</summary>
    public static Engine? Docker()
    {
        if (Timed.Which("docker") is null || Timed.Run(["docker", "info"]).ExitCode != 0 || Timed.Run(["docker", "compose", "version"]).ExitCode != 0)
        {
            return null;
        }

        return new Engine("docker compose", ["docker", "compose"], new Dictionary<string, string>());
    }

    public Timed Run(params string[] arguments) => Timed.Must([.. Command, .. arguments], Environment);
}
