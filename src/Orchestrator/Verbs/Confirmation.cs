namespace Devoxx.Orchestrator.Verbs;

/// <summary>A question before something that cannot be undone.</summary>
internal static class Confirmation
{
    /// <summary>Asks on standard error, and reads the answer from standard input.</summary>
    /// <exception cref="CommandFailedException">There is nobody to ask.</exception>
    public static bool Given(Invocation invocation, string question)
    {
        invocation.Output.Error.Write($"? {question} (y/N) ");
        var answer = Console.In.ReadLine();
        if (answer is null)
        {
            invocation.Output.Error.WriteLine();
            throw new CommandFailedException("nobody has said yes, so nothing is removed; -f removes without asking");
        }

        return answer.Trim().ToLowerInvariant() is "y" or "yes";
    }
}
