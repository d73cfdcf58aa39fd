using System.Text;
using Devoxx.Compose.Schema;

namespace Devoxx.Compose.Tests;

/// <summary>Which keys are honoured: the table, the document made of it, and the warnings at `up`.</summary>
public sealed class SupportTests
{
    private static readonly string Document = Path.Combine(Stacks.Here(), "..", "..", "docs", "compose-support.md");

    [Fact]
    public void Every_service_key_of_the_specification_has_a_level()
    {
        var listed = SupportedKeys.All.Select(k => k.Path.Split('.') is ["services", "*", var key, ..] ? key : "").ToHashSet();
        Assert.Empty(ServiceSchema.Service.Keys.Select(k => k.Key).Except(listed));
        Assert.All(DeploySchema.Deploy.Keys, key => Assert.Contains(SupportedKeys.All, k => (k.Path + ".").StartsWith($"services.*.deploy.{key.Key}.", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_listed_key_is_in_the_specification() =>
        Assert.All(SupportedKeys.All, key => Assert.True(Exists(ComposeSchema.File, key.Path.Split('.')), key.Path));

    [Fact]
    public void The_document_is_the_table()
    {
        var expected = Table();
        if (System.Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") File.WriteAllText(Document, expected);
        Assert.Equal(File.ReadAllText(Document), expected);
    }

    [Fact]
    public void Warns_where_a_key_stands_that_has_no_effect_yet()
    {
        var result = ComposeLoader.Load(Compose.Request("""
            services:
              web:
                image: x
                ports: ["80:80"]
                healthcheck:
                  test: "true"
                depends_on: {db: {condition: service_healthy}}
                network_mode: bridge
                logging: {driver: syslog}
                security_opt: ["no-new-privileges:true", "label:user:x"]
                volumes:
                  - {type: bind, source: /a, target: /a, bind: {selinux: z, recursive: disabled}}
              db: {image: x, deploy: {resources: {limits: {memory: 1g}}, placement: {constraints: [a]}}}
              off: {image: x, profiles: [p], build: .}
            volumes: {v: {driver: fancy}}
            """.ReplaceLineEndings("\n")));

        Assert.Equal(
            [
                "compose.yaml:9:5: services.web.logging: driver `syslog` has no effect yet; supported: drivers `json-file`, `local` and `none`; options `max-size` and `max-file`",
                "compose.yaml:10:5: services.web.security_opt: `label:user:x` has no effect yet; supported: `no-new-privileges`, `seccomp=`, `apparmor=`, `systempaths=unconfined`, `label=disable`",
                "compose.yaml:13:62: services.db.deploy.placement has no effect yet: there is one machine only",
                "compose.yaml:15:15: volumes.v.driver: `fancy` has no effect yet; supported: `local` only",
            ],
            SupportWarnings.For(result).Select(d => d.ToString().Replace("/srv/app/", "")));
    }

    [Fact]
    public void A_stack_within_what_is_honoured_gives_no_warning() => Assert.Empty(SupportWarnings.For(ComposeLoader.Load(Compose.Request("""
        services:
          a:
            image: busybox
            command: sleep 1
            environment: {A: 1}
            volumes: ["data:/d:ro", "./x:/x", {type: tmpfs, target: /t, tmpfs: {size: 1m}}]
            depends_on: [b]
            restart: on-failure:3
            logging: {options: {max-size: 1m}}
            deploy: {replicas: 2, resources: {limits: {cpus: "1", memory: 1g, pids: 5}}}
          b: {image: busybox, network_mode: none}
        volumes: {data: {driver: local, driver_opts: {type: tmpfs, device: tmpfs, o: size=1m}}}
        """))));

    private static bool Exists(Shape shape, ReadOnlySpan<string> path)
    {
        if (path.IsEmpty) return true;
        return shape switch
        {
            ObjectShape o => Find(o, path),
            MapShape m => Exists(m.Value, path[1..]),
            ListShape l => Exists(l.Item, path[1..]),
            UnionShape u => u.Map is { } map && Exists(map, path) || u.List is { } list && Exists(list, path),
            _ => false,
        };
    }

    private static bool Find(ObjectShape shape, ReadOnlySpan<string> path)
    {
        foreach (var (key, below) in shape.Keys)
            if (key == path[0]) return Exists(below, path[1..]);
        return false;
    }

    private static string Table()
    {
        var text = new StringBuilder("""
            # Which keys of a Compose file do what

            Every key of the [Compose Specification](https://github.com/compose-spec/compose-spec) is loaded, checked and printed by
            `config`. *Honoured* ones have the effect that the specification gives them. *Warned* ones have none yet: `up` says so, with
            the file and line where the key stands. *Partly* ones are honoured for the values in the note, and warned of otherwise. A key
            below one of the table shares its level. Keys that begin with `x-` are anybody's, but for `x-devoxx` under a service, which is this
            program's own; `up` refuses in it what it does not know:

            | key of `x-devoxx` | |
            |---|---|
            | `notify` | `true`: the container has `NOTIFY_SOCKET`, and says itself, as in sd_notify(3), when it is ready: that counts as healthy |
            | `watchdog` | with `notify`: how long it may be silent once it is ready; then it gets SIGABRT, SIGKILL, and its restart policy |
            | `restart.base`, `.factor`, `.cap` | the first delay before a restart, how many times longer each next one is, and the longest; without: 100 ms, 2, 1 min |
            | `restart.jitter` | by what part, 0 to 1, a delay may be longer or shorter |
            | `restart.reset_after` | a run at least this long begins delays and counting anew; without: 10 s |
            | `restart.success_exit_codes`, `.permanent_failure_exit_codes` | what counts as a success in place of 0, and what is never tried again |
            | `restart.on_unhealthy` | `restart`, `stop` or `none` (as docker) |

            This table is `src/Compose/SupportedKeys.cs`; a test fails if they differ (`UPDATE_DOCS=1` writes it anew).

            | key | loaded | honoured | note |
            |---|---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach (var key in SupportedKeys.All.OrderBy(k => k.Path.StartsWith("services", StringComparison.Ordinal) ? 0 : 1).ThenBy(k => k.Path, StringComparer.Ordinal))
            text.Append($"| `{key.Path}` | yes | {key.Level switch { SupportLevel.Honoured => "yes", SupportLevel.Partly => "partly", _ => "warned" }} | {key.Note} |\n");
        return text.ToString();
    }
}
