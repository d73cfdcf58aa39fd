namespace Devoxx.Native.Cgroups;

/// <summary>A limit that was asked for and is not in force.</summary>
public sealed class CgroupLimitException(string limit, string controller, string asked, string got, string? why = null)
    : IOException($"{limit} = {asked} cannot be enforced by the {controller} controller: {why ?? $"it reads back {got}"}")
{
    /// <summary>The file it stands in (<c>memory.max</c>), or the limit's name where there is no such file.</summary>
    public string Limit { get; } = limit;

    public string Controller { get; } = controller;

    public string Asked { get; } = asked;

    /// <summary>What is in force instead.</summary>
    public string Got { get; } = got;
}
