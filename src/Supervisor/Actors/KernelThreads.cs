using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Devoxx.Native.Failpoints;

namespace Devoxx.Supervisor.Actors;

/// <summary>
/// The threads that blocking kernel work runs on, so that no actor waits behind a <c>mount(2)</c>. They are never
/// moved to another namespace.
/// </summary>
public sealed partial class KernelThreads : IDisposable
{
    private readonly BlockingCollection<Action> work = [];
    private readonly int most;
    private int started;
    private int idle;

    /// <param name="most">How many at the most; they start when there is work for them.</param>
    public KernelThreads(int most) => this.most = most;

    /// <param name="effect">What is done to the kernel. Around it are the failpoints that its first call names: <c>CgroupEffects.Make.before</c>, <c>.after</c>.</param>
    /// <param name="text">The effect as it is written.</param>
    public Task<T> Run<T>(Func<T> effect, [CallerArgumentExpression(nameof(effect))] string text = "")
    {
        if (Failpoint.IsActive)
        {
            var (bare, name) = (effect, FirstCall().Match(text) is { Success: true } call ? call.Value : text);
            effect = () => Failpoint.Around(name, bare);
        }

        // Continuations run on the pool: a kernel thread is for kernel work.
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        work.Add(() =>
        {
            try
            {
                completion.SetResult(effect());
            }
            catch (Exception e)
            {
                completion.SetException(e);
            }
        });
        StartOneMore();
        return completion.Task;
    }

    public void Dispose() => work.CompleteAdding();

    /// <summary>What names an effect: the first call in it; a method that is passed itself has its own name.</summary>
    [GeneratedRegex(@"[A-Z]\w*\.[A-Z]\w*(?=\()")]
    private static partial Regex FirstCall();

    private void StartOneMore()
    {
        if (Volatile.Read(ref idle) > 0 || Volatile.Read(ref started) >= most || Interlocked.Increment(ref started) > most)
        {
            return;
        }

        new Thread(Loop, 256 * 1024) { IsBackground = true, Name = "kernel" }.Start();
    }

    private void Loop()
    {
        while (true)
        {
            Interlocked.Increment(ref idle);
            var more = work.TryTake(out var next, Timeout.Infinite);
            Interlocked.Decrement(ref idle);
            if (!more)
            {
                return;
            }

            next!();
        }
    }
}
