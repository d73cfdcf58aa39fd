namespace Devoxx.Compose.Tests;

/// <summary>What is wrong is said with file, line and column, and what would be right.</summary>
public sealed class ErrorTests
{
    [Theory]
    [InlineData("comand: x", "compose.yaml:4:5: services.it: unknown key `comand`; did you mean `command`?")]
    [InlineData("enviroment: x", "compose.yaml:4:5: services.it: unknown key `enviroment`; did you mean `environment`?")]
    [InlineData("volume: [a]", "compose.yaml:4:5: services.it: unknown key `volume`; did you mean `volumes`?")]
    [InlineData("zzz: 1", "compose.yaml:4:5: services.it: unknown key `zzz`; a key of your own begins with `x-`")]
    [InlineData("hostname: [a]", "compose.yaml:4:15: services.it.hostname: this is a list; a string is expected")]
    [InlineData("hostname: 1", "compose.yaml:4:15: services.it.hostname: this is an integer; a string is expected: \"1\"")]
    [InlineData("hostname:", "compose.yaml:4:14: services.it.hostname: nothing is given; a string is expected")]
    [InlineData("ports: 80", "compose.yaml:4:12: services.it.ports: this is an integer; a list is expected")]
    [InlineData("environment: A=1", "compose.yaml:4:18: services.it.environment: this is a string; a list or a mapping is expected")]
    [InlineData("environment: {A: [1]}", "compose.yaml:4:22: services.it.environment.A: this is a list; a string or a number or true or false is expected")]
    [InlineData("environment: {A: 2024-01-02}", "compose.yaml:4:22: services.it.environment.A: this is a date; a string or a number or true or false is expected: \"2024-01-02\"")]
    [InlineData("environment: [A=1, 2]", "compose.yaml:4:24: services.it.environment[1]: this is an integer; a string is expected: \"2\"")]
    [InlineData("environment: [\"A =1\"]", "compose.yaml:4:19: variable `A` has a space before `=`; write A=VALUE")]
    [InlineData("environment: {1: a}", "compose.yaml:4:19: a key must be a string and `1` is an integer; quote it: \"1\"")]
    [InlineData("labels: {a: {b: c}}", "compose.yaml:4:17: services.it.labels.a: this is a mapping; a string or a number or true or false is expected")]
    [InlineData("security_opt: [a, b, a]", "compose.yaml:4:26: services.it.security_opt: `a` is in the list twice; keep the one on line 4 only")]
    [InlineData("cpu_percent: 120", "compose.yaml:4:18: services.it.cpu_percent: 120 is too large; it must be at most 100")]
    [InlineData("oom_score_adj: -2000", "compose.yaml:4:20: services.it.oom_score_adj: -2000 is too small; it must be at least -1000")]
    [InlineData("cgroup: shared", "compose.yaml:4:13: services.it.cgroup: `shared` is not allowed; it must be `host` or `private`")]
    [InlineData("depends_on: {a: {condition: service_helthy}}", "compose.yaml:4:33: services.it.depends_on.a.condition: `service_helthy` is not allowed; did you mean `service_healthy`?")]
    [InlineData("depends_on: {a: {restart: true}}", "compose.yaml:4:21: services.it.depends_on.a: `condition` is missing; add `condition:`")]
    [InlineData("mem_limit: lots", "compose.yaml:4:16: this is a string; a size such as 512m, 1.5g or a number of bytes is expected here")]
    [InlineData("mem_limit: 1x", "compose.yaml:4:16: this is a string; a size such as 512m, 1.5g or a number of bytes is expected here")]
    [InlineData("stop_grace_period: \"10\"", "compose.yaml:4:24: `10` is not a duration; write numbers with units, such as 30s or 1m30s")]
    [InlineData("healthcheck: {interval: soon}", "compose.yaml:4:29: `soon` is not a duration; write numbers with units, such as 30s or 1m30s")]
    [InlineData("command: echo 'open", "compose.yaml:4:14: cannot split this command into words: a quote or parenthesis is not closed; close it, or write the command as a list")]
    [InlineData("extra_hosts: [nowhere]", "compose.yaml:4:19: `nowhere` names no address; write `nowhere=ADDRESS`")]
    [InlineData("devices: [\"a:b:c:d\"]", "compose.yaml:4:15: device `a:b:c:d` has too many colons; write HOST:CONTAINER:PERMISSIONS")]
    [InlineData("ulimits: {nofile: {soft: 1}}", "compose.yaml:4:23: services.it.ulimits.nofile: `hard` is missing; add `hard:`")]
    [InlineData("container_name: \"?\"", "compose.yaml:4:21: services.it.container_name: `?` is not allowed; a container name has at least two letters, digits, `_`, `.` or `-` in a row, the first a letter or digit")]
    [InlineData("volumes: [{type: tmpfs, target: /t, tmpfs: {mode: \"0755\"}}]", "compose.yaml:4:55: this is a string; an integer without quotes is expected here")]
    [InlineData("cpus: nan", "compose.yaml:4:11: this is a number; a finite number is expected here")]
    [InlineData("cpus: .inf", "compose.yaml:4:11: this is a number; a finite number is expected here")]
    [InlineData("gpus: some", "compose.yaml:4:11: services.it.gpus: `some` is not allowed; it must be `all`")]
    [InlineData("deploy: {resources: {limits: {memory: 1}}}", "compose.yaml:4:43: services.it.deploy.resources.limits.memory: this is an integer; a string is expected: \"1\"")]
    [InlineData("develop: {watch: [{path: a}]}", "compose.yaml:4:23: services.it.develop.watch[0]: `action` is missing; add `action:`")]
    public void Says_what_is_wrong_with_a_service(string body, string expected) => Assert.Equal(expected, Compose.Error(body));

    [Theory]
    [InlineData("services: {a: {image: x}}\nvolume: {}", "compose.yaml:2:1: top level: unknown key `volume`; did you mean `volumes`?")]
    [InlineData("services:\n  - a", "compose.yaml:2:3: services: this is a list; a mapping is expected")]
    [InlineData("services:", "compose.yaml:1:10: services: nothing is given; a mapping is expected")]
    [InlineData("services: {a: }", "compose.yaml:1:15: services.a: nothing is given; a mapping is expected")]
    [InlineData("services: {a b: {image: x}}", "compose.yaml:1:12: services: `a b` is not a name; use letters, digits, `.`, `_` and `-` only")]
    [InlineData("name: 123\nservices: {}", "compose.yaml:1:7: name: this is an integer; a string is expected: \"123\"")]
    [InlineData("name: \"***\"\nservices: {}", "compose.yaml:1:7: the project name is empty; a name has lower-case letters, digits, `-` and `_`, and begins with a letter or digit")]
    [InlineData("volumes: {v: {external: true, driver: x}}", "compose.yaml:1:31: volumes.v is external, so `driver` has no effect; remove it, or `external`")]
    [InlineData("volumes: {v: {external: {name: a}, name: b}}", "compose.yaml:1:32: `name` and `external.name` differ; use `name` only")]
    [InlineData("secrets: {s: {file: a, environment: B}}", "compose.yaml:1:14: secrets.s has `file` and `environment`; keep one of them")]
    [InlineData("secrets: {s: {}}", "compose.yaml:1:14: secrets.s says nothing of its content; add `file`, `environment` or `external: true`")]
    [InlineData("configs: {c: {content: a, file: b}}", "compose.yaml:1:14: configs.c has `file` and `content`; keep one of them")]
    [InlineData("services: {a: {image: x, image: y}}", "compose.yaml:1:26: key `image` is already defined on line 1; keep one of the two")]
    [InlineData("123: {}", "compose.yaml:1:1: a key must be a string and `123` is an integer; quote it: \"123\"")]
    [InlineData("? [a]\n: b", "compose.yaml:1:3: a key must be a string; this one is a mapping or a list")]
    [InlineData("- a", "compose.yaml:1:1: a Compose file is a mapping with keys such as `services`; this document is not")]
    [InlineData("", "compose.yaml: the file is empty; it needs `services:`")]
    [InlineData("# nothing", "compose.yaml: the file is empty; it needs `services:`")]
    [InlineData("services: *a", "compose.yaml:1:11: unknown anchor 'a'; an alias names an anchor (&a) that stands above it")]
    [InlineData("services: {a: {<<: 1}}", "compose.yaml:1:20: `<<` merges a mapping or a list of mappings; this is neither")]
    [InlineData("services: {a: {image: !!int x}}", "compose.yaml:1:23: cannot read `x` as !!int")]
    public void Says_what_is_wrong_with_a_file(string yaml, string expected) => Assert.Equal(expected, Assert.Single(Compose.Errors(yaml)));

    [Theory]
    [InlineData("services:\n\ta: b", "compose.yaml:")]
    [InlineData("services:\n  a: \"x", "compose.yaml:2:6: not valid YAML")]
    [InlineData("services:\n  a:\n   image: b\n    command: c", "compose.yaml:")]
    [InlineData("services:\n  a:\n    ports: [80, 81\n    image: b\n", "compose.yaml")]
    public void Says_where_a_file_is_no_YAML(string yaml, string start)
    {
        var error = Assert.Single(Compose.Errors(yaml));
        Assert.StartsWith(start, error);
        Assert.Contains("not valid YAML: ", error);
    }

    [Fact]
    public void Finds_several_errors_at_once() => Assert.Equal(
        [
            "compose.yaml:4:5: services.a: unknown key `prots`; did you mean `ports`?",
            "compose.yaml:6:11: services.b.image: nothing is given; a string is expected",
            "compose.yaml:7:14: services.b.volumes: this is an integer; a list is expected",
            "compose.yaml:8:1: top level: unknown key `netwroks`; did you mean `networks`?",
        ],
        Compose.Errors("services:\n  a:\n    image: x\n    prots: []\n  b:\n    image: \n    volumes: 3\nnetwroks: {}\n"));

    [Theory]
    [InlineData("services:\n  a: {command: x}", "compose.yaml:2:3: services.a has neither `image` nor `build`; add one of them")]
    [InlineData("services:\n  a: {image: x, depends_on: [b]}", "compose.yaml:2:30: services.a.depends_on.b refers to service `b`, which is not defined; name a service of this project")]
    [InlineData("services:\n  web: {image: x, depends_on: [databse]}\n  database: {image: y}", "compose.yaml:2:32: services.web.depends_on.databse refers to service `databse`, which is not defined; did you mean `database`?")]
    [InlineData("services:\n  a: {image: x, volumes: [\"data:/d\"]}", "compose.yaml:2:27: services.a.volumes[0] refers to volume `data`, which is not defined; add it to the top-level `volumes`")]
    [InlineData("services:\n  a: {image: x, networks: [n]}", "compose.yaml:2:28: services.a.networks.n refers to network `n`, which is not defined; add it to the top-level `networks`")]
    [InlineData("services:\n  a: {image: x, secrets: [s]}", "compose.yaml:2:27: services.a.secrets[0] refers to secret `s`, which is not defined; add it to the top-level `secrets`")]
    [InlineData("services:\n  a: {image: x, configs: [c]}", "compose.yaml:2:27: services.a.configs[0] refers to config `c`, which is not defined; add it to the top-level `configs`")]
    [InlineData("services:\n  a: {image: x, network_mode: host, networks: [n]}\nnetworks: {n: }", "compose.yaml:2:17: services.a.network_mode stands beside `networks`; keep one of them")]
    [InlineData("services:\n  a: {image: x, scale: 2, deploy: {replicas: 3}}", "compose.yaml:2:17: services.a.scale and `deploy.replicas` differ; give the number in one place")]
    [InlineData("services:\n  a: {image: x, scale: 2, container_name: me}", "compose.yaml:2:27: services.a.container_name is one name for 2 containers; remove it, or run one replica")]
    [InlineData("services:\n  a: {image: x, scale: -1}", "compose.yaml:2:17: services.a.scale is -1; it must be at least 0")]
    [InlineData("services:\n  a: {image: x, cpus: 1, deploy: {resources: {limits: {cpus: '2'}}}}", "compose.yaml:2:17: services.a.cpus and `deploy.resources.limits.cpus` differ; give the limit in one place, or the same in both")]
    [InlineData("services:\n  a: {image: x, mem_limit: 1g, deploy: {resources: {limits: {cpus: '2'}}}}", "compose.yaml:2:17: services.a.mem_limit and `deploy.resources.limits.memory` differ; give the limit in one place, or the same in both")]
    [InlineData("services:\n  a: {image: x, healthcheck: {test: [curl, x]}}", "compose.yaml:2:31: services.a.healthcheck.test begins with `curl`; begin it with CMD, CMD-SHELL or NONE, or write one string")]
    [InlineData("services:\n  a: {image: x, tmpfs: [/t], volumes: [/t]}", "compose.yaml:2:40: services.a.volumes[0] is mounted on `/t`, where something else is mounted already; mount one of them elsewhere")]
    [InlineData("services:\n  a: {image: x, container_name: me}\n  b: {image: x, container_name: me}", "compose.yaml:3:17: services.b.container_name: service `a` has the name `me` already; give each its own")]
    [InlineData("services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, depends_on: [c]}\n  c: {image: x, depends_on: [a]}", "compose.yaml:4:30: services.c.depends_on.a closes a cycle: a → b → c → a; remove one of these dependencies")]
    [InlineData("services:\n  a: {image: x, develop: {watch: [{path: ., action: sync}]}}", "compose.yaml:2:27: services.a.develop.watch has a `sync` without `target`; add where in the container /srv/app belongs")]
    public void Says_what_does_not_fit_together(string yaml, string expected)
    {
        Assert.Equal(expected, Assert.Single(Compose.Errors(yaml)));
        Assert.NotNull((Compose.Request(yaml) with { CheckConsistency = false }).Project());
    }

    [Fact]
    public void Warns_of_an_obsolete_version() =>
        Assert.Equal(["compose.yaml:1:1: `version` is obsolete and ignored; remove it"], Compose.Request("version: '3.8'\nservices: {a: {image: x}}").Warnings());

    [Fact]
    public void An_unknown_target_is_an_error_that_suggests() =>
        Assert.Equal("no such service: weeb; did you mean `web`?", Assert.Single((Compose.Request("services: {web: {image: x}}") with { Services = ["weeb"] }).Errors()));
}
