namespace Devoxx.Compose.Tests;

/// <summary>What the options of `config` print.</summary>
public sealed class ConfigOutputTests
{
    private static readonly Project Sample = Compose.Project("""
        services:
          web: {build: ., depends_on: [db], profiles: []}
          db: {image: "postgres:${TAG:-16}", volumes: ["pg:/d"]}
          tool: {image: x, profiles: [b, a]}
        volumes: {pg: }
        """);

    [Fact]
    public void Lists_what_is_asked_for()
    {
        Assert.Equal(["db", "web"], ConfigOutput.Services(Sample));
        Assert.Equal(["pg"], ConfigOutput.Volumes(Sample));
        Assert.Equal(["default"], ConfigOutput.Networks(Sample));
        Assert.Equal(["a", "b"], ConfigOutput.Profiles(Sample));
        Assert.Equal(["postgres:16", "app-web"], ConfigOutput.Images(Sample));
        Assert.Equal(["COMPOSE_PROJECT_NAME=app", "HOME=/home/me"], ConfigOutput.Environment(Sample));
    }

    [Fact]
    public void Yaml_orders_keys_and_quotes_as_the_reference_does()
    {
        var yaml = ConfigOutput.Yaml(Compose.Project("services: {it: {image: x, environment: {OPENAI_KEY: a, OPEN_KEY: b, V10: '1:30', V9: '70:99', QUOTE: \"'a'\", PHRASE: \"- it's\"}}}"));

        Assert.Contains("""
                  OPEN_KEY: b
                  OPENAI_KEY: a
                  PHRASE: '- it''s'
                  QUOTE: '''a'''
                  V9: 70:99
                  V10: "1:30"
            """, yaml);
    }

    [Fact]
    public void Hashes_are_of_the_services_named()
    {
        var (lines, _) = ConfigOutput.Hashes(Sample, "*");
        Assert.Equal(["db", "web"], lines.Select(l => l.Split(' ')[0]));
        Assert.All(lines, l => Assert.Equal(64, l.Split(' ')[1].Length));
        Assert.Equal([lines[0]], ConfigOutput.Hashes(Sample, "db").Lines);
        Assert.Equal("nope", ConfigOutput.Hashes(Sample, "db,nope").Unknown);
    }

    [Theory]
    [InlineData("hostname: a", "hostname: b", false)]
    [InlineData("scale: 1", "scale: 2", true)]
    [InlineData("deploy: {replicas: 1}", "deploy: {replicas: 3}", true)]
    [InlineData("pull_policy: always", "pull_policy: never", true)]
    [InlineData("depends_on: []", "depends_on: [other]", true)]
    [InlineData("environment: {A: 1, B: 2}", "environment: [B=2, A=1]", true)]
    [InlineData("environment: {A: 1}", "environment: {A: 2}", false)]
    public void A_hash_changes_with_what_a_container_is_made_from(string before, string after, bool same) =>
        Assert.Equal(same, Hash(before) == Hash(after));

    private static string Hash(string body) => ServiceHash.Of((Compose.Request(Compose.Stack(body)) with { CheckConsistency = false }).Project().Services["it"]);

    [Fact]
    public void A_hash_is_that_of_the_reference()
    {
        // sha256 of the compact JSON that compose-go marshals for `image: busybox` on the default network.
        const string json = """{"command":null,"entrypoint":null,"image":"busybox","networks":{"default":null}}""";
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(json))), Hash(""));
    }

    [Fact]
    public void Env_files_that_are_not_resolved_print_as_paths()
    {
        var project = (Compose.Request(Compose.Stack("env_file: [a.env, {path: b.env, required: false, format: raw}]")) with { ResolveEnvironment = false }).Project();
        Compose.Same("""["/srv/app/a.env",{"path":"/srv/app/b.env","required":false,"format":"raw"}]""", System.Text.Json.Nodes.JsonNode.Parse(ConfigOutput.Json(project))!["services"]!["it"]!["env_file"]);
        Assert.Equal(project.Services["it"].EnvFile, ProjectJson.Read(ProjectJson.Write(project)).Services["it"].EnvFile);
        Assert.Equal(project.Services["it"].EnvFile, ProjectJson.Read(ProjectJson.WriteLossless(project)).Services["it"].EnvFile);
    }

    [Fact]
    public void Json_is_indented_and_escaped_as_the_reference_does()
    {
        var json = ConfigOutput.Json(Compose.Project("services: {a: {image: x, hostname: \"<&>\\u2028\\t\\\"\\\\é$$\"}}"));
        Assert.StartsWith("{\n  \"name\": \"app\",\n  \"networks\": {\n    \"default\": {\n      \"name\": \"app_default\",\n      \"ipam\": {}\n    }\n  },", json);
        Assert.Contains("\"hostname\": \"\\u003c\\u0026\\u003e\\u2028\\t\\\"\\\\é$$\"", json);
        Assert.EndsWith("}", json);
    }

    [Fact]
    public void Extensions_print_as_the_reference_reads_them() => Compose.Same(
        """{"list":null,"deep":{"empty":null,"map":{}},"date":"2024-01-02T00:00:00Z","time":"2001-12-14T21:59:43.1-05:00","big":18446744073709551615,"float":1.5,"whole":2,"octal":493,"no":"no"}""",
        System.Text.Json.Nodes.JsonNode.Parse(ConfigOutput.Json(Compose.Project(
            "services: {}\nx-a: {list: [], deep: {empty: [], map: {}}, date: 2024-01-02, time: 2001-12-14t21:59:43.10-05:00, big: 18446744073709551615, float: 1.50, whole: 2.0, octal: 0755, no: no}")))!["x-a"]);

    [Fact]
    public void An_extension_that_is_a_date_is_refused() =>
        Assert.Equal("compose.yaml:2:6: top level: `2024-01-02` reads as a date, which JSON has not; quote it: \"2024-01-02\"", Assert.Single(Compose.Errors("services: {}\nx-a: 2024-01-02")));

    [Fact]
    public void Without_interpolation_empty_lists_print_as_the_reference_has_them() => Compose.Same(
        """{"services":{"a":{"cap_add":[],"command":null,"image":"x","security_opt":null}}}""",
        System.Text.Json.Nodes.JsonNode.Parse(ConfigOutput.Json(ComposeLoader.LoadModel(Compose.Request("services: {a: {image: x, command: [], cap_add: [], security_opt: []}}") with { Interpolate = false, Normalize = false }).Model!)));

    [Fact]
    public void Yaml_leaves_out_what_means_nothing_and_keeps_extensions()
    {
        Assert.Equal("""
            name: app
            services:
              a:
                environment:
                  NOT_A_BOOL: "yes"
                  NOT_A_NUMBER: "12"
                  TEXT: |
                    two
                    lines
                image: x
                networks:
                  default: null
                x-mine:
                  - 1
                  - two
            networks:
              default:
                name: app_default

            """.ReplaceLineEndings("\n"),
            ConfigOutput.Yaml(Compose.Project("services: {a: {image: x, environment: {NOT_A_BOOL: 'yes', NOT_A_NUMBER: '12', TEXT: \"two\\nlines\\n\"}, x-mine: [1, two]}}")));
    }

    [Fact]
    public void Without_interpolation_the_tree_is_shown_as_far_as_it_can_be_read()
    {
        var model = ComposeLoader.LoadModel(Compose.Request("services: {a: {image: \"x:${TAG}\", scale: \"${N}\", ports: [\"${P}:80\"], env_file: a.env, volumes: [\"${V:-data}:/d\"]}}\nvolumes: {data: }") with { Interpolate = false }).Model!;

        Compose.Same("""
            {"name":"app","networks":{"default":{"name":"app_default"}},"services":{"a":{
              "env_file":[{"path":"/srv/app/a.env","required":true}],"image":"x:${TAG}","networks":{"default":null},"ports":["${P}:80"],"scale":"${N}",
              "volumes":[{"source":"${V:-data}","target":"/d","type":"volume","volume":{}}]}},"volumes":{"data":{"name":"app_data"}}}
            """, System.Text.Json.Nodes.JsonNode.Parse(ConfigOutput.Json(model)));
        Assert.Equal(["a"], ConfigOutput.Services(model));
    }

    [Fact]
    public void Without_normalising_nothing_implied_is_added() =>
        Compose.Same("""{"name":"app","services":{"a":{"build":{"context":"/srv/app"},"command":null,"entrypoint":null,"links":["b"]}}}""",
            System.Text.Json.Nodes.JsonNode.Parse(ConfigOutput.Json((Compose.Request("services: {a: {build: ., links: [b]}}") with { Normalize = false }).Project())));

    [Fact]
    public void Without_path_resolution_paths_stay() =>
        Assert.Equal("./x", (Compose.Request("services: {a: {image: x, volumes: [\"./x:/x\"]}}") with { ResolvePaths = false }).Project().Services["a"].Volumes[0].Source);

    [Fact]
    public void Images_can_be_replaced_by_digests()
    {
        Assert.Equal(["postgres:16"], ConfigOutput.ImagesToPin(Sample));
        Assert.Equal("postgres:16@sha256:1", ConfigOutput.WithImages(Sample, image => image + "@sha256:1").Services["db"].Image);
        Assert.Equal("services:\n  db:\n    image: postgres:16\n  web: {}\n", ConfigOutput.Yaml(ConfigOutput.ImagesOnly(Sample)));
    }

    [Fact]
    public void Images_of_the_tree_can_be_replaced_by_digests_too()
    {
        var model = ComposeLoader.LoadModel(Compose.Request("services: {a: {image: \"x:${TAG}\", scale: \"${N}\"}, b: {image: \"y:1\"}, c: {image: \"y:1\"}, d: {build: .}}\nvolumes: {v: }") with { Interpolate = false }).Model!;
        Assert.Equal(["x:${TAG}", "y:1"], ConfigOutput.ImagesToPin(model));

        var pinned = ConfigOutput.WithImages(model, image => image + "@sha256:1");

        Assert.Equal("services:\n  a:\n    image: x:${TAG}@sha256:1\n  b:\n    image: y:1@sha256:1\n  c:\n    image: y:1@sha256:1\n  d: {}\n", ConfigOutput.Yaml(ConfigOutput.ImagesOnly(pinned)));
        Assert.Contains("scale: ${N}", ConfigOutput.Yaml(pinned));
        Assert.Contains("image: y:1\n", ConfigOutput.Yaml(model));
    }

    [Fact]
    public void Secrets_are_not_printed_but_passed_on()
    {
        var project = Compose.Project("services: {a: {image: x, secrets: [s], configs: [c]}}\nsecrets: {s: {environment: TOKEN}}\nconfigs: {c: {environment: TOKEN}}", ("TOKEN", "hush"));
        Assert.DoesNotContain("hush", ConfigOutput.Json(project) + ConfigOutput.Yaml(project));
        var restored = ProjectJson.Read(ProjectJson.WriteLossless(project));
        Assert.Equal(("hush", "hush"), (restored.Secrets["s"].Content, restored.Configs["c"].Content));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"services":{"a":[]}}""")]
    public void Refuses_to_read_what_is_no_project(string json) =>
        Assert.Throws<FormatException>(() => ProjectJson.Read(System.Text.Encoding.UTF8.GetBytes(json)));
}
