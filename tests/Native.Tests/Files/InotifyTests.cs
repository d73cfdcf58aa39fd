using Devoxx.Native.Files;
using Xunit;

namespace Devoxx.Native.Tests.Files;

public sealed class InotifyTests
{
    [Fact]
    public void Tells_what_happened_to_which_name()
    {
        using var directory = new TempDirectory();
        using var inotify = new Inotify();
        var watch = inotify.Watch(directory.Path, InotifyMask.Create | InotifyMask.CloseWrite | InotifyMask.MovedTo);
        Assert.Empty(inotify.Read());

        directory.Write("exit.json.tmp", "{}");
        File.Move(directory["exit.json.tmp"], directory["exit.json"]);

        Assert.Equal(
            [
                new InotifyEvent(watch, InotifyMask.Create, "exit.json.tmp"), new InotifyEvent(watch, InotifyMask.CloseWrite, "exit.json.tmp"),
                new InotifyEvent(watch, InotifyMask.MovedTo, "exit.json"),
            ],
            inotify.Read());
        inotify.Unwatch(watch);
    }

    [Fact]
    public void Names_the_path_that_is_not_there()
    {
        using var inotify = new Inotify();

        Assert.StartsWith("inotify_add_watch /nowhere (Modify): ENOENT", Assert.Throws<LinuxException>(() => inotify.Watch("/nowhere", InotifyMask.Modify)).Message);
    }
}
