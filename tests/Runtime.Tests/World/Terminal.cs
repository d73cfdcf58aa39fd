using System.Diagnostics;
using System.Text;

namespace Devoxx.Runtime.Tests.World;

/// <summary>A program on a terminal of its own, made by script(1) and given a size.</summary>
public static class Terminal
{
    public static (int ExitCode, string Output) Run(string command, string input = "")
    {
        var start = new ProcessStartInfo("script", ["--quiet", "--return", "--command", "stty rows 33 cols 77; " + command, "/dev/null"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        start.Environment["SHELL"] = "/bin/sh";
        using var process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Flush();
        var output = new StringBuilder();
        process.OutputDataReceived += (_, line) => output.AppendLine(line.Data);
        process.BeginOutputReadLine();
        if (!process.WaitForExit(30_000))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException(output.ToString());
        }

        process.WaitForExit();
        return (process.ExitCode, output.ToString());
    }
}
