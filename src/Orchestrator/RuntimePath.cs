namespace Devoxx.Orchestrator;

/// <summary>Where <c>devoxx-runtime</c> is: <c>DEVOXX_RUNTIME</c>, else beside this executable.</summary>
internal static class RuntimePath
{
    public const string Variable = "DEVOXX_RUNTIME";

    public static string Find() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named
            ? Path.GetFullPath(named)
            : Path.Combine(AppContext.BaseDirectory, "devoxx-runtime");
}
