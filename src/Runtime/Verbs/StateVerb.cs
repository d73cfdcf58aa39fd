using System.Text;
using Devoxx.Runtime.CommandLine;
using Devoxx.Runtime.Containers;

namespace Devoxx.Runtime.Verbs;

/// <summary><c>state ID</c>: the specification's state as JSON.</summary>
internal static class StateVerb
{
    public static int Run(GlobalOptions options, ReadOnlySpan<string> args)
    {
        var container = Container.Open(options.Root, Arguments.Parse(args, [], []).Single("container id"));
        Failure.Write(1, Encoding.UTF8.GetString(Json(container)) + "\n");
        return 0;
    }

    /// <summary>What the specification says, and what runc adds to it.</summary>
    public static byte[] Json(Container container)
    {
        var (state, status) = (container.State, container.Status);
        return JsonText.Write(writer => Write(writer, state, status), indented: true);
    }

    public static void Write(System.Text.Json.Utf8JsonWriter writer, StateFile state, string status)
    {
        writer.WriteStartObject();
        writer.WriteString("ociVersion", StateFile.OciVersion);
        writer.WriteString("id", state.Id);
        writer.WriteNumber("pid", status == ContainerStatus.Stopped ? 0 : state.Pid);
        writer.WriteString("status", status);
        writer.WriteString("bundle", state.Bundle);
        writer.WriteString("rootfs", state.Rootfs ?? state.Bundle + "/rootfs");
        writer.WriteString("created", state.Created);
        writer.WriteMap("annotations", state.Annotations);
        writer.WriteString("owner", "");
        writer.WriteEndObject();
    }
}
