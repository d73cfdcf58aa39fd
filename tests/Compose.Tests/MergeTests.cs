using System.Text.Json.Nodes;

namespace Devoxx.Compose.Tests;

/// <summary>Several files: the rule of each attribute. Cases after compose-go's override tests.</summary>
public sealed class MergeTests
{
    private static JsonNode Merge(string body, string overriding)
    {
        var request = Compose.Request(Compose.Stack(body)).Overriding(Compose.Stack(overriding)) with { CheckConsistency = false };
        return JsonNode.Parse(ConfigOutput.Json(request.Project()))!["services"]!["it"]!;
    }

    [Theory]
    [InlineData("command", "command: a b", "command: [c]", """["c"]""")]
    [InlineData("command", "command: a b", "command:", "null")]
    [InlineData("entrypoint", "entrypoint: a b", "entrypoint: [c]", """["c"]""")]
    [InlineData("hostname", "hostname: a", "hostname: b", "\"b\"")]
    [InlineData("environment", "environment: {A: 1, B: 2}", "environment: [B=3, C]", """{"A":"1","B":"3","C":null}""")]
    [InlineData("environment", "environment: [A=1]", "environment: {A: true, B: 1.5}", """{"A":"true","B":"1.5"}""")]
    [InlineData("labels", "labels: [a=1]", "labels: {a: 2, b: }", """{"a":"2","b":""}""")]
    [InlineData("annotations", "annotations: {a: 1}", "annotations: [b=2]", """{"a":"1","b":"2"}""")]
    [InlineData("sysctls", "sysctls: [a=1, b=2]", "sysctls: {b: 3}", """{"a":"1","b":"3"}""")]
    [InlineData("dns", "dns: 8.8.8.8", "dns: [9.9.9.9, 8.8.8.8]", """["8.8.8.8","9.9.9.9"]""")]
    [InlineData("dns_search", "dns_search: a", "dns_search: b", """["a","b"]""")]
    [InlineData("dns_opt", "dns_opt: [a]", "dns_opt: [a, b]", """["a","b"]""")]
    [InlineData("tmpfs", "tmpfs: /run", "tmpfs: [/tmp]", """["/run","/tmp"]""")]
    [InlineData("cap_add", "cap_add: [A]", "cap_add: [B, A]", """["A","B"]""")]
    [InlineData("security_opt", "security_opt: [a]", "security_opt: [b]", """["a","b"]""")]
    [InlineData("expose", "expose: [1, \"2\"]", "expose: [\"1\", 3]", """["1","2","3"]""")]
    [InlineData("links", "links: [a, \"b:x\"]", "links: [a, c]", """["a","b:x","c"]""")]
    [InlineData("extra_hosts", "extra_hosts: [\"a=1.1.1.1\"]", "extra_hosts: {a: 1.1.1.1, b: 2.2.2.2}", """["a=1.1.1.1","b=2.2.2.2"]""")]
    [InlineData("ulimits", "ulimits: {nproc: 1, nofile: {soft: 1, hard: 2}}", "ulimits: {nofile: 3}", """{"nproc":1,"nofile":3}""")]
    [InlineData("healthcheck", "healthcheck: {test: [CMD, a], interval: 1s}", "healthcheck: {test: b, retries: 2}", """{"test":["CMD-SHELL","b"],"interval":"1s","retries":2}""")]
    [InlineData("depends_on", "depends_on: [a]", "depends_on: {a: {condition: service_healthy}, b: {condition: service_started}}",
        """{"a":{"condition":"service_healthy","required":true},"b":{"condition":"service_started","required":true}}""")]
    [InlineData("networks", "networks: [a]", "networks: {b: {priority: 1}}", """{"a":null,"b":{"priority":1}}""")]
    [InlineData("networks", "networks: {a: {aliases: [x]}}", "networks: {a: {aliases: [x, y], priority: 2}}", """{"a":{"aliases":["x","y"],"priority":2}}""")]
    [InlineData("logging", "logging: {driver: a, options: {x: 1}}", "logging: {driver: b}", """{"driver":"b"}""")]
    [InlineData("logging", "logging: {driver: a, options: {x: 1}}", "logging: {options: {y: 2}}", """{"driver":"a","options":{"x":"1","y":"2"}}""")]
    [InlineData("logging", "logging: {options: {x: 1}}", "logging: {driver: b, options: {x: 3}}", """{"driver":"b","options":{"x":"3"}}""")]
    [InlineData("build", "build: .", "build: {target: x}", """{"context":"/srv/app","dockerfile":"Dockerfile","target":"x"}""")]
    [InlineData("build", "build: {args: [A=1]}", "build: {args: {B: 2}, context: b}", """{"context":"/srv/app/b","dockerfile":"Dockerfile","args":{"A":"1","B":"2"}}""")]
    [InlineData("volumes", "volumes: [\"aa:/x\", \"bb:/y\"]", "volumes: [\"cc:/x:ro\"]",
        """[{"type":"volume","source":"cc","target":"/x","read_only":true,"volume":{}},{"type":"volume","source":"bb","target":"/y","volume":{}}]""")]
    [InlineData("volumes", "volumes: [{type: bind, source: /a, target: /x}]", "volumes: [\"bb:/x\"]", """[{"type":"volume","source":"bb","target":"/x","volume":{}}]""")]
    [InlineData("ports", "ports: [\"80:80\"]", "ports: [\"80:80\", \"81:80\"]",
        """[{"mode":"ingress","target":80,"published":"80","protocol":"tcp"},{"mode":"ingress","target":80,"published":"81","protocol":"tcp"}]""")]
    [InlineData("devices", "devices: [/dev/a]", "devices: [\"/dev/b:/dev/a\"]", """[{"source":"/dev/b","target":"/dev/a","permissions":"rwm"}]""")]
    [InlineData("secrets", "secrets: [a]", "secrets: [{source: b, target: /run/secrets/a}]", """[{"source":"b","target":"/run/secrets/a"}]""")]
    [InlineData("deploy", "deploy: {replicas: 1, labels: [a=1]}", "deploy: {replicas: 2, labels: {b: 1}}", """{"replicas":2,"labels":{"a":"1","b":"1"},"resources":{},"placement":{}}""")]
    [InlineData("storage_opt", "storage_opt: {a: x}", "storage_opt: {b: z}", """{"a":"x","b":"z"}""")]
    [InlineData("models", "models: [a]", "models: {b: {endpoint_var: E}}", """{"a":null,"b":{"endpoint_var":"E"}}""")]
    // null leaves what there is
    [InlineData("hostname", "hostname: a", "hostname:", "\"a\"")]
    [InlineData("environment", "environment: {A: 1}", "environment:", """{"A":"1"}""")]
    // !reset takes away, !override replaces
    [InlineData("ports", "ports: [\"80:80\"]", "ports: !reset []", null)]
    [InlineData("hostname", "hostname: a", "hostname: !reset null", null)]
    [InlineData("environment", "environment: {A: 1, B: 2}", "environment: {A: !reset null}", """{"B":"2"}""")]
    [InlineData("ports", "ports: [\"80:80\"]", "ports: !override [\"81:81\"]", """[{"mode":"ingress","target":81,"published":"81","protocol":"tcp"}]""")]
    public void Merges_by_the_attribute_s_rule(string key, string body, string overriding, string? expected)
    {
        var actual = Merge(body, overriding)[key];
        if (expected is null) Assert.Null(actual);
        else Compose.Same(expected, actual);
    }

    [Fact]
    public void Pools_of_one_subnet_merge_and_others_stand_side_by_side()
    {
        const string service = "services: {a: {image: x, networks: [n]}}\n";
        var networks = Compose.Request(service + "networks: {n: {ipam: {config: [{subnet: 10.0.0.0/8, gateway: 10.0.0.1}]}}}")
            .Overriding("networks: {n: {ipam: {config: [{subnet: 10.0.0.0/8, gateway: 10.0.0.2}, {subnet: 192.168.0.0/16}]}}}").Project().Networks;

        Assert.Equal([("10.0.0.0/8", "10.0.0.2"), ("192.168.0.0/16", null)], networks["n"].Ipam.Config.Select(c => (c.Subnet!, c.Gateway)));
    }

    [Fact]
    public void Adds_services_and_resources_of_later_files()
    {
        var project = Compose.Request("services: {a: {image: x}}").Overriding("services: {b: {image: x, volumes: [\"data:/d\"]}}\nvolumes: {data: {labels: [k=v]}}").Project();
        Assert.Equal(["a", "b"], project.Services.Keys);
        Assert.Equal("v", project.Volumes["data"].Labels["k"]);
        Assert.Equal(["/srv/app/compose.yaml", "/srv/app/override1.yaml"], project.ComposeFiles);
    }

    [Fact]
    public void Documents_of_one_file_merge_as_files_do() =>
        Assert.Equal(["b"], Compose.Project("services: {a: {image: x, command: a}}\n---\nservices: {a: {command: b}}").Services["a"].Command);

    [Fact]
    public void An_error_points_to_the_file_that_the_value_came_from()
    {
        var errors = Compose.Request(Compose.Stack("hostname: a")).Overriding("services:\n  it:\n    ports: 80\n").Errors();
        Assert.Equal(["override1.yaml:3:12: services.it.ports: this is an integer; a list is expected"], errors);
    }

    [Fact]
    public void Refuses_to_merge_a_list_into_a_mapping() =>
        Assert.Contains("has a mapping here; both files must use the same form", Assert.Single(Compose.Request(Compose.Stack("storage_opt: {a: b}")).Overriding(Compose.Stack("storage_opt: [c]")).Errors()));

    [Theory]
    [MemberData(nameof(StackNames))]
    public void Merging_with_a_file_that_says_nothing_changes_nothing(string name)
    {
        var request = Stacks.Named(name).Request();
        Assert.Equal(ConfigOutput.Json(request.Project()), ConfigOutput.Json((request with { Files = request.Files.Add(new("/srv/empty.yaml", "services: {}")) }).Project()));
    }

    public static TheoryData<string> StackNames => Stacks.Names;
}
