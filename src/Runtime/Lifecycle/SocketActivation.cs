using System.Globalization;

namespace Devoxx.Runtime.Lifecycle;

/// <summary>Sockets that systemd or somebody like it has opened for the container (sd_listen_fds(3)): they are passed on as descriptors 3 and following.</summary>
internal static class SocketActivation
{
    private const string Number = "LISTEN_FDS", Receiver = "LISTEN_PID";

    /// <summary>How many there are; 0 when they are somebody else's.</summary>
    public static int Count { get; } = Read();

    /// <summary>What the command is to be told; it runs as process 1, as runc and crun say it too.</summary>
    public static IReadOnlyList<string> Environment => Count == 0 ? [] : [string.Create(CultureInfo.InvariantCulture, $"{Number}={Count}"), Receiver + "=1"];

    private static int Read()
    {
        var receiver = System.Environment.GetEnvironmentVariable(Receiver);
        return int.TryParse(System.Environment.GetEnvironmentVariable(Number), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && (receiver is null || receiver == System.Environment.ProcessId.ToString(CultureInfo.InvariantCulture)) ? count : 0;
    }
}
