namespace Devoxx.Supervisor.Tests.Journal;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string directory) =>
        File.Exists(Path.Combine(directory, "devoxx-compose.slnx"))
            ? directory
            : Find(Path.GetDirectoryName(directory) ?? throw new InvalidOperationException($"{AppContext.BaseDirectory} is in no checkout"));
}
