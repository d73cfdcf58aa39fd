using Devoxx.Scenarios.World;

namespace Devoxx.Scenarios.Recovery;

/// <summary>The stacks that are crashed.</summary>
internal static class CrashingStackFiles
{
    public const string Main = "compose.yaml", Trouble = "trouble.yaml", Rolling = "rolling.yaml", Rolled = "rolled.yaml", Foreign = "foreign.yaml";

    // A first process that ends on SIGTERM at once, and one that ends by itself: nothing here waits for anything.
    private const string MainStack = """
        name: crash
        services:
          web:
            image: busybox:1.36
            init: true
            command: sleep 1000000
            restart: unless-stopped
            mem_limit: 32m
            pids_limit: 20
            cpus: 0.5
            volumes: ["data:/data", "memory:/memory", "bound:/bound", "/bin/anonymous"]
            ports: ["5353/udp"]
            post_start: [{command: ["true"]}]
            pre_stop: [{command: ["true"]}]
          job:
            image: busybox:1.36
            command: "true"
            depends_on: [web]
            volumes: ["etc:/etc"]
        volumes:
          data: {}
          etc: {}
          memory: {driver_opts: {type: tmpfs, device: tmpfs, o: "size=1m"}}
          bound: {driver_opts: {type: none, device: DEVICE, o: "bind,ro"}}
        """;

    // Everything that ends otherwise than it should, and is over within a second or two.
    private const string TroubleStack = """
        name: trouble
        services:
          quitter:
            image: busybox:1.36
            command: "false"
            restart: on-failure:1
            x-devoxx: {restart: {base: 20ms}}
          greedy:
            image: busybox:1.36
            mem_limit: 8m
            command: sh -c 'head -c 64m /dev/zero | tail; exit 3'
          talker:
            image: busybox:1.36
            logging: {driver: json-file, options: {max-size: 2k, max-file: "2"}}
            command: sh -c 'n=0; while [ $$n -lt 100 ]; do n=$$((n+1)); echo line $$n of those that are many; done'
          sick:
            image: busybox:1.36
            init: true
            command: sleep 1000000
            healthcheck: {test: ["CMD", "false"], interval: 100ms, retries: 1}
            restart: on-failure:1
            x-devoxx: {restart: {on_unhealthy: restart, base: 20ms}}
          notifier:
            image: busybox:1.36
            command: sh -c 'ln -sf $$NOTIFY_SOCKET /dev/log; logger "$$(printf "x\nREADY=1\n")"; sleep 0.2'
            x-devoxx: {notify: true}
        """;

    private const string RollingStack = """
        name: roll
        services:
          db:
            image: busybox:1.36
            init: true
            command: sleep 1000000
            healthcheck: {test: ["CMD", "true"], interval: 100ms}
          web:
            image: busybox:1.36
            stop_signal: SIGKILL
            command: sleep 1000000
            environment: {VERSION: "EDITION"}
            depends_on: {db: {condition: service_healthy}}
            deploy: {replicas: 2, update_config: {order: start-first, parallelism: 1, monitor: 10ms}}
        """;

    private const string ForeignStack = """
        name: foreign
        services:
          web:
            image: busybox:1.36
            runtime: runc
            stop_signal: SIGKILL
            command: sleep 1000000
            mem_limit: 32m
            volumes: ["data:/data"]
            post_start: [{command: ["true"]}]
        volumes:
          data: {}
        """;

    /// <summary>Services of which every run ends by itself: one that runs is on its way to its end.</summary>
    public static IReadOnlySet<string> Ending { get; } = new HashSet<string> { "job", "quitter", "greedy", "talker", "sick", "notifier" };

    /// <summary>The file that a stack of this size is of.</summary>
    public static string Of(StackSize size) => size switch
    {
        StackSize.Troubled => Trouble,
        StackSize.Rolling => Rolling,
        StackSize.Rolled => Rolled,
        StackSize.Foreign => Foreign,
        _ => Main,
    };

    public static void Write(Sandbox sandbox, string device)
    {
        sandbox.Write(MainStack.Replace("DEVICE", device));
        sandbox.Write(TroubleStack, Trouble);
        sandbox.Write(RollingStack.Replace("EDITION", "1"), Rolling);
        sandbox.Write(RollingStack.Replace("EDITION", "2"), Rolled);
        sandbox.Write(ForeignStack, Foreign);
    }
}
