using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Devoxx.Native.Processes;

/// <summary>One background thread in epoll_wait(2) that turns "this descriptor is readable" into tasks.</summary>
public sealed unsafe class Reactor : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Waiter> _waiters = [];
    private readonly SafeFileHandle _epoll;
    private readonly SafeFileHandle _wake;
    private bool _disposed;

    public Reactor()
    {
        _epoll = Own(Libc.epoll_create1(Libc.EPOLL_CLOEXEC), "epoll_create1");
        const nint SYS_eventfd2 = 290, EFD_CLOEXEC = 0x80000;
        _wake = Own((int)Libc.syscall(SYS_eventfd2, 0, EFD_CLOEXEC, 0, 0), "eventfd2");
        Control(Libc.EPOLL_CTL_ADD, Number(_wake), Libc.EPOLLIN);
        new Thread(Run, 128 * 1024) { IsBackground = true, Name = "reactor" }.Start();
    }

    /// <summary>
    /// Completes when the descriptor is readable, at its end, or in error: a pidfd when the process has ended. One waiter per
    /// descriptor at a time. The handle is kept open while the task is pending.
    /// </summary>
    /// <exception cref="LinuxException">EPERM: a descriptor that cannot be polled, such as a regular file.</exception>
    public Task WhenReadable(SafeHandle fd, CancellationToken cancellation = default)
    {
        if (cancellation.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellation);
        }

        var waiter = new Waiter(fd);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_waiters.TryAdd(waiter.Number, waiter))
            {
                waiter.Release();
                throw new InvalidOperationException($"somebody waits for fd {waiter.Number} already");
            }

            try
            {
                Control(Libc.EPOLL_CTL_ADD, waiter.Number, Libc.EPOLLIN | Libc.EPOLLONESHOT);
            }
            catch
            {
                _waiters.Remove(waiter.Number);
                waiter.Release();
                throw;
            }
        }

        if (cancellation.CanBeCanceled)
        {
            waiter.Cancellation = cancellation.UnsafeRegister(
                (state, token) =>
                {
                    if (Forget((Waiter)state!))
                    {
                        ((Waiter)state!).Completion.TrySetCanceled(token);
                    }
                },
                waiter);
        }

        return waiter.Completion.Task;
    }

    /// <summary>Ends the thread; pending tasks are cancelled.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            ulong one = 1;
            const nint SYS_write = 1;
            _ = Libc.syscall(SYS_write, Number(_wake), (nint)(&one), sizeof(ulong), 0);
        }
    }

    private void Run()
    {
        const int Batch = 64;
        var events = stackalloc Libc.EpollEvent[Batch];
        while (true)
        {
            var count = Libc.epoll_wait(Number(_epoll), events, Batch, -1);
            for (var i = 0; i < count; i++)
            {
                if ((int)events[i].Data == Number(_wake))
                {
                    End();
                    return;
                }

                Waiter? waiter;
                lock (_gate)
                {
                    _waiters.TryGetValue((int)events[i].Data, out waiter);
                }

                if (waiter is not null && Forget(waiter))
                {
                    waiter.Cancellation.Dispose();
                    waiter.Completion.TrySetResult();
                }
            }
        }
    }

    /// <summary>Whoever removes the waiter completes it: event and cancellation race for it.</summary>
    private bool Forget(Waiter waiter)
    {
        lock (_gate)
        {
            if (!_waiters.TryGetValue(waiter.Number, out var present) || !ReferenceEquals(present, waiter))
            {
                return false;
            }

            _waiters.Remove(waiter.Number);
            Control(Libc.EPOLL_CTL_DEL, waiter.Number, 0);
            waiter.Release();
            return true;
        }
    }

    private void End()
    {
        Waiter[] pending;
        lock (_gate)
        {
            pending = [.. _waiters.Values];
        }

        foreach (var waiter in pending)
        {
            if (Forget(waiter))
            {
                waiter.Completion.TrySetCanceled();
            }
        }

        _epoll.Dispose();
        _wake.Dispose();
    }

    private void Control(int operation, int fd, uint events)
    {
        var change = new Libc.EpollEvent { Events = events, Data = (ulong)fd };
        if (Libc.epoll_ctl(Number(_epoll), operation, fd, &change) != 0)
        {
            throw new LinuxException("epoll_ctl", Marshal.GetLastPInvokeError(), $"fd {fd}", operation == Libc.EPOLL_CTL_ADD ? "EPOLL_CTL_ADD" : "EPOLL_CTL_DEL");
        }
    }

    private static SafeFileHandle Own(int fd, string call) =>
        fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw new LinuxException(call, Marshal.GetLastPInvokeError());

    private static int Number(SafeHandle handle) => (int)handle.DangerousGetHandle();

    private sealed class Waiter
    {
        private readonly SafeHandle _handle;

        public Waiter(SafeHandle handle)
        {
            var added = false;
            handle.DangerousAddRef(ref added);
            _handle = handle;
            Number = (int)handle.DangerousGetHandle();
        }

        public int Number { get; }

        public TaskCompletionSource Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationTokenRegistration Cancellation { get; set; }

        public void Release() => _handle.DangerousRelease();
    }
}
