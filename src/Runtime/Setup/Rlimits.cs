namespace Devoxx.Runtime.Setup;

/// <summary>Resource limits by name (getrlimit(2), asm-generic/resource.h).</summary>
internal static class Rlimits
{
    private static readonly string[] Names =
    [
        "CPU", "FSIZE", "DATA", "STACK", "CORE", "RSS", "NPROC", "NOFILE", "MEMLOCK", "AS", "LOCKS", "SIGPENDING", "MSGQUEUE", "NICE", "RTPRIO", "RTTIME",
    ];

    public static int Number(string type)
    {
        for (var i = 0; i < Names.Length; i++)
        {
            if (type.StartsWith("RLIMIT_", StringComparison.Ordinal) && type.AsSpan(7).SequenceEqual(Names[i]))
            {
                return i;
            }
        }

        throw new SetupException($"'{type}' is no resource limit");
    }

    public static string Text(ulong value) => value == ulong.MaxValue ? "unlimited" : value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
