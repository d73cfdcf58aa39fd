using Devoxx.Native.Files;
using Xunit;

namespace Devoxx.Native.Tests.Files;

public sealed class FileLockTests : IDisposable
{
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Is_held_by_one_at_a_time()
    {
        using (var held = FileLock.TryAcquire(directory["lock"]))
        {
            Assert.NotNull(held);
            Assert.Null(FileLock.TryAcquire(directory["lock"]));
        }

        using var again = FileLock.TryAcquire(directory["lock"]);
        Assert.NotNull(again);
    }

    [Fact]
    public async Task Waits_until_the_holder_lets_go()
    {
        var held = FileLock.Acquire(directory["lock"]);
        var waiting = Task.Run(() => FileLock.Acquire(directory["lock"]));
        Assert.False(waiting.IsCompleted);

        held.Dispose();

        (await waiting.WaitAsync(TimeSpan.FromSeconds(10))).Dispose();
    }

    [Fact]
    public void Is_not_taken_through_a_link()
    {
        File.CreateSymbolicLink(directory["lock"], directory.Write("elsewhere"));

        Assert.Equal("ELOOP", Assert.Throws<LinuxException>(() => FileLock.TryAcquire(directory["lock"])).ErrnoName);
    }
}
