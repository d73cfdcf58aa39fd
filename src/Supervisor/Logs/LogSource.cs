namespace Devoxx.Supervisor.Logs;

/// <summary>One container's log.</summary>
/// <param name="Path">The newest file, <c>…/containers/ID/log</c>; rotated ones lie beside it as <c>log.1</c>, <c>log.2</c> ….</param>
/// <param name="Name">Whose it is, for whoever shows it.</param>
public sealed record LogSource(string Path, string Name)
{
    /// <summary>What <see cref="LogPrinter"/> writes before each line, in UTF-8, colours included.</summary>
    public ReadOnlyMemory<byte> Prefix { get; init; }
}
