using System.Text.Json;
using Devoxx.Native;
using Devoxx.Native.Processes;
using Devoxx.Oci;
using Devoxx.Runtime.Containers;
using Devoxx.Runtime.Launch;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Lifecycle;

/// <summary>Gives the descriptor by which system calls are answered to who listens at <c>linux.seccomp.listenerPath</c> (runtime-spec, "The Container Process State").</summary>
internal static class SeccompListener
{
    /// <param name="fd">The listener's descriptor in the child.</param>
    public static void HandOver(Seccomp seccomp, PidFd child, int fd, int pid, byte[] state)
    {
        var listener = FileDescriptor.OfProcess(child, fd);
        var socket = Connect(seccomp.ListenerPath!);
        try
        {
            FileDescriptor.Send(socket, JsonText.Write(writer => Write(writer, seccomp, pid, state)), listener);
        }
        finally
        {
            FileDescriptor.Close(socket);
            FileDescriptor.Close(listener);
        }
    }

    private static int Connect(string path)
    {
        try
        {
            return UnixSocket.Connect(path);
        }
        catch (LinuxException e)
        {
            throw new SetupException($"failed to connect with seccomp agent at linux.seccomp.listenerPath: {e.Message}");
        }
    }

    private static void Write(Utf8JsonWriter writer, Seccomp seccomp, int pid, byte[] state)
    {
        writer.WriteStartObject();
        writer.WriteString("ociVersion", StateFile.OciVersion);
        writer.WriteStartArray("fds");
        writer.WriteStringValue("seccompFd");
        writer.WriteEndArray();
        writer.WriteNumber("pid", pid);
        writer.WriteOptional("metadata", seccomp.ListenerMetadata);
        writer.WritePropertyName("state");
        writer.WriteRawValue(state);
        writer.WriteEndObject();
    }
}
