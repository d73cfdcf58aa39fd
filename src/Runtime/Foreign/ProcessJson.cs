using System.Text.Json;
using Devoxx.Oci;
using Devoxx.Runtime.Containers;

namespace Devoxx.Runtime.Foreign;

/// <summary>Writes the file of <c>exec --process</c>: what <see cref="RuntimeSpecReader.ReadProcess"/> reads.</summary>
internal static class ProcessJson
{
    public static byte[] Write(Process process) => JsonText.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteBoolean("terminal", process.Terminal);
        if (process.ConsoleSize is { } size)
        {
            writer.WriteStartObject("consoleSize");
            writer.WriteNumber("height", size.Height);
            writer.WriteNumber("width", size.Width);
            writer.WriteEndObject();
        }

        Write(writer, process.User);
        Write(writer, "args", process.Args);
        Write(writer, "env", process.Env);
        writer.WriteString("cwd", process.Cwd);
        if (process.Capabilities is { } capabilities)
        {
            writer.WriteStartObject("capabilities");
            Write(writer, "bounding", capabilities.Bounding);
            Write(writer, "effective", capabilities.Effective);
            Write(writer, "inheritable", capabilities.Inheritable);
            Write(writer, "permitted", capabilities.Permitted);
            Write(writer, "ambient", capabilities.Ambient);
            writer.WriteEndObject();
        }

        Write(writer, process.Rlimits);
        writer.WriteBoolean("noNewPrivileges", process.NoNewPrivileges);
        writer.WriteOptional("apparmorProfile", process.ApparmorProfile);
        writer.WriteOptional("selinuxLabel", process.SelinuxLabel);
        if (process.OomScoreAdj is { } adjustment)
        {
            writer.WriteNumber("oomScoreAdj", adjustment);
        }

        writer.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter writer, User user)
    {
        writer.WriteStartObject("user");
        writer.WriteNumber("uid", user.Uid);
        writer.WriteNumber("gid", user.Gid);
        if (user.Umask is { } umask)
        {
            writer.WriteNumber("umask", umask);
        }

        if (user.AdditionalGids is { } groups)
        {
            writer.WriteStartArray("additionalGids");
            foreach (var group in groups)
            {
                writer.WriteNumberValue(group);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, IReadOnlyList<Rlimit>? limits)
    {
        if (limits is null)
        {
            return;
        }

        writer.WriteStartArray("rlimits");
        foreach (var limit in limits)
        {
            writer.WriteStartObject();
            writer.WriteString("type", limit.Type);
            writer.WriteNumber("soft", limit.Soft);
            writer.WriteNumber("hard", limit.Hard);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, string name, IReadOnlyList<string>? texts)
    {
        if (texts is null)
        {
            return;
        }

        writer.WriteStartArray(name);
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }
}
