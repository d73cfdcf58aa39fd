using System.Runtime.CompilerServices;
using System.Text;
using Devoxx.Native.Files;

namespace Devoxx.Native.Failpoints;

/// <summary>
/// Named places before and after everything that a crash could come between. <c>DEVOXX_FAILPOINT=name[:n]=kill|stop|error|ENOSPC</c>
/// kills the process at the n-th time it comes to the place, stops it there (SIGSTOP), or lets the call fail, with EIO or the errno that is
/// named; several are separated by commas. Without the variable a place costs the reading of one field. Tests use it to crash at every point there is.
/// </summary>
public static class Failpoint
{
    public const string Variable = "DEVOXX_FAILPOINT";

    /// <summary>
    /// Names a file to which each place that is come to appends its name: which places does a command reach? All processes that have the same count together by it,
    /// so that the n-th time is the command's and not each process's.
    /// </summary>
    public const string TraceVariable = "DEVOXX_FAILPOINT_TRACE";

    private static readonly Trigger[] Armed = Trigger.ParseAll(Environment.GetEnvironmentVariable(Variable));
    private static readonly string? Trace = Environment.GetEnvironmentVariable(TraceVariable) is { Length: > 0 } path ? path : null;
    private static readonly Dictionary<string, int> Times = new(StringComparer.Ordinal);
    private static readonly Lock Gate = new();

    /// <summary>Whether one of the variables is set. What makes up a name asks first.</summary>
    public static bool IsActive { get; } = Armed.Length > 0 || Trace is not null;

    /// <summary>The variables as they are set here, for processes that do not inherit the environment.</summary>
    public static IReadOnlyList<string> Variables { get; } = IsActive
        ? [.. new[] { Variable, TraceVariable }.Select(name => (name, Environment.GetEnvironmentVariable(name))).Where(v => v.Item2 is not null).Select(v => $"{v.name}={v.Item2}")]
        : [];

    /// <summary>This place has been come to.</summary>
    /// <exception cref="LinuxException">When the variable lets it fail.</exception>
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

    /// <summary>
    /// What becomes of a process that cannot look for itself (a child before its execve) at this place: null, nothing; 0, it is to end as if
    /// it had been killed; else the errno it is to fail with. Stopping is not for such a child: the kernel lets the first process of a pid namespace not stop itself.
    /// </summary>
    public static int? FateAt(string name) => !IsActive ? null : Counts(name) switch
    {
        { What: Action.Kill } => 0,
        { What: Action.Error } trigger => trigger.Errno,
        _ => null,
    };

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
            case { What: Action.Kill }:
                // No handler, no finally, no flush: as the kernel does it.
                RawSyscall.InvokeBlocking(Nr.kill, Environment.ProcessId, SigKill);
                Thread.Sleep(Timeout.Infinite);
                break;
            case { What: Action.Stop }:
                RawSyscall.InvokeBlocking(Nr.kill, Environment.ProcessId, SigStop);
                break;
            case { What: Action.Error } trigger:
                throw new LinuxException("failpoint", trigger.Errno, name);
        }
    }

    /// <summary>What is to happen now, if anything.</summary>
    private static Trigger? Counts(string name)
    {
        lock (Gate)
        {
            var time = Trace is not null ? Note(name, Trace) : Times[name] = Times.GetValueOrDefault(name) + 1;
            return Array.Find(Armed, trigger => trigger.Name == name && trigger.Time == time);
        }
    }

    /// <returns>How often it stands in the file now.</returns>
    private static int Note(string name, string path)
    {
        // A lock of its own: who only reads the file, as tests do meanwhile, is not to be kept from that.
        using var others = FileLock.Acquire(path + ".lock");
        using (var trace = AppendFile.Open(path))
        {
            RandomAccess.Write(trace, Encoding.UTF8.GetBytes(name + "\n"), 0);
        }

        return File.ReadLines(path).Count(line => line == name);
    }

    private const int SigKill = 9, SigStop = 19;

    private enum Action
    {
        Kill,
        Stop,
        Error,
    }

    private sealed record Trigger(string Name, int Time, Action What, int Errno)
    {
        /// <exception cref="FormatException">A failpoint that is misspelt would test nothing.</exception>
        public static Trigger[] ParseAll(string? text) => string.IsNullOrEmpty(text) ? [] : [.. text.Split(',').Select(Parse)];

        private static Trigger Parse(string text)
        {
            var (place, action) = text.LastIndexOf('=') is var equals and > 0 ? (text[..equals], text[(equals + 1)..]) : (text, "kill");
            var (name, time) = place.LastIndexOf(':') is var colon and > 0 ? (place[..colon], place[(colon + 1)..]) : (place, "1");
            var (what, errno) = action switch
            {
                "kill" => (Action.Kill, 0),
                "stop" => (Action.Stop, 0),
                "error" => (Action.Error, EIO),
                _ when Native.Errno.Find(action) is { } number => (Action.Error, number),
                _ => throw new FormatException($"{Variable}={text}: '{action}' is not kill, stop, error or the name of an errno"),
            };
            return new Trigger(
                name,
                int.TryParse(time, out var n) && n > 0 ? n : throw new FormatException($"{Variable}={text}: '{time}' is no number of times"),
                what,
                errno);
        }

        private const int EIO = 5;
    }
}
