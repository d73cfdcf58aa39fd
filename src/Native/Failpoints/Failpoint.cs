using System.Runtime.CompilerServices;
using System.Text;
using Devoxx.Native.Files;
using Microsoft.Win32.SafeHandles;

namespace Devoxx.Native.Failpoints;

/// <summary>
/// Named places before and after everything that a crash could come between. <c>DEVOXX_FAILPOINT=name[:n]=kill|stop|error</c>
/// kills the process at the n-th time it comes to the place, stops it there (SIGSTOP), or lets the call fail; without the
/// variable a place costs the reading of one field. Tests use it to crash at every point there is.
/// </summary>
public static class Failpoint
{
    public const string Variable = "DEVOXX_FAILPOINT";

    /// <summary>Names a file to which each place that is come to appends its name: which places does a command reach?</summary>
    public const string TraceVariable = "DEVOXX_FAILPOINT_TRACE";

    private static readonly Trigger? Armed = Trigger.Parse(Environment.GetEnvironmentVariable(Variable));
    private static readonly string? Trace = Environment.GetEnvironmentVariable(TraceVariable) is { Length: > 0 } path ? path : null;
    private static readonly Lock Gate = new();

    /// <summary>Whether one of the variables is set. What makes up a name asks first.</summary>
    public static bool IsActive { get; } = Armed is not null || Trace is not null;

    /// <summary>The variables as they are set here, for processes that do not inherit the environment.</summary>
    public static IReadOnlyList<string> Variables { get; } = IsActive
        ? [.. new[] { Variable, TraceVariable }.Select(name => (name, Environment.GetEnvironmentVariable(name))).Where(v => v.Item2 is not null).Select(v => $"{v.name}={v.Item2}")]
        : [];

    /// <summary>This place has been come to.</summary>
    /// <exception cref="LinuxException">EIO, when the variable says <c>error</c>.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Reach(string name)
    {
        if (IsActive)
        {
            Hit(name);
        }
    }

    /// <summary>The places <c>name.before</c> and <c>name.after</c> around an effect.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Around<T>(string name, Func<T> effect) => IsActive ? Surround(name, effect) : effect();

    /// <summary>Whether a process that cannot look for itself (a child before its execve) is to end at this place.</summary>
    public static bool EndsAt(string name) => IsActive && Counts(name) == Action.Kill;

    private static T Surround<T>(string name, Func<T> effect)
    {
        Hit(name + ".before");
        var result = effect();
        Hit(name + ".after");
        return result;
    }

    private static void Hit(string name)
    {
        switch (Counts(name))
        {
            case Action.Kill:
                // No handler, no finally, no flush: as the kernel does it.
                RawSyscall.InvokeBlocking(Nr.kill, Environment.ProcessId, SigKill);
                Thread.Sleep(Timeout.Infinite);
                break;
            case Action.Stop:
                RawSyscall.InvokeBlocking(Nr.kill, Environment.ProcessId, SigStop);
                break;
            case Action.Error:
                throw new LinuxException("failpoint", 5, name);
        }
    }

    private static Action Counts(string name)
    {
        lock (Gate)
        {
            if (Trace is not null)
            {
                using var trace = AppendFile.Open(Trace);
                RandomAccess.Write(trace, Encoding.UTF8.GetBytes(name + "\n"), 0);
            }

            return Armed is not null && Armed.Name == name && --Armed.Left == 0 ? Armed.Action : Action.None;
        }
    }

    private const int SigKill = 9, SigStop = 19;

    private enum Action
    {
        None,
        Kill,
        Stop,
        Error,
    }

    private sealed class Trigger(string name, int left, Action action)
    {
        public string Name => name;

        public int Left { get; set; } = left;

        public Action Action => action;

        /// <exception cref="FormatException">A failpoint that is misspelt would test nothing.</exception>
        public static Trigger? Parse(string? text)
        {
            if (string.IsNullOrEmpty(text))
            {
                return null;
            }

            var (place, action) = text.LastIndexOf('=') is var equals and > 0 ? (text[..equals], text[(equals + 1)..]) : (text, "kill");
            var (name, time) = place.LastIndexOf(':') is var colon and > 0 ? (place[..colon], place[(colon + 1)..]) : (place, "1");
            return new Trigger(
                name,
                int.TryParse(time, out var n) && n > 0 ? n : throw new FormatException($"{Variable}={text}: '{time}' is no number of times"),
                action switch
                {
                    "kill" => Action.Kill,
                    "stop" => Action.Stop,
                    "error" => Action.Error,
                    _ => throw new FormatException($"{Variable}={text}: '{action}' is not kill, stop or error"),
                });
        }
    }
}
