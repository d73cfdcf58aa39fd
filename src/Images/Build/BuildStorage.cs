namespace Devoxx.Images.Build;

/// <summary>
/// Where buildah keeps what builds of one image store go through: layers to build on, and a working container with its mount for each step. Of its own, so that what a build
/// leaves that is broken off is known to be nobody else's, and is removed when no build runs.
/// </summary>
/// <param name="path">What stays.</param>
/// <param name="runPath">What goes with the machine: which mounts there are.</param>
public sealed class BuildStorage(string path, string runPath) : IDisposable
{
    private readonly SemaphoreSlim gate = new(1, 1);
    private int building;

    // An earlier process may have been killed in the middle of a build.
    private bool left = true;

    /// <summary>What each call of buildah begins with (buildah(1)).</summary>
    internal IReadOnlyList<string> Options { get; } = ["--root", path, "--runroot", runPath];

    /// <summary>Carries out a build.</summary>
    /// <param name="tidy">Removes all working containers there are.</param>
    internal async Task<T> UseAsync<T>(Func<Task<T>> build, Func<Task> tidy, CancellationToken cancellation)
    {
        await TurnAsync(() => building++ == 0, cancellation);
        try
        {
            return await build();
        }
        catch
        {
            left = true;
            throw;
        }
        finally
        {
            await TurnAsync(() => --building == 0, CancellationToken.None);
        }

        async Task TurnAsync(Func<bool> isAlone, CancellationToken turn)
        {
            await gate.WaitAsync(turn);
            try
            {
                if (isAlone() && left && Directory.Exists(path))
                {
                    await tidy();
                    left = false;
                }
            }
            catch (ImageException)
            {
                // The next build tries again, and says what is wrong if it cannot work either.
            }
            finally
            {
                gate.Release();
            }
        }
    }

    public void Dispose() => gate.Dispose();
}
