using System.Text;
using Devoxx.Orchestrator.Rendering;

namespace Devoxx.Orchestrator.Tests;

/// <summary>A run of the command line inside the test: no process, no terminal.</summary>
internal sealed record Run(int ExitCode, string Out, string Error)
{
    public static readonly TerminalTraits NoTerminal = new(false, false, Unicode: true, WantsColour: true, static () => (80, 24));

    public static async Task<Run> Of(params string[] arguments)
    {
        var (stdout, stderr) = (new MemoryStream(), new MemoryStream());
        int code;
        using (var output = new CommandOutput(stdout, stderr, NoTerminal))
        using (var interrupts = new Interrupts())
        {
            code = await CommandLine.RunAsync(arguments, output, interrupts);
        }

        return new Run(code, Encoding.UTF8.GetString(stdout.ToArray()), Encoding.UTF8.GetString(stderr.ToArray()));
    }
}
