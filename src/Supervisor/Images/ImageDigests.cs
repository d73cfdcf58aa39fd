using System.Collections.Concurrent;
using System.Collections.Immutable;
using Devoxx.Images;

namespace Devoxx.Supervisor.Images;

/// <summary>Asks registries what names stand for, in the process of who asks: no supervisor runs, and the store is not looked at.</summary>
public static class ImageDigests
{
    private const int AtOnce = 8;

    /// <summary>Each image, by what it was called, with its digest.</summary>
    /// <param name="retrying">Told why an answer takes longer; from any thread, one call at a time.</param>
    /// <exception cref="ImageException">Of one image at least there is none; the message has a line for each.</exception>
    public static async Task<ImmutableDictionary<string, string>> PinAsync(ImmutableArray<string> images, Action<string> retrying, CancellationToken cancellation)
    {
        var (pinned, failures) = (new ConcurrentDictionary<string, string>(), new ConcurrentDictionary<string, string>());
        var telling = new Lock();
        await Parallel.ForEachAsync(images, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (image, cancelled) =>
        {
            try
            {
                pinned[image] = (await PinnedReference.OfAsync(image, retrying: Tell, cancellation: cancelled)).ToString();
            }
            catch (ImageException failure)
            {
                failures[image] = failure.Message;
            }
        });
        return failures.IsEmpty ? pinned.ToImmutableDictionary() : throw new ImageException(string.Join('\n', images.Where(failures.ContainsKey).Select(image => failures[image])));

        void Tell(string message)
        {
            lock (telling)
            {
                retrying(message);
            }
        }
    }
}
