using System.Text;
using Devoxx.Orchestrator.Arguments;

namespace Devoxx.Orchestrator.Rendering;

/// <summary>
/// Where a verb writes: results to standard output, progress and errors to standard error, as <c>docker compose</c> does.
/// Standard output is buffered: flush it when something must be seen at once.
/// </summary>
internal sealed class CommandOutput : IDisposable
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);
    private string progressMode = "auto";

    /// <param name="stdout">Written to in large pieces.</param>
    /// <param name="stderr">Written to at once.</param>
    public CommandOutput(Stream stdout, Stream stderr, TerminalTraits terminal)
    {
        OutStream = stdout;
        ErrorStream = stderr;
        Terminal = terminal;
        Out = new StreamWriter(stdout, Utf8, bufferSize: 16 * 1024) { NewLine = "\n" };
        Error = new StreamWriter(stderr, Utf8) { AutoFlush = true, NewLine = "\n" };
    }

    public TextWriter Out { get; }

    public TextWriter Error { get; }

    /// <summary>For bytes that are not text of ours (logs). <see cref="Out"/> must have been flushed before.</summary>
    public Stream OutStream { get; }

    public Stream ErrorStream { get; }

    public TerminalTraits Terminal { get; }

    /// <summary>Colours on standard output.</summary>
    public bool Colour { get; private set; }

    /// <summary>Colours on standard error.</summary>
    public bool ErrorColour { get; private set; }

    /// <summary>Takes over <c>--ansi</c> and <c>--progress</c>.</summary>
    /// <exception cref="UsageException">The two, or their environment variables, contradict each other or are unknown.</exception>
    public void Configure(GlobalOptions options)
    {
        (Colour, ErrorColour) = options.AnsiMode switch
        {
            "always" => (true, true),
            "never" => (false, false),
            _ => (Terminal.OutIsTerminal && Terminal.WantsColour, Terminal.ErrorIsTerminal && Terminal.WantsColour),
        };
        progressMode = options.ProgressMode switch
        {
            "tty" when options.AnsiMode == "never" => throw new UsageException("can't use --progress tty while ANSI support is disabled"),
            "plain" when options.AnsiMode == "always" => throw new UsageException("can't use --progress plain while ANSI support is forced"),
            "auto" or "" => Terminal.ErrorIsTerminal && options.AnsiMode != "never" ? "tty" : "plain",
            "none" => "quiet",
            "tty" or "plain" or "json" or "quiet" => options.ProgressMode,
            var unknown => throw new UsageException($"unsupported --progress value \"{unknown}\""),
        };
    }

    /// <summary>The renderer that <c>--progress</c> asks for.</summary>
    /// <param name="title">What is going on, e.g. <c>Running</c>.</param>
    public IProgressRenderer StartProgress(string title = "Running") => progressMode switch
    {
        "tty" => new TtyProgress(Error, Terminal, title, ErrorColour),
        "json" => new JsonProgress(ErrorStream),
        "quiet" => new QuietProgress(),
        _ => new PlainProgress(Error),
    };

    /// <summary>Says why the command failed, as a JSON object if progress is JSON.</summary>
    public void Fail(string message)
    {
        Out.Flush();
        if (progressMode == "json")
        {
            JsonProgress.WriteError(ErrorStream, message);
        }
        else
        {
            Error.WriteLine(message);
        }
    }

    public void Warn(string message)
    {
        if (progressMode == "json")
        {
            JsonProgress.WriteWarning(ErrorStream, message);
        }
        else
        {
            Error.WriteLine(Ansi.Colour("33", "warning: ", ErrorColour) + message);
        }
    }

    public void Dispose()
    {
        Out.Flush();
        Error.Flush();
    }
}
