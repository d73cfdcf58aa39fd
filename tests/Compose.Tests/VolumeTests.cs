namespace Devoxx.Compose.Tests;

public sealed class VolumeTests
{
    [Theory]
    [InlineData("/data", """{"type":"volume","target":"/data","volume":{}}""")]
    [InlineData("data:/data", """{"type":"volume","source":"data","target":"/data","volume":{}}""")]
    [InlineData("data:/data/../x/", """{"type":"volume","source":"data","target":"/x","volume":{}}""")]
    [InlineData("data:/data:ro", """{"type":"volume","source":"data","target":"/data","read_only":true,"volume":{}}""")]
    [InlineData("data:/data:rw,nocopy", """{"type":"volume","source":"data","target":"/data","volume":{"nocopy":true}}""")]
    [InlineData("./cache:/tmp/cache", """{"type":"bind","source":"/srv/app/cache","target":"/tmp/cache","bind":{"create_host_path":true}}""")]
    [InlineData("../x:/x", """{"type":"bind","source":"/srv/x","target":"/x","bind":{"create_host_path":true}}""")]
    [InlineData("~/configs:/etc/configs/:ro", """{"type":"bind","source":"/home/me/configs","target":"/etc/configs","read_only":true,"bind":{"create_host_path":true}}""")]
    [InlineData("/opt/data:/var/lib/mysql:rw,rslave,z", """{"type":"bind","source":"/opt/data","target":"/var/lib/mysql","bind":{"selinux":"z","propagation":"rslave","create_host_path":true}}""")]
    [InlineData(".:/code", """{"type":"bind","source":"/srv/app","target":"/code","bind":{"create_host_path":true}}""")]
    [InlineData(@"C:\Data:/data", """{"type":"bind","source":"C:\\Data","target":"/data","bind":{"create_host_path":true}}""")]
    [InlineData(@"\\.\pipe\docker_engine:\\.\pipe\docker_engine", """{"type":"bind","source":"\\\\.\\pipe\\docker_engine","target":"\\\\.\\pipe\\docker_engine","bind":{"create_host_path":true}}""")]
    // A name of one letter reads as a drive.
    [InlineData("v:/v:ro", """{"type":"bind","source":"v:/v","target":"ro","bind":{"create_host_path":true}}""")]
    [InlineData("data:/data:unknown", """{"type":"volume","source":"data","target":"/data","volume":{}}""")]
    public void Prints_a_mount_in_long_form(string mount, string expected) => Compose.Same($"[{expected}]", Compose.Canonical($"volumes:\n  - {mount}")["volumes"]);

    [Theory]
    [InlineData("{type: bind, source: ./a, target: /a}", """{"type":"bind","source":"/srv/app/a","target":"/a"}""")]
    [InlineData("{type: bind, source: ./a, target: /a, bind: {propagation: shared, create_host_path: false, recursive: readonly, selinux: Z}}",
        """{"type":"bind","source":"/srv/app/a","target":"/a","bind":{"selinux":"Z","propagation":"shared","recursive":"readonly"}}""")]
    [InlineData("{type: volume, source: a, target: /a, volume: {nocopy: \"true\", subpath: x, labels: [k=v]}}",
        """{"type":"volume","source":"a","target":"/a","volume":{"labels":{"k":"v"},"nocopy":true,"subpath":"x"}}""")]
    [InlineData("{type: tmpfs, target: /t, tmpfs: {size: 1gb, mode: 0755}}", """{"type":"tmpfs","target":"/t","tmpfs":{"size":"1073741824","mode":493}}""")]
    [InlineData("{type: tmpfs, target: /t, tmpfs: {size: 0}}", """{"type":"tmpfs","target":"/t","tmpfs":{}}""")]
    [InlineData("{type: image, source: alpine, target: /a, image: {subpath: etc}}", """{"type":"image","source":"alpine","target":"/a","image":{"subpath":"etc"}}""")]
    [InlineData("{type: volume, target: /a/, consistency: cached}", """{"type":"volume","target":"/a","consistency":"cached"}""")]
    public void Prints_long_mounts(string mount, string expected) => Compose.Same($"[{expected}]", Compose.Canonical($"volumes:\n  - {mount}")["volumes"]);

    [Theory]
    [InlineData("\":/data\"", "a part between colons is empty")]
    [InlineData("\"ab:/b:ro:x\"", "too many colons")]
    [InlineData("\"\"", "this mount is empty")]
    [InlineData("{type: bind, target: /a}", "no `source`")]
    [InlineData("{type: volume, source: a}", "no `target`")]
    [InlineData("{type: bnd, source: a, target: /a}", "did you mean `bind`?")]
    [InlineData("{source: a, target: /a}", "`type` is missing")]
    [InlineData("{type: tmpfs, target: /t, tmpfs: {size: -1}}", "at least 0")]
    public void Refuses_what_is_no_mount(string mount, string message) => Assert.Contains(message, Compose.Error($"volumes:\n  - {mount}"));

    [Fact]
    public void Of_two_mounts_on_one_target_the_later_stays() =>
        Compose.Same("""[{"type":"volume","source":"two","target":"/x","volume":{}}]""", Compose.Canonical("volumes: [\"one:/x\", \"two:/x\"]")["volumes"]);

    [Fact]
    public void Names_top_level_volumes_after_the_project_unless_they_say_otherwise()
    {
        var volumes = Compose.Project("name: p\nservices: {a: {image: x, volumes: [\"one:/1\", \"two:/2\", \"three:/3\"]}}\nvolumes: {one: , two: {name: deux}, three: {external: true}, unused: }").Volumes;

        Assert.Equal(["one p_one", "three three", "two deux"], volumes.Select(v => $"{v.Key} {v.Value.Name}"));
        Assert.True(volumes["three"].External);
    }

    [Theory]
    [InlineData("{driver: local, driver_opts: {type: none, o: bind, device: ./data}}", "/srv/app/data")]
    [InlineData("{driver_opts: {type: none, o: bind, device: ./data}}", "./data")]
    [InlineData("{driver: local, driver_opts: {type: nfs, o: addr=1.2.3.4, device: \":/x\"}}", ":/x")]
    public void Resolves_the_device_of_a_local_bind_volume(string volume, string device) =>
        Assert.Equal(device, Compose.Project($"services: {{a: {{image: x, volumes: [\"v1:/v\"]}}}}\nvolumes: {{v1: {volume}}}").Volumes["v1"].DriverOpts["device"]);
}
