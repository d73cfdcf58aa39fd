using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Containers;

/// <summary>The grammar of container ids: they become names of directories and cgroups.</summary>
internal static class ContainerId
{
    /// <summary>Letters, digits and <c>_ + - .</c>, as runc has it, at most 255 of them; not <c>.</c> or <c>..</c>.</summary>
    public static string Require(string id)
    {
        var valid = id.Length is > 0 and <= 255 && id is not ("." or "..");
        foreach (var c in id)
        {
            valid &= char.IsAsciiLetterOrDigit(c) || c is '_' or '+' or '-' or '.';
        }

        return valid ? id : throw new SetupException($"invalid container ID format: {id}");
    }
}
