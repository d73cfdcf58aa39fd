using System.Collections.Immutable;
using Akka.Actor;
using Devoxx.Native.Mounts;
using Devoxx.Supervisor.Volumes;

namespace Devoxx.Supervisor.Tests.Wiring;

public sealed class VolumesActorTests : WiringTestKit
{
    [Fact]
    public void A_volume_outlives_the_supervisor_with_its_data()
    {
        var volumes = Volumes();
        volumes.Tell(new CreateVolume(7, Named("data"), TestActor));
        Assert.Null(Answer<VolumeAnswer>().Error);
        File.WriteAllText(Path("data") + "/kept", "x");
        Kill(volumes);

        volumes = Volumes();
        volumes.Tell(new AttachVolume("data", null, "c1", 1, null, TestActor));
        Assert.Equal(Path("data"), Answer<AttachAnswer>().Path);
        Assert.True(File.Exists(Path("data") + "/kept"));
    }

    [Fact]
    public void A_typed_volume_is_mounted_while_it_is_used()
    {
        var volumes = Volumes();
        var typed = Named("typed") with { Kind = VolumeKind.Typed, Options = Options(("type", "tmpfs"), ("device", "tmpfs"), ("o", "size=64k,nodev")) };
        volumes.Tell(new AttachVolume("typed", typed, "c1", 1, null, TestActor));
        Assert.Null(Answer<AttachAnswer>().Error);
        var mount = Assert.Single(MountTable.Read(), m => m.MountPoint == Path("typed"));
        Assert.Contains("nodev", mount.Options);

        volumes.Tell(new DetachVolume("typed", "c1", 1, TestActor));
        Assert.Null(Answer<DetachAnswer>().Error);
        Assert.DoesNotContain(MountTable.Read(), m => m.MountPoint == Path("typed"));
    }

    [Fact]
    public void Recovery_unmounts_what_nobody_uses_any_more()
    {
        var volumes = Volumes();
        var typed = Named("left") with { Kind = VolumeKind.Typed, Options = Options(("type", "tmpfs"), ("device", "tmpfs")) };
        volumes.Tell(new AttachVolume("left", typed, "c1", 1, null, TestActor));
        Answer<AttachAnswer>();
        Kill(volumes);

        volumes = Volumes();
        Assert.Contains(MountTable.Read(), m => m.MountPoint == Path("left"));
        volumes.Tell(new DetachVolume("left", "c1", 1, TestActor));
        Answer<DetachAnswer>();
        Assert.DoesNotContain(MountTable.Read(), m => m.MountPoint == Path("left"));
    }

    [Fact]
    public void An_empty_volume_is_filled_from_the_image_and_a_full_one_is_left_alone()
    {
        var layer = Directory.CreateDirectory(Environment.Root.Path + "/layer/data").Parent!.FullName;
        File.WriteAllText(layer + "/data/seed", "from the image");
        var content = new ImageContent("sha256:1", [layer], "/data");
        var volumes = Volumes();

        volumes.Tell(new AttachVolume("seeded", Named("seeded"), "c1", 1, content, TestActor));
        Answer<AttachAnswer>();
        Assert.Equal("from the image", File.ReadAllText(Path("seeded") + "/seed"));

        File.WriteAllText(Path("seeded") + "/seed", "mine");
        volumes.Tell(new AttachVolume("seeded", null, "c2", 1, content, TestActor));
        Answer<AttachAnswer>();
        Assert.Equal("mine", File.ReadAllText(Path("seeded") + "/seed"));
    }

    [Fact]
    public void A_host_path_is_made_when_wished_and_refused_when_not()
    {
        var volumes = Volumes();
        var missing = Environment.Root.Path + "/host/missing";
        volumes.Tell(new AttachVolume(missing, VolumeSpec.HostPath(missing, create: false, "shop"), "c1", 1, null, TestActor));
        Assert.Equal($"host path {missing} does not exist, and create_host_path is false", Answer<AttachAnswer>().Error);

        volumes.Tell(new AttachVolume(missing, VolumeSpec.HostPath(missing, create: true, "shop"), "c1", 1, null, TestActor));
        Assert.Equal(missing, Answer<AttachAnswer>().Path);
        Assert.True(Directory.Exists(missing));
    }

    [Fact]
    public void Removing_takes_the_volume_and_nothing_beside_it()
    {
        var volumes = Volumes();
        volumes.Tell(new CreateVolume(1, Named("one"), TestActor));
        Answer<VolumeAnswer>();
        volumes.Tell(new CreateVolume(2, Named("two"), TestActor));
        Answer<VolumeAnswer>();
        volumes.Tell(new RemoveVolume(3, "one", "test", TestActor));
        Assert.Null(Answer<VolumeAnswer>().Error);

        Assert.Equal(["two"], Directory.GetDirectories(Environment.Root.VolumesDirectory).Select(System.IO.Path.GetFileName));
    }

    [Fact]
    public void A_volume_that_was_removed_can_be_made_again_also_in_the_next_life()
    {
        var volumes = Volumes();
        foreach (var order in Enumerable.Range(1, 3))
        {
            volumes.Tell(new CreateVolume(order, Named("again"), TestActor));
            Assert.Null(Answer<VolumeAnswer>().Error);
            volumes.Tell(new RemoveVolume(order, "again", "test", TestActor));
            Assert.Null(Answer<VolumeAnswer>().Error);
            if (order == 2)
            {
                Kill(volumes);
                volumes = Volumes();
            }
        }

        volumes.Tell(new GetVolumes(), TestActor);
        Assert.Empty(Answer<ImmutableArray<VolumeState>>());
    }

    private IActorRef Volumes()
    {
        var volumes = Child(() => new VolumesActor(Environment));
        FishForMessage(m => m is VolumesReady);
        return volumes;
    }

    private T Answer<T>() => (T)FishForMessage(m => m is T);

    private string Path(string name) => $"{Environment.Root.VolumesDirectory}/{name}/_data";

    private VolumeSpec Named(string name) => new(name, VolumeKind.Named, Path(name), Options(), Options(), "shop");

    private static ImmutableSortedDictionary<string, string> Options(params (string Key, string Value)[] options) =>
        options.ToImmutableSortedDictionary(o => o.Key, o => o.Value);
}
