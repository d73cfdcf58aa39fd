using System.Text;
using Akka.Actor;
using Akka.Event;

namespace Devoxx.Supervisor.Journal;

/// <summary>
/// What Akka and the actors log, a line each on standard error, which is the supervisor's log file. An actor itself, so
/// that whoever logs does not wait for the file.
/// </summary>
public sealed class StderrLogger : ActorBase
{
    private readonly Stream output = Console.OpenStandardError();

    /// <inheritdoc/>
    protected override bool Receive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Sender.Tell(new LoggerInitialized());
                return true;
            case LogEvent entry:
                output.Write(Encoding.UTF8.GetBytes(Line(entry)));
                return true;
            default:
                return false;
        }
    }

    private static string Line(LogEvent entry)
    {
        var level = entry.LogLevel() switch
        {
            LogLevel.ErrorLevel => "error",
            LogLevel.WarningLevel => "warning",
            LogLevel.InfoLevel => "info",
            _ => "debug",
        };
        var cause = entry.Cause is null ? "" : $": {entry.Cause}";
        return $"{entry.Timestamp.ToUniversalTime():yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {level} {entry.LogSource}: {entry.Message}{cause}\n";
    }
}
