namespace Devoxx.Scenarios.World;

/// <summary>A process that belongs to a sandbox.</summary>
/// <param name="Role"><c>supervisor</c>, <c>monitor</c>, <c>resolver</c>, <c>runtime</c>, <c>foreign</c> (another runtime), <c>command</c>, <c>newborn</c> or <c>container</c>.</param>
public sealed record OwnedProcess(int Pid, string Role, string CommandLine)
{
    public override string ToString() => $"{Role} {CommandLine} ({Pid})";
}
