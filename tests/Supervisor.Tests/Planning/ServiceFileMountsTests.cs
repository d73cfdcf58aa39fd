using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Planning;

namespace Devoxx.Supervisor.Tests.Planning;

public sealed class ServiceFileMountsTests
{
    [Fact]
    public void Mounts_a_host_file_itself_read_only_where_docker_compose_has_it()
    {
        var spec = Spec(
            """
            services:
              web:
                image: nginx
                configs: [site, {source: site, target: /etc/site.conf}, {source: site, target: named}]
                secrets: [key, {source: key, target: other}, {source: key, target: /etc/key}]
            configs: {site: {file: ./site.conf}}
            secrets: {key: {file: /srv/key}}
            """);

        Assert.Null(spec.Files);
        Assert.Equal(
            ["/srv/shop/site.conf /site", "/srv/shop/site.conf /etc/site.conf", "/srv/shop/site.conf /named", "/srv/key /run/secrets/key", "/srv/key /run/secrets/other", "/srv/key /etc/key"],
            spec.Mounts.Select(m => $"{m.Source} {m.Target}"));
        Assert.All(spec.Mounts, mount => Assert.Equal((MountKind.Bind, true, false), (mount.Kind, mount.ReadOnly, mount.CreateHostPath)));
    }

    [Fact]
    public void Makes_a_file_of_what_stands_in_the_stack_and_of_what_gets_another_owner_or_mode()
    {
        var spec = Spec(
            """
            services:
              web:
                image: nginx
                configs: [motd]
                secrets: [{source: key, uid: "103", gid: "104", mode: 0o440}]
            configs: {motd: {content: "hello\n"}}
            secrets: {key: {file: /srv/key}}
            """);

        Assert.Empty(spec.Mounts);
        Assert.Equal(
            [new FileSpec("/motd", "hello\n", null, 0, 0, 292), new FileSpec("/run/secrets/key", null, "/srv/key", 103, 104, 288)],
            spec.Files!.Value.AsEnumerable());
    }

    [Fact]
    public void A_volume_at_the_same_place_goes_before_a_secret()
    {
        var spec = Spec(
            """
            services:
              web: {image: nginx, secrets: [key], volumes: ["/srv/mine:/run/secrets/key"]}
            secrets: {key: {file: /srv/key}}
            """);

        Assert.Equal("/srv/mine", Assert.Single(spec.Mounts).Source);
    }

    [Theory]
    [InlineData("{external: true}", "secret key is external")]
    [InlineData("{environment: NOT_SET}", "secret key has no content: the variable NOT_SET is not set")]
    public void Refuses_by_name_what_cannot_be_had(string secret, string reason)
    {
        var project = PlannerFixture.Load($"services: {{web: {{image: nginx, secrets: [key]}}}}\nsecrets: {{key: {secret}}}");

        Assert.Contains(reason, Assert.Throws<FormatException>(() => ServiceFileMounts.Of(project, project.Services["web"])).Message);
    }

    [Theory]
    [InlineData("devices: [/dev/fuse]", "/dev/fuse>/dev/fuse", "/dev/fuse rwm")]
    [InlineData("devices: ['/dev/sda:/dev/xvda:r']", "/dev/sda>/dev/xvda", "/dev/sda r")]
    [InlineData("device_cgroup_rules: ['c 1:3 mr', 'a 7:* rwm']", "", "c 1:3 mr|a 7:* rwm")]
    public void Gives_device_nodes_and_the_right_to_use_them(string key, string nodes, string rules)
    {
        var service = PlannerFixture.Load($"services: {{web: {{image: nginx, {key}}}}}").Services["web"];

        Assert.Equal(nodes, string.Join('|', ServiceDevices.Nodes(service).Select(d => $"{d.Source}>{d.Target}")));
        Assert.Equal(rules, string.Join('|', ServiceDevices.Rules(service)!.Value.AsEnumerable()));
    }

    [Theory]
    [InlineData("devices: ['vendor.com/device=gpu']", "vendor.com/device=gpu is not a path")]
    [InlineData("devices: ['/dev/a:/dev/b:rx']", "permissions rx")]
    public void Refuses_devices_that_it_cannot_give(string key, string reason)
    {
        var service = PlannerFixture.Load($"services: {{web: {{image: nginx, {key}}}}}").Services["web"];

        Assert.Contains(reason, Assert.Throws<FormatException>(() => ServiceDevices.Rules(service)).Message);
    }

    private static ContainerSpec Spec(string yaml) => Assert.Single(PlannerFixture.Created(PlannerFixture.Up(PlannerFixture.Load(yaml))));
}
