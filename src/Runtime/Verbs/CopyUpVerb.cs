using Devoxx.Native.Files;
using Devoxx.Runtime.CommandLine;

namespace Devoxx.Runtime.Verbs;

/// <summary>
/// <c>copy-up FROM TO</c>, hidden: what the child starts for a tmpfs with the option <c>tmpcopyup</c>, before the container's root is entered: copies what the
/// tmpfs hides into it. Both are descriptors, as <c>/proc/self/fd/N</c>.
/// </summary>
internal static class CopyUpVerb
{
    public static int Run(string[] args)
    {
        if (args is not [var from, var to])
        {
            throw new UsageException("usage: copy-up FROM TO");
        }

        using var source = SafeTree.OpenDirectory(from);
        using var target = SafeTree.OpenDirectory(to);
        SafeTree.Copy(source, target, "", "");
        return 0;
    }
}
