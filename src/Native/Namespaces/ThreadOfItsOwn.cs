using System.Runtime.ExceptionServices;

namespace Devoxx.Native.Namespaces;

/// <summary>Work in other namespaces than the process is in: they are a thread's, and end with it.</summary>
internal static class ThreadOfItsOwn
{
    /// <summary>Waits for the work; what it throws is thrown here.</summary>
    /// <param name="name">Of the thread, as <c>ps -L</c> shows it.</param>
    /// <param name="stack">Bytes; 0: as much as any thread has.</param>
    public static T Run<T>(string name, Func<T> work, int stack = 0)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    result = work();
                }
                catch (Exception e)
                {
                    failure = ExceptionDispatchInfo.Capture(e);
                }
            },
            stack)
        {
            IsBackground = true,
            Name = name,
        };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }
}
