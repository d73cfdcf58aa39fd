using System.Text;
using Devoxx.Native;
using static Devoxx.Runtime.Setup.Linux;

namespace Devoxx.Runtime.Setup;

/// <summary>The root as an overlay, made inside the container's own mount namespace: the host never sees it.</summary>
internal static class OverlayRoot
{
    // mount(2) copies one page of options.
    private const int LongestData = 4095;

    private const int FSCONFIG_SET_FLAG = 0, FSCONFIG_SET_STRING = 1, FSCONFIG_CMD_CREATE = 6;

    public static void Mount(OperationList operations, string path, string source, MountOptions options)
    {
        if (Encoding.UTF8.GetByteCount(options.Data) <= LongestData)
        {
            operations.Syscall(
                Nr.mount, "mount", $"overlay on {path}", options.Data,
                operations.Text(source), operations.Text(path), operations.Text("overlay"), (nint)options.Flags, operations.Text(options.Data));
            return;
        }

        MountByConfiguration(operations, path, source, options);
    }

    // Many layers: one fsconfig(2) call each, as overlayfs takes them since Linux 6.8 ("lowerdir+").
    private static void MountByConfiguration(OperationList operations, string path, string source, MountOptions options)
    {
        var context = operations.NewSlot();
        var mount = operations.NewSlot();
        operations.Syscall(Nr.fsopen, "fsopen", "overlay", null, operations.Text("overlay"), 1).Into(context);
        Configure("source", source);
        foreach (var option in options.Data.Split(','))
        {
            var equals = option.IndexOf('=');
            if (equals < 0)
            {
                operations.Syscall(Nr.fsconfig, "fsconfig", option, "FSCONFIG_SET_FLAG", context, FSCONFIG_SET_FLAG, operations.Text(option));
            }
            else if (option.StartsWith("lowerdir=", StringComparison.Ordinal))
            {
                foreach (var layer in option[(equals + 1)..].Split(':'))
                {
                    Configure("lowerdir+", layer);
                }
            }
            else
            {
                Configure(option[..equals], option[(equals + 1)..]);
            }
        }

        operations.Syscall(Nr.fsconfig, "fsconfig", path, "FSCONFIG_CMD_CREATE", context, FSCONFIG_CMD_CREATE);
        operations.Syscall(Nr.fsmount, "fsmount", path, null, context, 1, (nint)(ulong)options.Set).Into(mount);
        operations.Syscall(
            Nr.move_mount, "move_mount", "to " + path, null, mount, operations.Text(""), AT_FDCWD, operations.Text(path), MOVE_MOUNT_F_EMPTY_PATH);
        operations.Syscall(Nr.close, "close", "overlay", null, mount);
        operations.Syscall(Nr.close, "close", "overlay", null, context);

        void Configure(string key, string value) =>
            operations.Syscall(
                Nr.fsconfig, "fsconfig", $"{key}={value}", "FSCONFIG_SET_STRING", context, FSCONFIG_SET_STRING, operations.Text(key), operations.Text(value));
    }
}
