namespace Devoxx.Runtime.Setup;

/// <summary>A container that cannot be made as asked, in words for the person who asked.</summary>
/// <param name="kind">What rooms above make of it: see <see cref="FailureKind"/>.</param>
internal sealed class SetupException(string message, string kind = FailureKind.Setup) : Exception(message)
{
    public string Kind => kind;
}

/// <summary>The kinds that go over the status descriptor, and the exit codes that shells and docker give them.</summary>
internal static class FailureKind
{
    public const string ExecNotFound = "exec-not-found", ExecNotExecutable = "exec-not-executable", Setup = "setup";

    public static int ExitCode(string kind) => kind switch
    {
        ExecNotFound => 127,
        ExecNotExecutable => 126,
        _ => 1,
    };
}
