using System.Diagnostics;

namespace Devoxx.Runtime.Tests.World;

/// <summary>A program run to its end.</summary>
public sealed record Command(int ExitCode, string Output, string Error)
{
    public static Command Run(string program, params string[] arguments) => RunWithInput(null, program, arguments);

    public static Command RunWithInput(string? input, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        if (input is not null)
        {
            process.StandardInput.Write(input);
        }

        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        const int Longest = 60_000;
        if (!process.WaitForExit(Longest))
        {
            process.Kill();
            throw new TimeoutException($"{program} {string.Join(' ', arguments)}");
        }

        return new Command(process.ExitCode, output, error.Result);
    }

    public Command Succeeded()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}: {Error}{Output}");
        return this;
    }

    public IReadOnlyList<string> Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
