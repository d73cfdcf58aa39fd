using System.Diagnostics;

namespace Devoxx.Runtime.Tests.World;

/// <summary>Waits for something that another process does, which nothing announces.</summary>
public static class Eventually
{
    public static void True(Func<bool> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"after 20 s still not: {what}");
            Thread.Yield();
        }
    }
}
