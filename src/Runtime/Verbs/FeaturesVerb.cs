using System.Text;
using System.Text.Json;
using Devoxx.Native.Capabilities;
using Devoxx.Native.Namespaces;
using Devoxx.Runtime.CommandLine;
using Devoxx.Runtime.Containers;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Verbs;

/// <summary><c>features</c>: what this runtime can do (runtime-spec, features.md). Only what it really does stands here.</summary>
internal static class FeaturesVerb
{
    public static int Run()
    {
        Failure.Write(1, Encoding.UTF8.GetString(JsonText.Write(Write, indented: true)) + "\n");
        return 0;
    }

    private static void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("ociVersionMin", "1.0.0");
        writer.WriteString("ociVersionMax", StateFile.OciVersion);
        List(writer, "mountOptions", MountOptions.Known);
        writer.WriteStartObject("linux");
        var namespaces = new List<string>();
        foreach (var kind in NamespaceKind.All)
        {
            if (kind.Name is not ("user" or "time"))
            {
                namespaces.Add(kind.Name);
            }
        }

        List(writer, "namespaces", namespaces);
        var capabilities = new List<string>();
        for (var i = 0; i < Capability.Count; i++)
        {
            capabilities.Add(Capability.Name(i));
        }

        List(writer, "capabilities", capabilities);
        writer.WriteStartObject("cgroup");
        writer.WriteBoolean("v1", true);
        writer.WriteBoolean("v2", true);
        writer.WriteBoolean("systemd", false);
        writer.WriteBoolean("systemdUser", false);
        writer.WriteBoolean("rdma", false);
        writer.WriteEndObject();
        Enabled(writer, "seccomp", false);
        Enabled(writer, "apparmor", false);
        Enabled(writer, "selinux", false);
        Enabled(writer, "intelRdt", false);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Enabled(Utf8JsonWriter writer, string name, bool enabled)
    {
        writer.WriteStartObject(name);
        writer.WriteBoolean("enabled", enabled);
        writer.WriteEndObject();
    }

    private static void List(Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }
}
